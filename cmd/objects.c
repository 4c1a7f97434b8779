#include "cmd/objects.h"

#include "pkg/base/text.h"
#include "store/data_source.h"

static const Column columns[] = {
	{ .title = "NAME", .key = "name" },
	{ .title = "KEYS", .key = "keys" },
	{ .title = "CREATED", .key = "created" },
	{ .title = "TYPE", .key = "type" },
};

bool objects_read_data(const ObjectSources *sources, Arena *arena, StoredData *ret_data,
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

bool objects_hint_replace(Error *error)
{
	if (error->code != ERROR_EXISTS)
		return false;
	CLEANUP_ARENA scratch = arena_new();
	const char *message = arena_strdup(scratch, error->message);
	error_clear(error);
	return error_set(error, ERROR_EXISTS, "%s; --replace replaces it", message);
}

Texts objects_keys(const StoredData *data, Arena *arena)
{
	Texts keys = { 0 };
	for (size_t i = 0; i < data->count; i++)
		texts_add(arena, &keys, data->items[i].key);
	return keys;
}

void objects_print_list(const CommandContext *context, const StoredObjects *objects, bool has_type,
			OutputFormat format, const char *none)
{
	const bool is_text = format == OUTPUT_TABLE || format == OUTPUT_WIDE;
	if (objects->count == 0 && is_text) {
		fprintf(context->messages, "%s\n", none);
		return;
	}
	Table table;
	table_init(&table, context->arena, columns, COUNT(columns) - (has_type ? 0 : 1));
	for (size_t i = 0; i < objects->count; i++) {
		const StoredObject *object = &objects->items[i];
		const Texts keys = objects_keys(&object->data, context->arena);
		table_add_text(&table, object->name);
		table_add_texts(&table, &keys);
		table_add_number(&table, object->created_at);
		if (has_type)
			table_add_text(&table, object->type);
	}
	table_write(&table, format, context->output);
}
