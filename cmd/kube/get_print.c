// Tables, whole objects or names of what was found.
#include "cmd/kube/get.h"

#include "kube/manifest/print.h"
#include "pkg/cli/message.h"
#include "pkg/cli/table.h"

#include <ctype.h>

// --- tables

// "example.com/tier" is headed TIER, as in kubectl.
static const char *label_title(const char *key, Arena *arena)
{
	const char *slash = strrchr(key, '/');
	char *title = arena_strdup(arena, slash ? slash + 1 : key);
	for (char *letter = title; *letter; letter++)
		*letter = (char)toupper((unsigned char)*letter);
	return title;
}

VEC_DECLARE(Columns, columns, Column);

static Columns list_columns(const GetRequest *request, const KindActions *actions, Arena *arena)
{
	const GetOptions *options = request->options;
	Columns columns = { 0 };
	if (options->has_all_namespaces)
		columns_push(arena, &columns)->title = "NAMESPACE";
	columns_push(arena, &columns)->title = "NAME";
	for (size_t i = 0; i < actions->column_count; i++)
		*columns_push(arena, &columns) = (Column){ .title = actions->columns[i].title,
							   .is_wide = actions->columns[i].is_wide };
	for (size_t i = 0; i < options->label_columns.count; i++)
		*columns_push(arena, &columns) = (Column){
			.title = label_title(options->label_columns.items[i], arena),
			.has_blanks = true,
		};
	if (options->shows_labels)
		columns_push(arena, &columns)->title = "LABELS";
	return columns;
}

GetSeries get_series(const GetRequest *request, const Kind *kind)
{
	Arena *arena = request->context->arena;
	const Columns columns = list_columns(request, kind->actions, arena);
	return (GetSeries){ .widths = arena_array(arena, columns.count, sizeof(size_t)) };
}

// "app=web,tier=front", by key.
static const char *print_labels(const Pairs *labels, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	Pairs sorted = { 0 };
	for (size_t i = 0; i < labels->count; i++)
		*pairs_push(arena, &sorted) = labels->items[i];
	pairs_sort(&sorted);
	for (size_t i = 0; i < sorted.count; i++)
		buffer_printf(&text, "%s%s=%s", i > 0 ? "," : "", sorted.items[i].key,
			      sorted.items[i].value);
	return labels->count > 0 ? buffer_take(&text, arena) : "<none>";
}

static void add_row(const GetRequest *request, const Kind *kind, const KindItem *row, Table *table)
{
	const GetOptions *options = request->options;
	if (options->has_all_namespaces)
		table_add_text(table, "default");
	table_add_text(table, request->shows_kinds ? arena_printf(table->arena, "%s/%s",
								  kind->singular, row->name)
						   : row->name);
	for (size_t i = 0; i < row->cells.count; i++)
		table_add_text(table, row->cells.items[i]);
	for (size_t i = 0; i < options->label_columns.count; i++)
		table_add_text(table,
			       pairs_get_or(&row->labels, options->label_columns.items[i], ""));
	if (options->shows_labels)
		table_add_text(table, print_labels(&row->labels, table->arena));
}

static void print_table(const GetRequest *request, const GetFound *found, GetSeries *series,
			Arena *arena)
{
	const Columns columns = list_columns(request, found->kind->actions, arena);
	Table table;
	table_init(&table, arena, columns.items, columns.count);
	table.hides_titles = request->options->hides_headers || (series && series->has_titles);
	table.widths = series ? series->widths : NULL;
	for (size_t i = 0; i < found->items.count; i++)
		add_row(request, found->kind, &found->items.items[i].row, &table);
	table_write(&table, request->options->format == GET_WIDE ? OUTPUT_WIDE : OUTPUT_TABLE,
		    request->context->output);
	if (series)
		series->has_titles = true;
}

static void print_remark(const GetRequest *request, const Kind *kind, const KindItem *row,
			 const char *remark)
{
	CLEANUP_ARENA scratch = arena_new();
	if (remark)
		message_print(
			request->context->messages, "",
			arena_printf(scratch, "%s/%s: %s", kind->singular, row->name, remark));
}

