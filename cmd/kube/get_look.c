// What there is of what was asked for, and in which order.
#include "cmd/kube/get.h"

#include "kube/manifest/node_order.h"

#include <stdlib.h>
#include <time.h>

bool get_prints_objects(const GetRequest *request)
{
	return request->options->format == GET_JSON || request->options->format == GET_YAML;
}

static bool needs_objects(const GetRequest *request)
{
	return get_prints_objects(request) || request->options->must_watch ||
	       request->options->sort_by;
}

// Whoever prints it whole, once, must have it; the others can do without one that is damaged, or just removed.
static bool add_item(const GetRequest *request, const GetLook *look, const KindItem *row,
		     GetFound *found, Error *error)
{
	GetItem item = { .row = *row };
	CLEANUP_ERROR damaged = { 0 };
	if (needs_objects(request) &&
	    !found->kind->actions->encode(&look->kind_context, row, &item.object, &damaged)) {
		const bool is_must = get_prints_objects(request) && !request->options->must_watch;
		if (is_must || damaged.code == ERROR_INTERRUPTED)
			return error_move(error, &damaged);
		item.problem = arena_strdup(look->kind_context.arena, damaged.message);
	}
	*get_items_push(look->kind_context.arena, &found->items) = item;
	return true;
}

static const KindItem *find_row(const KindItems *rows, const char *name)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (text_equal(rows->items[i].name, name))
			return &rows->items[i];
	}
	return NULL;
}

// Those of the names, in their order.
static KindItems choose_names(const GetLook *look, const ObjectWords *words, const KindItems *rows,
			      Buffer *missing)
{
	KindItems chosen = { 0 };
	for (size_t i = 0; i < words->names.count; i++) {
		const char *name = words->names.items[i];
		const KindItem *row = find_row(rows, name);
		if (row)
			*kind_items_push(look->kind_context.arena, &chosen) = *row;
		else
			buffer_printf(missing, "%s%s \"%s\" not found",
				      missing->length > 0 ? "; " : "", words->kind->names.plural,
				      name);
	}
	return chosen;
}

static bool look_at(const GetRequest *request, GetLook *look, const ObjectWords *words,
		    Buffer *missing, Error *error)
{
	KindItems rows = { 0 };
	GetFound *found = get_found_list_push(look->kind_context.arena, &look->found);
	found->kind = words->kind;
	if (!words->kind->actions->list(&look->kind_context, &rows, error))
		return false;
	if (words->names.count > 0)
		rows = choose_names(look, words, &rows, missing);
	for (size_t i = 0; i < rows.count; i++) {
		if (label_selector_matches(&request->selector, &rows.items[i].labels) &&
		    !add_item(request, look, &rows.items[i], found, error))
			return false;
	}
	return true;
}

bool get_look(const GetRequest *request, Arena *arena, GetLook *ret, Error *error)
{
	CLEANUP_BUFFER missing = { 0 };
	GetLook look = { .kind_context = { .host = request->context->host,
					   .config = request->context->config,
					   .bus = request->bus,
					   .arena = arena,
					   .now = time(NULL),
					   .is_wide = request->options->format == GET_WIDE } };
	for (size_t i = 0; i < request->words.count; i++) {
		if (!look_at(request, &look, &request->words.items[i], &missing, error))
			return false;
	}
	look.missing = buffer_take(&missing, arena);
	*ret = look;
	return true;
}

bool get_check_missing(const GetRequest *request, const GetLook *look, Error *error)
{
	return request->options->ignores_missing || text_is_empty(look->missing) ||
	       error_set(error, ERROR_NOT_FOUND, "%s", look->missing);
}

size_t get_count(const GetLook *look)
{
	size_t count = 0;
	for (size_t i = 0; i < look->found.count; i++)
		count += look->found.items[i].items.count;
	return count;
}

// --- order

typedef struct Sortable {
	GetItem item;
	const YamlNode *key;
	size_t place; // by name, which decides among equals
} Sortable;

static int compare(const void *left, const void *right)
{
	const Sortable *first = left;
	const Sortable *second = right;
	const int order = node_compare(first->key, second->key);
	return order != 0 ? order : (first->place > second->place) - (first->place < second->place);
}

static bool check_keys(const GetRequest *request, const GetFound *found, const Sortable *sortables,
		       Error *error)
{
	size_t count = 0;
	for (size_t i = 0; i < found->items.count; i++) {
		const YamlNode *key = sortables[i].key;
		if (key && !node_has_order(key))
			return error_set(error, ERROR_INVALID,
					 "--sort-by: '%s' is no single value of %s/%s",
					 request->options->sort_by, found->kind->singular,
					 found->items.items[i].row.name);
		count += key ? 1 : 0;
	}
	return count > 0 || error_set(error, ERROR_INVALID, "--sort-by: none of the %s has '%s'",
				      found->kind->names.plural, request->options->sort_by);
}

static bool sort_found(const GetRequest *request, GetFound *found, Arena *arena, Error *error)
{
	const size_t count = found->items.count;
	Sortable *sortables = arena_array(arena, count, sizeof(Sortable));
	for (size_t i = 0; i < count; i++) {
		const GetItem *item = &found->items.items[i];
		sortables[i] =
			(Sortable){ *item, node_path_get(&request->sort_path, item->object), i };
	}
	if (!check_keys(request, found, sortables, error))
		return false;
	qsort(sortables, count, sizeof(Sortable), compare);
	for (size_t i = 0; i < count; i++)
		found->items.items[i] = sortables[i].item;
	return true;
}

bool get_sort(const GetRequest *request, GetLook *look, Error *error)
{
	for (size_t i = 0; request->options->sort_by && i < look->found.count; i++) {
		GetFound *found = &look->found.items[i];
		if (found->items.count > 0 &&
		    !sort_found(request, found, look->kind_context.arena, error))
			return false;
	}
	return true;
}
