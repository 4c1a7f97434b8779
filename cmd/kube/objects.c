#include "cmd/kube/objects.h"

#include "isolate/machine/object_volume.h"
#include "kube/status/status.h"
#include "pkg/base/text.h"
#include "pkg/cli/batch.h"
#include "pkg/cli/table.h"
#include "store/object/data_source.h"
#include "store/state/config.h"
#include "store/state/layout.h"

#include <time.h>

static const Column columns[] = {
	{ .title = "NAME", .key = "name" },
	{ .title = "KEYS", .key = "keys" },
	{ .title = "CREATED" },
	{ .key = "created" },
	{ .title = "TYPE", .key = "type" },
};

const Option object_output_options[] = {
	OPT_JSON(ObjectOutput, json, json_pretty),
};

static bool read_data(const ObjectSources *sources, Arena *arena, StoredData *ret_data,
		      Error *error)
{
	if (sources->literals.count + sources->files.count + sources->env_files.count == 0)
		return error_set(error, ERROR_USAGE,
				 "give it data: --from-literal, --from-file or --from-env-file");
	for (size_t i = 0; i < sources->literals.count; i++) {
		if (!data_source_add_literal(sources->literals.items[i], arena, ret_data, error))
			return false;
	}
	for (size_t i = 0; i < sources->files.count; i++) {
		if (!data_source_add_file(sources->files.items[i], arena, ret_data, error))
			return false;
	}
	for (size_t i = 0; i < sources->env_files.count; i++) {
		if (!data_source_add_env_file(sources->env_files.items[i], arena, ret_data, error))
			return false;
	}
	return true;
}

// Says how to go on when there is one already.
static void hint_replace(Error *error)
{
	if (error->code != ERROR_EXISTS)
		return;
	CLEANUP_ARENA scratch = arena_new();
	const char *message = arena_strdup(scratch, error->message);
	error_clear(error);
	error_set(error, ERROR_EXISTS, "%s; --replace replaces it", message);
}

bool objects_create(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ObjectCommands *commands = context->command->data;
	const ObjectCreation *given = context->options;
	StoredObject object = {
		.name = context->arguments.items[0],
		.type = given->type,
		.is_immutable = given->is_immutable,
	};
	if (!read_data(&given->sources, context->arena, &object.data, error) ||
	    !layout_prepare(context->host, error))
		return false;
	if (commands->has_binary)
		data_source_mark_binary(&object.data);
	const PutMode mode = given->must_replace ? PUT_REPLACE : PUT_CREATE;
	const bool is_stored = commands->put(context->host, &object, mode, NULL, error);
	data_source_wipe(&object.data);
	if (!is_stored) {
		hint_replace(error);
		return false;
	}
	if (!object_volumes_refresh(context->host, commands->volume, object.name, error))
		return false;
	fprintf(context->output, "%s\n", object.name);
	return true;
}

static Texts keys_of(const StoredData *data, Arena *arena)
{
	Texts keys = { 0 };
	for (size_t i = 0; i < data->count; i++)
		texts_add(arena, &keys, data->items[i].key);
	return keys;
}

static void print_objects(const CommandContext *context, const StoredObjects *objects,
			  bool has_type, OutputFormat format)
{
	const int64_t now = time(NULL);
	Table table;
	table_init(&table, context->arena, columns, COUNT(columns) - (has_type ? 0 : 1));
	for (size_t i = 0; i < objects->count; i++) {
		const StoredObject *object = &objects->items[i];
		const Texts keys = keys_of(&object->data, context->arena);
		table_add_text(&table, object->name);
		table_add_texts(&table, &keys);
		table_add_text(&table, age_print(now - object->created_at, context->arena));
		table_add_number(&table, object->created_at);
		if (has_type)
			table_add_text(&table, object->type);
	}
	table_write(&table, format, context->output);
}

bool objects_list(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ObjectCommands *commands = context->command->data;
	const ObjectOutput *output = context->options;
	StoredObjects objects = { 0 };
	if (!layout_prepare(context->host, error) ||
	    !commands->list(context->host, context->arena, &objects, error))
		return false;
	const OutputFormat format = output_format_of(output->json, output->json_pretty,
						     context->config->default_output_format);
	if (objects.count == 0 && format == OUTPUT_TABLE)
		fprintf(context->messages, "no %s\n", commands->plural);
	else
		print_objects(context, &objects, commands->has_type, format);
	return true;
}

static void print_object(const CommandContext *context, const ObjectCommands *commands,
			 const StoredObject *object, bool is_pretty)
{
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, is_pretty);
	json_begin_object(&json);
	json_add_text_member(&json, "name", object->name);
	json_add_bool_member(&json, "immutable", object->is_immutable);
	json_add_i64_member(&json, "created", object->created_at);
	commands->print_json(&json, object, context->arena);
	json_end_object(&json);
	fprintf(context->output, "%s\n", buffer_text(&text));
}

bool objects_show(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ObjectCommands *commands = context->command->data;
	const ObjectOutput *output = context->options;
	StoredObject object = { 0 };
	if (!layout_prepare(context->host, error) ||
	    !commands->load(context->host, context->arguments.items[0], context->arena, &object,
			    error))
		return false;
	if (output->json || output->json_pretty)
		print_object(context, commands, &object, output->json_pretty);
	else
		commands->print_text(context, &object);
	return true;
}

static bool remove_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	(void)data; // the command has it
	const ObjectCommands *commands = context->command->data;
	return commands->remove(context->host, name, error);
}

bool objects_remove(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ObjectCommands *commands = context->command->data;
	const BatchVerb verb = { "removing", "removed", commands->plural };
	return layout_prepare(context->host, error) &&
	       batch_run(context, &verb, &context->arguments, remove_one, NULL, error);
}
