// cmd/machines.h - what the commands about machines share: names as users type them.
#ifndef CMD_MACHINES_H
#define CMD_MACHINES_H

#include "pkg/cli/command.h"

// The machine that `text` means: its name, or the only one that starts so.
MUST_CHECK bool machines_resolve(const CommandContext *context, const char *text,
				 const char **ret_name, Error *error);
// The same for the command's positionals.
MUST_CHECK bool machines_resolve_arguments(const CommandContext *context, Texts *ret_names,
					   Error *error);

#endif
