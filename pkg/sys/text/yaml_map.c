#include "pkg/sys/text/yaml_map.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml_scalar.h"

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

static void add_duplicate(YamlDuplicates *duplicates, Arena *arena, const YamlMember *first,
			  SourcePos where)
{
	*yaml_duplicates_push(arena, duplicates) =
		(YamlDuplicate){ first->key, where, first->where };
}

void yaml_remove_duplicates(YamlMembers *members, Arena *arena, YamlDuplicates *ret)
{
	if (members->count < 2)
		return;
	const YamlMember **sorted = sort_members(arena, members);
	YamlMembers unique = { 0 };
	const YamlMember *first = NULL;
	for (size_t i = 0; i < members->count; i++) {
		if (first && text_equal(sorted[i]->key, first->key)) {
			add_duplicate(ret, arena, first, sorted[i]->where);
			continue;
		}
		first = sorted[i];
		*yaml_members_push(arena, &unique) = *first;
	}
	if (unique.count < members->count)
		*members = unique;
}

// --- merge keys

static void add_all(YamlMembers *members, const YamlNode *map, Arena *arena)
{
	for (size_t i = 0; i < map->members.count; i++)
		*yaml_members_push(arena, members) = map->members.items[i];
}

// The mappings of one `<<`: itself or those of its list. False when it is something else.
static bool add_source(YamlMembers *members, const YamlNode *source, Arena *arena)
{
	if (source->kind == YAML_MAP)
		add_all(members, source, arena);
	else if (source->kind != YAML_LIST)
		return false;
	for (size_t i = 0; source->kind == YAML_LIST && i < source->items.count; i++) {
		if (source->items.items[i]->kind != YAML_MAP)
			return false;
		add_all(members, source->items.items[i], arena);
	}
	return true;
}
static bool stands_before(SourcePos left, SourcePos right)
{
	return left.line != right.line ? left.line < right.line : left.column < right.column;
}

// Whether kubectl would take the member of `merge` and not the first one. first_merge: NULL for the mapping's own.
static bool is_taken_instead(const YamlMember *first, const YamlMerge *first_merge,
			     const YamlMerge *merge)
{
	return first_merge ? merge != first_merge : stands_before(first->where, merge->where);
}

// Everything at once: a mapping is sorted once, however many sources it names.
const YamlNode *yaml_merge(YamlMembers *members, const YamlMerges *merges, Arena *arena,
			   YamlDuplicates *ret)
{
	YamlMembers all = { 0 };
	size_t *ends = arena_array(arena, merges->count, sizeof(size_t));
	for (size_t i = 0; i < members->count; i++)
		*yaml_members_push(arena, &all) = members->items[i];
	for (size_t i = 0; i < merges->count; i++) {
		if (!add_source(&all, merges->items[i].source, arena))
			return merges->items[i].source;
		ends[i] = all.count;
	}
	// Where each member comes from; NULL: the mapping itself.
	const YamlMerge **from = arena_array(arena, all.count + 1, sizeof(YamlMerge *));
	for (size_t i = 0, k = members->count; i < merges->count; i++) {
		for (; k < ends[i]; k++)
			from[k] = &merges->items[i];
	}

	const YamlMember **sorted = sort_members(arena, &all);
	const YamlMember *first = NULL;
	const YamlMerge *told = NULL;
	for (size_t i = 0; i < all.count; i++) {
		const YamlMerge *merge = from[sorted[i] - all.items];
		if (!first || !text_equal(sorted[i]->key, first->key)) {
			first = sorted[i];
			told = NULL;
			if (merge)
				*yaml_members_push(arena, members) = *first;
		} else if (merge != told &&
			   is_taken_instead(first, from[first - all.items], merge)) {
			add_duplicate(ret, arena, first, merge->where);
			told = merge;
		}
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
	// Up to 2^64-1 Kubernetes keeps every digit.
	CLEANUP_ERROR ignored = { 0 };
	uint64_t value = 0;
	if (node->text && number_parse_u64(node->text, "", UINT64_MAX, &value, &ignored))
		return arena_printf(arena, "%" PRIu64, value);
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
