// sdme configmap: create, ls, show, rm.
#include "store/object/configmap.h"

#include "cmd/commands.h"
#include "cmd/kube/objects.h"
#include "pkg/base/base64.h"

// --- what is printed

// Line by line: what a terminal might act on is escaped, newlines are not.
static void print_value(const CommandContext *context, Blob value)
{
	const char *text = value.bytes;
	CLEANUP_BUFFER buffer = { 0 };
	for (size_t start = 0; start < value.length;) {
		const char *end = memchr(text + start, '\n', value.length - start);
		const size_t length = end ? (size_t)(end - text) - start : value.length - start;
		buffer_add_printable(&buffer, text + start, length);
		buffer_add_char(&buffer, '\n');
		start += length + 1;
	}
	fputs(buffer_text(&buffer), context->output);
}

static void print_text(const CommandContext *context, const StoredObject *object)
{
	fprintf(context->output, "Name:       %s\nImmutable:  %s\n\nData\n====\n", object->name,
		object->is_immutable ? "yes" : "no");
	for (size_t i = 0; i < object->data.count; i++) {
		const StoredItem *item = &object->data.items[i];
		if (item->is_binary) {
			fprintf(context->output, "%s:  %zu bytes, binary\n", item->key,
				item->value.length);
			continue;
		}
		fprintf(context->output, "%s:\n----\n", item->key);
		print_value(context, item->value);
	}
}

static void add_items(JsonWriter *json, const StoredData *data, bool is_binary, Arena *arena)
{
	json_add_key(json, is_binary ? "binaryData" : "data");
	json_begin_object(json);
	for (size_t i = 0; i < data->count; i++) {
		const StoredItem *item = &data->items[i];
		CLEANUP_BUFFER text = { 0 };
		if (item->is_binary != is_binary)
			continue;
		if (is_binary)
			base64_encode(&text, item->value.bytes, item->value.length);
		else
			buffer_add_bytes(&text, item->value.bytes, item->value.length);
		json_add_text_member(json, item->key, buffer_take(&text, arena));
	}
	json_end_object(json);
}

static void print_json(JsonWriter *json, const StoredObject *object, Arena *arena)
{
	add_items(json, &object->data, /* is_binary= */ false, arena);
	add_items(json, &object->data, /* is_binary= */ true, arena);
}

static const ObjectCommands object_commands = {
	.list = configmap_list,
	.load = configmap_get,
	.put = configmap_put,
	.remove = configmap_remove,
	.print_text = print_text,
	.print_json = print_json,
	.plural = "configmaps",
	.volume = PLAN_VOLUME_CONFIG_MAP,
	.has_binary = true,
};

// --- create

static const Option create_options[] = {
	OPT_OBJECT_SOURCES(ObjectCreation),
	OPT_FLAG(ObjectCreation, is_immutable, "immutable", 0, "Allow no later change"),
	OPT_FLAG(ObjectCreation, must_replace, "replace", 0, "Replace a configmap of this name"),
};

static const Positional create_positionals[] = {
	{ "NAME", 1, 1, COMPLETE_NONE, "Name of the configmap", NULL },
};

static const Command command_create = {
	OBJECT_COMMAND_CREATE,
	.summary = "Create a configmap",
	.description =
		"Stores values under keys. Pods take them from there at each start, into their environment "
		"or as files.",
	.examples = "sdme configmap create web --from-literal COLOUR=blue --from-file nginx.conf\n"
		    "sdme configmap create web --from-file ./conf.d --replace\n",
};

// --- ls

static const Command command_list = {
	OBJECT_COMMAND_LIST,
	.summary = "List configmaps",
	.description =
		"Prints names, keys, and how long ago each was made; JSON has the seconds since 1970.",
	.examples = "sdme configmap ls\nsdme configmap ls --json\n",
};

// --- show

static const Positional show_positionals[] = {
	{ "NAME", 1, 1, COMPLETE_CONFIGMAP, "The configmap", NULL },
};

static const Command command_show = {
	OBJECT_COMMAND_SHOW,
	.summary = "Show what a configmap holds",
	.description =
		"Prints each key and its value. JSON has values that are not text in base64.",
	.examples = "sdme configmap show web\nsdme configmap show web --json\n",
};

// --- rm

static const Positional remove_positionals[] = {
	{ "NAME", 1, POSITIONAL_MANY, COMPLETE_CONFIGMAP, "Configmaps to remove", NULL },
};

static const Command command_remove = {
	OBJECT_COMMAND_REMOVE,
	.summary = "Remove configmaps",
	.description = "Pods that run keep what they have; at their next start they miss it.",
	.examples = "sdme configmap rm web\n",
};

static const Command *const commands[] = {
	&command_create, &command_list, &command_show, &command_remove, NULL,
};

const Command command_configmap = {
	.name = "configmap",
	.summary = "Keep configuration for pods",
	.description =
		"A configmap gives names to values and files. Pods take them into their environment or as "
		"files that change when the configmap does.",
	.examples = "sdme configmap create web --from-file nginx.conf\nsdme configmap ls\n",
	.subcommands = commands,
};
