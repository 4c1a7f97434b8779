// --watch: what there is, and then a line for every object that has changed, come or gone, as kubectl.
#include "cmd/kube/get.h"

#include "kube/manifest/print.h"

#include <errno.h>
#include <inttypes.h>

// --- what is different

// All that is known of an object, to compare.
static const char *state_of(const GetItem *item, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	buffer_printf(&text, "%" PRIu64 " ", item->row.generation);
	if (item->object)
		yaml_print_json(item->object, &text);
	else
		buffer_add(&text, item->problem);
	return buffer_take(&text, arena);
}

static const GetItem *find_item(const GetItems *items, const char *name)
{
	for (size_t i = 0; i < items->count; i++) {
		if (text_equal(items->items[i].row.name, name))
			return &items->items[i];
	}
	return NULL;
}

static bool is_different(const GetItem *before, const GetItem *now)
{
	CLEANUP_ARENA scratch = arena_new();
	return !before || !text_equal(state_of(before, scratch), state_of(now, scratch));
}

// What is gone is shown once more as it was last.
static GetItems changes_of(const GetItems *before, const GetItems *now, Arena *arena)
{
	GetItems changed = { 0 };
	for (size_t i = 0; i < now->count; i++) {
		const GetItem *item = &now->items[i];
		if (is_different(find_item(before, item->row.name), item))
			*get_items_push(arena, &changed) = *item;
	}
	for (size_t i = 0; i < before->count; i++) {
		if (!find_item(now, before->items[i].row.name))
			*get_items_push(arena, &changed) = before->items[i];
	}
	return changed;
}

// --- watching one kind

typedef struct Watching {
	const GetRequest *request;
	const Kind *kind;
	Watch *watch;
	GetSeries series;
	// The last look, all of which lives in this arena; NULL: there was none yet.
	Arena *arena;
	GetLook look;
} Watching;

static void clear(Watching *watching)
{
	watch_close(&watching->watch);
	arena_cleanup(&watching->arena);
}

// Takes the place of the look before.
static void keep(Watching *watching, Arena *arena, const GetLook *look)
{
	arena_cleanup(&watching->arena);
	watching->arena = arena;
	watching->look = *look;
}

static void print_changes(Watching *watching, const GetLook *look)
{
	Arena *arena = look->kind_context.arena;
	GetLook changes = { .kind_context = look->kind_context };
	GetFound *found = get_found_list_push(arena, &changes.found);
	found->kind = watching->kind;
	found->items = changes_of(&watching->look.found.items[0].items, &look->found.items[0].items,
				  arena);
	get_print(watching->request, &changes, &watching->series);
}

static bool print_first(Watching *watching, GetLook *look, Error *error)
{
	if (!get_sort(watching->request, look, error))
		return false;
	get_print(watching->request, look, &watching->series);
	return get_check_missing(watching->request, look, error);
}

static bool look_again(Watching *watching, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	GetLook look = { 0 };
	if (!get_look(watching->request, arena, &look, error))
		return false;
	if (watching->arena)
		print_changes(watching, &look);
	else if (!print_first(watching, &look, error))
		return false;
	keep(watching, arena, &look);
	arena = NULL;
	return true;
}

static bool arm(const Watching *watching, Error *error)
{
	const KindContext *context = &watching->look.kind_context;
	const KindActions *actions = watching->kind->actions;
	const GetItems *items = &watching->look.found.items[0].items;
	KindItems rows = { 0 };
	for (size_t i = 0; i < items->count; i++)
		*kind_items_push(context->arena, &rows) = items->items[i].row;
	const char *directory = layout_path(context->host, actions->directory, context->arena);
	return watch_add_directory(watching->watch, directory, error) &&
	       (!actions->watch || actions->watch(context, &rows, watching->watch, error));
}

// A reader that went away is no failure.
static bool end_of_output(Error *error)
{
	return errno == EPIPE || error_set_errno(error, errno, "write to standard output");
}

bool get_watch(const GetRequest *request, Error *error)
{
	const Kind *kind = request->words.items[0].kind;
	CLEANUP(clear)
	Watching watching = {
		.request = request,
		.kind = kind,
		.series = get_series(request, kind),
	};
	if (!watch_open(request->bus, &watching.watch, error))
		return false;
	do {
		if (!look_again(&watching, error) || !arm(&watching, error))
			return false;
		if (fflush(request->context->output) != 0)
			return end_of_output(error);
	} while (watch_wait(watching.watch, error));
	return false;
}
