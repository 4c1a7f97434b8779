#include "pkg/cli/batch.h"

#include "pkg/base/text.h"
#include "pkg/cli/message.h"
#include "pkg/sys/interrupt.h"

// False when the item failed; an interrupt is handed on in *ret_interrupt.
static bool run_item(const CommandContext *context, const char *name, BatchItem item, void *data,
		     Error *ret_interrupt)
{
	CLEANUP_ERROR error = { 0 };
	if (item(context, name, data, &error)) {
		fprintf(context->output, "%s\n", name);
		fflush(context->output);
		return true;
	}
	if (error.code == ERROR_INTERRUPTED) {
		*ret_interrupt = error;
		error = (Error){ 0 };
		return false;
	}
	CLEANUP_BUFFER prefix = { 0 };
	buffer_printf(&prefix, "error: %s: ", name);
	message_print_error(context->messages, buffer_text(&prefix), &error);
	return false;
}

bool batch_run(const CommandContext *context, const BatchVerb *verb, const Texts *names,
	       BatchItem item, void *data, Error *error)
{
	size_t failed = 0;
	for (size_t i = 0; i < names->count; i++) {
		if (!interrupt_check(error))
			return false;
		if (!context->is_quiet)
			fprintf(context->messages, "%s '%s'\n", verb->doing, names->items[i]);
		if (!run_item(context, names->items[i], item, data, error))
			failed++;
		if (error->code != ERROR_NONE)
			return false;
	}
	if (failed > 0)
		return error_set(error, ERROR_FAILED, "some %s could not be %s", verb->things,
				 verb->past);
	return true;
}

static const char *join(const Texts *texts, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < texts->count; i++)
		buffer_printf(&text, "%s%s", i > 0 ? ", " : "", texts->items[i]);
	return buffer_take(&text, arena);
}

bool name_resolve(const char *text, const char *thing, const Texts *names, Arena *arena,
		  const char **ret_name, Error *error)
{
	Texts matches = { 0 };
	for (size_t i = 0; i < names->count; i++) {
		if (text_equal(names->items[i], text)) {
			*ret_name = names->items[i];
			return true;
		}
		if (text[0] && text_starts_with(names->items[i], text))
			texts_add(arena, &matches, names->items[i]);
	}
	if (matches.count == 0)
		return error_set(error, ERROR_NOT_FOUND, "no %s found matching '%s'", thing, text);
	texts_sort(&matches);
	if (matches.count > 1)
		return error_set(error, ERROR_INVALID, "ambiguous name '%s', could match: %s", text,
				 join(&matches, arena));
	*ret_name = matches.items[0];
	return true;
}

bool name_resolve_all(const Texts *texts, const char *thing, const Texts *names, Arena *arena,
		      Texts *ret_names, Error *error)
{
	Texts resolved = { 0 };
	for (size_t i = 0; i < texts->count; i++) {
		const char *name = NULL;
		if (!name_resolve(texts->items[i], thing, names, arena, &name, error))
			return false;
		if (!texts_contain(&resolved, name))
			texts_add(arena, &resolved, name);
	}
	*ret_names = resolved;
	return true;
}
