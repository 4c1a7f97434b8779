#include "pkg/cli/batch.h"

#include "pkg/base/text.h"
#include "pkg/cli/message.h"
#include "pkg/sys/interrupt.h"

static void announce(const CommandContext *context, const BatchVerb *verb, const char *name)
{
	if (!context->is_quiet)
		fprintf(context->messages, "%s '%s'\n", verb->doing, name);
}

// Whether it is done.
static bool tell(const CommandContext *context, const char *name, const Error *failure)
{
	if (failure->code == ERROR_NONE) {
		fprintf(context->output, "%s\n", name);
		fflush(context->output);
		return true;
	}
	CLEANUP_BUFFER prefix = { 0 };
	buffer_printf(&prefix, "error: %s: ", name);
	message_print_error(context->messages, buffer_text(&prefix), failure);
	return false;
}

static bool sum_up(const BatchVerb *verb, size_t failed, Error *error)
{
	return failed == 0 ||
	       error_set(error, ERROR_FAILED, "some %s could not be %s", verb->things, verb->past);
}

bool batch_run(const CommandContext *context, const BatchVerb *verb, const Texts *names,
	       BatchItem item, void *data, Error *error)
{
	size_t failed = 0;
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];
		CLEANUP_ERROR failure = { 0 };
		if (!interrupt_check(error))
			return false;
		announce(context, verb, name);
		if (!item(context, name, data, &failure) && failure.code == ERROR_INTERRUPTED)
			return error_move(error, &failure);
		failed += tell(context, name, &failure) ? 0 : 1;
	}
	return sum_up(verb, failed, error);
}

bool batch_run_together(const CommandContext *context, const BatchVerb *verb, const Texts *names,
			BatchAll all, void *data, Error *error)
{
	Error *failures = arena_array(context->arena, names->count, sizeof(Error));
	size_t failed = 0;
	for (size_t i = 0; i < names->count; i++)
		announce(context, verb, names->items[i]);
	if (!all(context, names, data, failures, error))
		return false;
	for (size_t i = 0; i < names->count; i++) {
		failed += tell(context, names->items[i], &failures[i]) ? 0 : 1;
		error_clear(&failures[i]);
	}
	return sum_up(verb, failed, error);
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
