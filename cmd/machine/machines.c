#include "cmd/machine/machines.h"

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

const Positional machine_positionals[] = {
	{ "NAME", 0, POSITIONAL_MANY, COMPLETE_MACHINE, "Machines", NULL },
};

bool machines_select(const CommandContext *context, Bus *bus, bool is_all,
		     const MachineSelection *selection, Texts *ret, Error *error)
{
	if (!is_all && context->arguments.count == 0)
		return error_set(error, ERROR_USAGE, "name a machine, or use --all");
	if (is_all && context->arguments.count > 0)
		return error_set(error, ERROR_USAGE, "--all and names exclude each other");
	if (!is_all)
		return selection->resolve(context, ret, error);
	if (!layout_prepare(context->host, error) || !selection->list(context, bus, ret, error))
		return false;
	if (ret->count == 0)
		fprintf(context->messages, "%s\n", selection->none);
	return true;
}

bool machines_list_by_status(const CommandContext *context, Bus *bus,
			     bool (*is_wanted)(MachineStatus), Texts *ret, Error *error)
{
	MachineInfos machines = { 0 };
	if (!machine_list(context->host, bus, context->arena, &machines, error))
		return false;
	for (size_t i = 0; i < machines.count; i++) {
		if (is_wanted(machines.items[i].status))
			texts_add(context->arena, ret, machines.items[i].name);
	}
	return true;
}

bool machine_is_stopped(MachineStatus status)
{
	return status == MACHINE_STOPPED || status == MACHINE_FAILED;
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
