#include "cmd/machine/machines.h"

#include "isolate/machine/machine.h"
#include "isolate/machine/owner.h"
#include "pkg/base/text.h"
#include "pkg/cli/batch.h"
#include "pkg/cli/confirm.h"
#include "pkg/cli/message.h"
#include "store/state/layout.h"

bool machines_resolve(const CommandContext *context, const char *text, const char **ret_name,
		      Error *error)
{
	Texts names = { 0 };
	return layout_prepare(context->host, error) &&
	       machine_list_names(context->host, context->arena, &names, error) &&
	       name_resolve(text, "container", &names, context->arena, ret_name, error) &&
	       machine_check_owner(context->host, *ret_name, error);
}

bool machines_resolve_arguments(const CommandContext *context, Texts *ret_names, Error *error)
{
	Texts names = { 0 };
	return layout_prepare(context->host, error) &&
	       machine_list_names(context->host, context->arena, &names, error) &&
	       name_resolve_all(&context->arguments, "container", &names, context->arena, ret_names,
				error);
}

static bool add_leftovers(const CommandContext *context, Texts *names, Error *error)
{
	Texts leftovers = { 0 };
	if (!machine_list_removable(context->host, context->arena, &leftovers, error))
		return false;
	for (size_t i = 0; i < leftovers.count; i++)
		texts_add(context->arena, names, leftovers.items[i]);
	return true;
}

static bool confirm_shortened(const CommandContext *context, const char *doing, const char *word,
			      const char *name, Error *error)
{
	const char *question =
		arena_printf(context->arena, "'%s' is short for '%s'; %s it?", word, name, doing);
	return text_equal(word, name) || confirm(context, stdin, question, "the whole name", error);
}

bool machines_resolve_to_end(const CommandContext *context, const char *doing, bool may_be_left,
			     Texts *ret_names, Error *error)
{
	Texts names = { 0 };
	Texts chosen = { 0 };
	if (!layout_prepare(context->host, error) ||
	    !machine_list_names(context->host, context->arena, &names, error) ||
	    (may_be_left && !add_leftovers(context, &names, error)))
		return false;
	for (size_t i = 0; i < context->arguments.count; i++) {
		const char *word = context->arguments.items[i];
		const char *name = NULL;
		if (!name_resolve(word, "container", &names, context->arena, &name, error) ||
		    !confirm_shortened(context, doing, word, name, error))
			return false;
		if (!texts_contain(&chosen, name))
			texts_add(context->arena, &chosen, name);
	}
	*ret_names = chosen;
	return true;
}

bool machines_collect(const CommandContext *context, Bus *bus, Error *error)
{
	CLEANUP_ERROR failure = { 0 };
	if (machine_collect(context->host, bus, context->config, &failure))
		return true;
	if (failure.code == ERROR_INTERRUPTED)
		return error_move(error, &failure);
	message_print(context->messages, "Warning: ", failure.message);
	return true;
}
