#include "kube/kind/actions.h"

#include "kube/status/status.h"
#include "pkg/base/moment.h"

const char *kind_age(const KindContext *context, int64_t created_at)
{
	return created_at > 0 ? age_print(context->now - created_at, context->arena) : "<unknown>";
}

const YamlNode *kind_read_json(const char *json, Arena *arena)
{
	static const YamlNode empty = { .kind = YAML_MAP };
	Report report;
	YamlNodes documents = { 0 };
	report_init(&report, arena);
	yaml_read("", json, strlen(json), arena, &report, &documents);
	return documents.count > 0 ? documents.items[0] : &empty;
}

// The map with one more member, or another one of that key, where the order of keys has it.
static const YamlNode *with_member(const YamlNode *map, const char *key, const YamlNode *value,
				   Arena *arena)
{
	YamlNode *copy = ARENA_NEW(arena, YamlNode);
	*copy = (YamlNode){ .kind = YAML_MAP };
	size_t i = 0;
	for (; map && i < map->members.count && strcmp(map->members.items[i].key, key) < 0; i++)
		*yaml_members_push(arena, &copy->members) = map->members.items[i];
	*yaml_members_push(arena, &copy->members) = (YamlMember){ .key = key, .value = value };
	for (; map && i < map->members.count; i++) {
		if (!text_equal(map->members.items[i].key, key))
			*yaml_members_push(arena, &copy->members) = map->members.items[i];
	}
	return copy;
}

static const YamlNode *text_node(const char *text, Arena *arena)
{
	YamlNode *node = ARENA_NEW(arena, YamlNode);
	*node = (YamlNode){ .kind = YAML_TEXT, .text = text, .length = strlen(text) };
	return node;
}

const YamlNode *kind_add_server_fields(const YamlNode *object, int64_t created_at,
				       const char *status, Arena *arena)
{
	const YamlNode *metadata = yaml_get(object, "metadata");
	if (created_at > 0) {
		const char *moment = moment_print(arena, (uint64_t)created_at * 1000000);
		metadata =
			with_member(metadata, "creationTimestamp", text_node(moment, arena), arena);
		object = with_member(object, "metadata", metadata, arena);
	}
	return status ? with_member(object, "status", kind_read_json(status, arena), arena)
		      : object;
}
