// sdme kube get: objects of any kind with kubectl's words and columns.
#include "cmd/commands.h"
#include "kube/kind/actions.h"
#include "kube/kind/object_words.h"
#include "kube/manifest/print.h"
#include "pkg/cli/message.h"
#include "pkg/cli/table.h"
#include "store/state/layout.h"

#include <time.h>

typedef enum GetFormat {
	GET_TABLE,
	GET_WIDE,
	GET_JSON,
	GET_YAML,
	GET_NAME,
} GetFormat;

static const char *const formats[] = {
	[GET_TABLE] = "table", [GET_WIDE] = "wide", [GET_JSON] = "json",
	[GET_YAML] = "yaml",   [GET_NAME] = "name",
};

typedef struct GetOptions {
	unsigned format;
	bool ignores_missing;
} GetOptions;

static const Option options[] = {
	OPT_CHOICE(GetOptions, format, "output", 'o', "FORMAT", formats, "Print in this format"),
	OPT_FLAG(GetOptions, ignores_missing, "ignore-not-found", 0,
		 "An object that does not exist is no error"),
};

static const Positional positionals[] = {
	{ "KIND", 1, 1, COMPLETE_OBJECT, "Kinds, with commas between, or KIND/NAME", NULL },
	{ "NAME", 0, POSITIONAL_MANY, COMPLETE_OBJECT, "Only these", NULL },
};

// What was found of one kind.
typedef struct Found {
	const Kind *kind;
	KindItems items;
} Found;
VEC_DECLARE(FoundList, found_list, Found);

typedef struct Get {
	const CommandContext *context;
	KindContext kind_context;
	FoundList found;
	bool has_names; // not all objects of a kind, but these
	bool is_single; // one object, by name
	Buffer missing; // `pods "web" not found; …`
} Get;

static void clear(Get *get)
{
	buffer_clear(&get->missing);
}

// --- what there is

static const KindItem *find_item(const KindItems *items, const char *name)
{
	for (size_t i = 0; i < items->count; i++) {
		if (text_equal(items->items[i].name, name))
			return &items->items[i];
	}
	return NULL;
}

// Those of the names, in their order.
static KindItems choose(Get *get, const ObjectWords *words, const KindItems *items)
{
	KindItems chosen = { 0 };
	for (size_t i = 0; i < words->names.count; i++) {
		const char *name = words->names.items[i];
		const KindItem *item = find_item(items, name);
		if (item)
			*kind_items_push(get->context->arena, &chosen) = *item;
		else
			buffer_printf(&get->missing, "%s%s \"%s\" not found",
				      get->missing.length > 0 ? "; " : "",
				      words->kind->names.plural, name);
	}
	return chosen;
}

static bool find(Get *get, const ObjectWordsList *list, Error *error)
{
	for (size_t i = 0; i < list->count; i++) {
		const ObjectWords *words = &list->items[i];
		KindItems items = { 0 };
		if (!words->kind->actions->list(&get->kind_context, &items, error))
			return false;
		if (words->names.count > 0)
			items = choose(get, words, &items);
		*found_list_push(get->context->arena, &get->found) =
			(Found){ .kind = words->kind, .items = items };
		get->has_names = words->names.count > 0;
	}
	get->is_single = list->count == 1 && list->items[0].names.count == 1;
	return true;
}

static size_t count_items(const Get *get)
{
	size_t count = 0;
	for (size_t i = 0; i < get->found.count; i++)
		count += get->found.items[i].items.count;
	return count;
}

// --- tables

static Table make_table(const Get *get, const KindActions *actions)
{
	Arena *arena = get->context->arena;
	Column *columns = arena_array(arena, 1 + actions->column_count, sizeof(Column));
	columns[0] = (Column){ .title = "NAME" };
	for (size_t i = 0; i < actions->column_count; i++)
		columns[1 + i] = (Column){ .title = actions->columns[i].title,
					   .is_wide = actions->columns[i].is_wide };
	Table table;
	table_init(&table, arena, columns, 1 + actions->column_count);
	return table;
}

// As kubectl: among several kinds a name says of which it is.
static const char *shown_name(const Get *get, const Found *found, const KindItem *item)
{
	return get->found.count > 1 ? arena_printf(get->context->arena, "%s/%s",
						   found->kind->singular, item->name)
				    : item->name;
}

static void print_table(const Get *get, const Found *found, OutputFormat format)
{
	Table table = make_table(get, found->kind->actions);
	for (size_t i = 0; i < found->items.count; i++) {
		const KindItem *item = &found->items.items[i];
		table_add_text(&table, shown_name(get, found, item));
		for (size_t k = 0; k < item->cells.count; k++)
			table_add_text(&table, item->cells.items[k]);
	}
	table_write(&table, format, get->context->output);
}

static void print_remarks(const Get *get, const Found *found)
{
	for (size_t i = 0; i < found->items.count; i++) {
		const KindItem *item = &found->items.items[i];
		if (item->remark)
			message_print(get->context->messages, "",
				      arena_printf(get->context->arena, "%s/%s: %s",
						   found->kind->singular, item->name,
						   item->remark));
	}
}

