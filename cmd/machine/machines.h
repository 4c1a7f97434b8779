// cmd/machine/machines.h - what the commands about machines share: names as users type them.
#ifndef CMD_MACHINE_MACHINES_H
#define CMD_MACHINE_MACHINES_H

#include "pkg/cli/command.h"
#include "pkg/sys/bus/bus.h"

// The machine that `text` means: its name, or the only one that starts so.
MUST_CHECK bool machines_resolve(const CommandContext *context, const char *text,
				 const char **ret_name, Error *error);
// The same for the command's positionals.
MUST_CHECK bool machines_resolve_arguments(const CommandContext *context, Texts *ret_names,
					   Error *error);
// The same for commands that end machines. A word that is not the whole name does not do: who shortened it is asked, and
// where nobody can be asked it is refused. doing: "stop"; may_be_left: also machines that a killed command left without
// a record.
MUST_CHECK bool machines_resolve_to_end(const CommandContext *context, const char *doing,
					bool may_be_left, Texts *ret_names, Error *error);

// Removes what killed commands left of machines. Trouble with that is told and stops nobody; false when interrupted.
MUST_CHECK bool machines_collect(const CommandContext *context, Bus *bus, Error *error);

#endif
