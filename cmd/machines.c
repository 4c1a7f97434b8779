#include "cmd/machines.h"

#include "pkg/cli/batch.h"
#include "pkg/cli/message.h"
#include "pkg/machine/machine.h"
#include "store/layout.h"

bool machines_resolve(const CommandContext *context, const char *text, const char **ret_name,
		      Error *error)
{
	Texts names = { 0 };
	return layout_prepare(context->host, error) &&
	       machine_list_names(context->host, context->arena, &names, error) &&
	       name_resolve(text, "container", &names, context->arena, ret_name, error);
}

bool machines_resolve_arguments(const CommandContext *context, Texts *ret_names, Error *error)
{
	Texts names = { 0 };
	return layout_prepare(context->host, error) &&
	       machine_list_names(context->host, context->arena, &names, error) &&
	       name_resolve_all(&context->arguments, "container", &names, context->arena, ret_names,
				error);
}

bool machines_resolve_removable(const CommandContext *context, Texts *ret_names, Error *error)
{
	Texts names = { 0 };
	Texts leftovers = { 0 };
	if (!layout_prepare(context->host, error) ||
	    !machine_list_names(context->host, context->arena, &names, error) ||
	    !machine_list_leftovers(context->host, context->arena, &leftovers, error))
		return false;
	for (size_t i = 0; i < leftovers.count; i++)
		texts_add(context->arena, &names, leftovers.items[i]);
	return name_resolve_all(&context->arguments, "container", &names, context->arena, ret_names,
				error);
}

bool machines_collect(const CommandContext *context, Bus *bus, Error *error)
{
	CLEANUP_ERROR failure = { 0 };
	if (machine_collect(context->host, bus, context->config, &failure))
		return true;
	if (failure.code == ERROR_INTERRUPTED)
		return error_set(error, failure.code, "%s", failure.message);
	message_print(context->messages, "Warning: ", failure.message);
	return true;
}
