#include "pkg/sys/yaml_map.h"

#include "pkg/base/text.h"
#include "pkg/sys/yaml_scalar.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_keys(const void *left, const void *right)
{
	const YamlMember *const *left_member = left;
	const YamlMember *const *right_member = right;
	const int order = strcmp((*left_member)->key, (*right_member)->key);
	if (order != 0)
		return order;
	return *left_member < *right_member ? -1 : *left_member > *right_member ? 1 : 0;
}

// The members in order of their keys; of equal ones the first comes first.
static const YamlMember **sort_members(Arena *arena, const YamlMembers *members)
{
	const YamlMember **sorted = arena_array(arena, members->count + 1, sizeof(YamlMember *));
	for (size_t i = 0; i < members->count; i++)
		sorted[i] = &members->items[i];
	if (members->count > 1)
		qsort(sorted, members->count, sizeof(YamlMember *), compare_keys);
	return sorted;
}

void yaml_remove_duplicates(YamlMembers *members, Arena *arena, Report *report)
{
	if (members->count < 2)
		return;
	const YamlMember **sorted = sort_members(arena, members);
	bool has_duplicate = false;
	for (size_t i = 1; i < members->count; i++) {
		if (!text_equal(sorted[i]->key, sorted[i - 1]->key))
			continue;
		report_add(report, SEVERITY_ERROR, sorted[i]->where, "",
			   "key \"%s\" already set in map (line %u)", sorted[i]->key,
			   sorted[i - 1]->where.line);
		has_duplicate = true;
	}
	if (!has_duplicate)
		return;

	YamlMembers unique = { 0 };
	for (size_t i = 0; i < members->count; i++) {
		if (i == 0 || !text_equal(sorted[i]->key, sorted[i - 1]->key))
			*yaml_members_push(arena, &unique) = *sorted[i];
	}
	*members = unique;
}

static void add_all(YamlMembers *members, const YamlMembers *more, Arena *arena)
{
	for (size_t i = 0; i < more->count; i++)
		*yaml_members_push(arena, members) = more->items[i];
}

// The mappings of one `<<`: itself or those of its list. False when it is something else.
static bool add_source(YamlMembers *members, const YamlNode *source, Arena *arena)
{
	if (source->kind == YAML_MAP)
		add_all(members, &source->members, arena);
	else if (source->kind != YAML_LIST)
		return false;
	for (size_t i = 0; source->kind == YAML_LIST && i < source->items.count; i++) {
		if (source->items.items[i]->kind != YAML_MAP)
			return false;
		add_all(members, &source->items.items[i]->members, arena);
	}
	return true;
}

const YamlNode *yaml_merge(YamlMembers *members, const YamlNodes *sources, Arena *arena)
{
	// Everything at once: a mapping is sorted once, however many sources it names.
	YamlMembers all = { 0 };
	add_all(&all, members, arena);
	for (size_t i = 0; i < sources->count; i++) {
		if (!add_source(&all, sources->items[i], arena))
			return sources->items[i];
	}
	const YamlMember **sorted = sort_members(arena, &all);
	const size_t own_count = members->count;
	for (size_t i = 0; i < all.count; i++) {
		const bool is_known = i > 0 && text_equal(sorted[i]->key, sorted[i - 1]->key);
		if ((size_t)(sorted[i] - all.items) >= own_count && !is_known)
			*yaml_members_push(arena, members) = *sorted[i];
	}
	return NULL;
}

// --- looking at trees

const YamlMember *yaml_find(const YamlNode *node, const char *key)
{
	if (!node || node->kind != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < node->members.count; i++) {
		if (text_equal(node->members.items[i].key, key))
			return &node->members.items[i];
	}
	return NULL;
}

const YamlNode *yaml_get(const YamlNode *node, const char *key)
{
	const YamlMember *member = yaml_find(node, key);
	return member ? member->value : NULL;
}

const char *yaml_number_text(const YamlNode *node, Arena *arena)
{
	assert(node->kind == YAML_INTEGER || node->kind == YAML_FLOAT);
	if (node->kind == YAML_INTEGER)
		return arena_printf(arena, "%" PRId64, node->integer);
	return scalar_real_text(node->real, arena);
}

const char *yaml_kind_text(YamlKind kind)
{
	static const char *const words[] = {
		[YAML_NULL] = "null",    [YAML_BOOL] = "bool",   [YAML_INTEGER] = "number",
		[YAML_FLOAT] = "number", [YAML_TEXT] = "string", [YAML_LIST] = "array",
		[YAML_MAP] = "object",
	};
	return words[kind];
}
