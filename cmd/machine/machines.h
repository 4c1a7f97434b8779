// cmd/machine/machines.h - what the commands about machines share: which machines are meant.
#ifndef CMD_MACHINE_MACHINES_H
#define CMD_MACHINE_MACHINES_H

#include "isolate/machine/machine.h"
#include "pkg/cli/command.h"

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

// Which machines a command is about: its positionals, as `resolve` understands them, or, with --all, what `list` gives.
typedef struct MachineSelection {
	bool (*resolve)(const CommandContext *context, Texts *ret, Error *error);
	bool (*list)(const CommandContext *context, Bus *bus, Texts *ret, Error *error);
	const char *none; // said when --all is nothing
} MachineSelection;

MUST_CHECK bool machines_select(const CommandContext *context, Bus *bus, bool is_all,
				const MachineSelection *selection, Texts *ret, Error *error);
// For `list`: machines by what they do now.
MUST_CHECK bool machines_list_by_status(const CommandContext *context, Bus *bus,
					bool (*is_wanted)(MachineStatus), Texts *ret, Error *error);
bool machine_is_stopped(MachineStatus status);

// [NAME...], for commands with --all.
extern const Positional machine_positionals[1];

// Removes what killed commands left of machines. Trouble with that is told and stops nobody; false when interrupted.
MUST_CHECK bool machines_collect(const CommandContext *context, Bus *bus, Error *error);

#endif