static void print_remarks(const GetRequest *request, const GetFound *found)
{
	for (size_t i = 0; i < found->items.count; i++) {
		const KindItem *row = &found->items.items[i].row;
		print_remark(request, found->kind, row, row->remark);
	}
}

static void print_tables(const GetRequest *request, const GetLook *look, GetSeries *series)
{
	bool is_first = true;
	for (size_t i = 0; i < look->found.count; i++) {
		const GetFound *found = &look->found.items[i];
		if (found->items.count == 0)
			continue;
		fputs(is_first || request->options->hides_headers ? "" : "\n",
		      request->context->output);
		print_table(request, found, series, look->kind_context.arena);
		print_remarks(request, found);
		is_first = false;
	}
	if (is_first && !series && !request->has_names && !request->options->ignores_missing)
		fputs("No resources found\n", request->context->messages);
}

// --- whole objects

static void print_node(const GetRequest *request, const YamlNode *object)
{
	CLEANUP_BUFFER text = { 0 };
	if (request->options->format == GET_YAML) {
		yaml_print(object, &text);
	} else {
		yaml_print_json(object, &text);
		buffer_add_char(&text, '\n');
	}
	fwrite(buffer_text(&text), 1, text.length, request->context->output);
}

// One document each.
static void print_one_by_one(const GetRequest *request, const GetFound *found)
{
	for (size_t i = 0; i < found->items.count; i++) {
		const GetItem *item = &found->items.items[i];
		if (item->object && request->options->format == GET_YAML)
			fputs("---\n", request->context->output);
		if (item->object)
			print_node(request, item->object);
		else
			print_remark(request, found->kind, &item->row, item->problem);
	}
}

static const YamlNode *list_of(const GetLook *look)
{
	Arena *arena = look->kind_context.arena;
	static const YamlNode version = { .kind = YAML_TEXT, .text = "v1", .length = 2 };
	static const YamlNode kind = { .kind = YAML_TEXT, .text = "List", .length = 4 };
	YamlNode *items = ARENA_NEW(arena, YamlNode);
	YamlNode *list = ARENA_NEW(arena, YamlNode);
	items->kind = YAML_LIST;
	list->kind = YAML_MAP;
	for (size_t i = 0; i < look->found.count; i++) {
		const GetItems *found = &look->found.items[i].items;
		for (size_t k = 0; k < found->count; k++)
			*yaml_nodes_push(arena, &items->items) = found->items[k].object;
	}
	*yaml_members_push(arena, &list->members) = (YamlMember){ "apiVersion", { 0 }, &version };
	*yaml_members_push(arena, &list->members) = (YamlMember){ "items", { 0 }, items };
	*yaml_members_push(arena, &list->members) = (YamlMember){ "kind", { 0 }, &kind };
	return list;
}

static void print_look(const GetRequest *request, const GetLook *look, const GetSeries *series)
{
	const size_t count = get_count(look);
	if (series)
		print_one_by_one(request, &look->found.items[0]);
	else if (request->is_single && count > 0)
		print_node(request, look->found.items[0].items.items[0].object);
	else if (count > 0 || !request->has_names)
		print_node(request, list_of(look));
}

// --- names

static void print_names(const GetRequest *request, const GetLook *look)
{
	for (size_t i = 0; i < look->found.count; i++) {
		const GetFound *found = &look->found.items[i];
		for (size_t k = 0; k < found->items.count; k++)
			fprintf(request->context->output, "%s/%s\n", found->kind->singular,
				found->items.items[k].row.name);
	}
}

void get_print(const GetRequest *request, const GetLook *look, GetSeries *series)
{
	switch ((GetFormat)request->options->format) {
	case GET_JSON:
	case GET_YAML:
		print_look(request, look, series);
		return;
	case GET_NAME:
		print_names(request, look);
		return;
	case GET_TABLE:
	case GET_WIDE:
		print_tables(request, look, series);
		return;
	}
}
