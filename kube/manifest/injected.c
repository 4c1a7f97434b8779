// What a cluster adds to every Pod and what has no meaning outside of it: the volumes kube-api-access-… and their mounts,
// for the token of the service account.
#include "kube/schema/kinds.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

#define INJECTED_PREFIX "kube-api-access-"

static bool is_injected(const YamlNode *item)
{
	const YamlNode *name = yaml_get(item, "name");
	return name && name->kind == YAML_TEXT && text_starts_with(name->text, INJECTED_PREFIX);
}

// Only a projected volume of that name is one of the API server's.
static bool is_injected_volume(const YamlNode *volume)
{
	return is_injected(volume) && yaml_get(volume, "projected");
}

// A copy of the map in which `name` has another value.
static const YamlNode *with_member(const YamlNode *map, const char *name, const YamlNode *value,
				   Arena *arena)
{
	YamlNode *copy = ARENA_NEW(arena, YamlNode);
	*copy = *map;
	copy->members = (YamlMembers){ 0 };
	for (size_t i = 0; i < map->members.count; i++) {
		YamlMember *member = yaml_members_push(arena, &copy->members);
		*member = map->members.items[i];
		if (text_equal(member->key, name))
			member->value = value;
	}
	return copy;
}

// The map with the list `name` lessened by the items that `is_unwanted`; the map itself when it has no such list.
static const YamlNode *without_items(const YamlNode *map, const char *name,
				     bool (*is_unwanted)(const YamlNode *item), Arena *arena)
{
	const YamlNode *list = yaml_get(map, name);
	if (!list || list->kind != YAML_LIST)
		return map;
	YamlNode *copy = ARENA_NEW(arena, YamlNode);
	*copy = *list;
	copy->items = (YamlNodes){ 0 };
	for (size_t i = 0; i < list->items.count; i++) {
		if (!is_unwanted(list->items.items[i]))
			*yaml_nodes_push(arena, &copy->items) = list->items.items[i];
	}
	return with_member(map, name, copy, arena);
}

static const YamlNode *without_mounts(const YamlNode *spec, const char *list_name, Arena *arena)
{
	const YamlNode *list = yaml_get(spec, list_name);
	if (!list || list->kind != YAML_LIST)
		return spec;
	YamlNode *copy = ARENA_NEW(arena, YamlNode);
	*copy = *list;
	copy->items = (YamlNodes){ 0 };
	for (size_t i = 0; i < list->items.count; i++)
		*yaml_nodes_push(arena, &copy->items) =
			without_items(list->items.items[i], "volumeMounts", is_injected, arena);
	return with_member(spec, list_name, copy, arena);
}

static bool note_injected(const YamlNode *volumes, Report *report)
{
	bool has_any = false;
	for (size_t i = 0; volumes && volumes->kind == YAML_LIST && i < volumes->items.count; i++) {
		const YamlNode *volume = volumes->items.items[i];
		if (!is_injected_volume(volume))
			continue;
		has_any = true;
		report_add(report, SEVERITY_NOTE, volume->where, "spec.volumes",
			   "'%s' and its mounts are left out: a token for the API server, which is "
			   "not here",
			   yaml_get(volume, "name")->text);
	}
	return has_any;
}

const YamlNode *kind_pod_strip(const YamlNode *pod, Report *report)
{
	const YamlNode *spec = yaml_get(pod, "spec");
	if (!note_injected(yaml_get(spec, "volumes"), report))
		return pod;
	spec = without_items(spec, "volumes", is_injected_volume, report->arena);
	spec = without_mounts(spec, "initContainers", report->arena);
	spec = without_mounts(spec, "containers", report->arena);
	return with_member(pod, "spec", spec, report->arena);
}