static void print_tables(const Get *get, OutputFormat format)
{
	bool is_first = true;
	if (count_items(get) == 0 && !get->has_names)
		fputs("No resources found\n", get->context->messages);
	for (size_t i = 0; i < get->found.count; i++) {
		if (get->found.items[i].items.count == 0)
			continue;
		fputs(is_first ? "" : "\n", get->context->output);
		print_table(get, &get->found.items[i], format);
		print_remarks(get, &get->found.items[i]);
		is_first = false;
	}
}

// --- whole objects

static bool print_items(const Get *get, Buffer *json, Error *error)
{
	for (size_t i = 0; i < get->found.count; i++) {
		const Found *found = &get->found.items[i];
		for (size_t k = 0; k < found->items.count; k++) {
			if (json->length > 0)
				buffer_add_char(json, ',');
			if (!found->kind->actions->print(&get->kind_context, &found->items.items[k],
							 json, error))
				return false;
		}
	}
	return true;
}

// JSON is YAML: what was printed can be read and printed again.
static void print_yaml(const Get *get, const Buffer *json)
{
	CLEANUP_BUFFER yaml = { 0 };
	Report report;
	YamlNodes documents = { 0 };
	report_init(&report, get->context->arena);
	yaml_read("", buffer_text(json), json->length, get->context->arena, &report, &documents);
	for (size_t i = 0; i < documents.count; i++)
		yaml_print(documents.items[i], &yaml);
	fputs(buffer_text(&yaml), get->context->output);
}

static bool print_whole(const Get *get, bool is_yaml, Error *error)
{
	CLEANUP_BUFFER items = { 0 };
	CLEANUP_BUFFER json = { 0 };
	if (!print_items(get, &items, error))
		return false;
	if (get->is_single || (get->has_names && items.length == 0))
		buffer_add(&json, buffer_text(&items));
	else
		buffer_printf(&json, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[%s]}",
			      buffer_text(&items));
	if (json.length == 0)
		return true;
	if (is_yaml)
		print_yaml(get, &json);
	else
		fprintf(get->context->output, "%s\n", buffer_text(&json));
	return true;
}

static void print_names(const Get *get)
{
	for (size_t i = 0; i < get->found.count; i++) {
		const Found *found = &get->found.items[i];
		for (size_t k = 0; k < found->items.count; k++)
			fprintf(get->context->output, "%s/%s\n", found->kind->singular,
				found->items.items[k].name);
	}
}

static bool print(const Get *get, GetFormat format, Error *error)
{
	switch (format) {
	case GET_JSON:
	case GET_YAML:
		return print_whole(get, format == GET_YAML, error);
	case GET_NAME:
		print_names(get);
		return true;
	case GET_TABLE:
	case GET_WIDE:
		print_tables(get, format == GET_WIDE ? OUTPUT_WIDE : OUTPUT_TABLE);
		return true;
	}
	return true;
}

// Only what runs needs the host's systemd.
static bool open_bus(const ObjectWordsList *list, Bus **ret_bus, Error *error)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].kind->actions->stop)
			return bus_open_manager(ret_bus, error);
	}
	return true;
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const GetOptions *given = context->options;
	CLEANUP(clear) Get get = { .context = context };
	CLEANUP_BUS bus = NULL;
	ObjectWordsList list = { 0 };
	if (!object_words_parse(&context->arguments, NULL, context->arena, &list, error) ||
	    !layout_prepare(context->host, error) || !open_bus(&list, &bus, error))
		return false;
	get.kind_context = (KindContext){ .host = context->host,
					  .config = context->config,
					  .bus = bus,
					  .arena = context->arena,
					  .now = time(NULL),
					  .is_wide = given->format == GET_WIDE };
	if (!find(&get, &list, error) || !print(&get, given->format, error))
		return false;
	return get.missing.length == 0 || given->ignores_missing ||
	       error_set(error, ERROR_NOT_FOUND, "%s", buffer_text(&get.missing));
}

const Command command_kube_get = {
	.name = "get",
	.summary = "List Pods and other objects",
	.description =
		"Prints kubectl's columns. STATUS says what the Pod waits for: Init:0/2, CrashLoopBackOff, "
		"Completed; Stopped means that its machine does not run. Why one failed or is damaged is said below "
		"the table, on stderr. NOTE (-o wide) says \"image moved\" when a name means another image in the store "
		"than the Pod has; apply, start and rollout restart bring it. JSON and YAML are whole objects, with "
		"their status: what is printed can be applied again. The values of Secrets are never printed, "
		"so apply refuses a Secret that was.\n"
		"\n"
		"Kinds are pods (po), configmaps (cm), secrets and persistentvolumeclaims (pvc); all means "
		"pods, as in kubectl, which leaves the others out.",
	.examples = "sdme kube get pods\n"
		    "sdme kube get pod web -o json\n"
		    "sdme kube get po,cm,pvc\n"
		    "sdme kube get pod/web cm/settings -o yaml\n",
	OPTIONS(GetOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
