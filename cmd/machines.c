#include "cmd/machines.h"

#include "pkg/cli/batch.h"
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
