// isolate/machine/create.h - a machine that is being made, or given a new plan, of whatever kind it is.
// All that can fail is done in a draft, while an old version runs on: identity, slot, programs, generation. One rename
// makes it current, and until then all of it can be taken back. Killed anywhere, the same again does the rest.
#ifndef ISOLATE_MACHINE_CREATE_H
#define ISOLATE_MACHINE_CREATE_H

#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"

typedef struct MachineDraft {
	const char *name;
	Lock lock;   // the machine's, for as long as it is a draft; .fd -1 = not open
	bool is_new; // has no record yet: a failure takes everything back
	Pairs record;
	uint32_t slot;
	MachinePlan plan;       // the current one, or the new one when there is a generation
	const char *generation; // new and not switched to yet; NULL otherwise
} MachineDraft;

// Locks the machine of the draft's name, and loads its record if it has one.
MUST_CHECK bool draft_open(const Host *host, Arena *arena, MachineDraft *draft, Error *error);

// Gives a machine without an id one, for as long as it exists. kind: for its record.
MUST_CHECK bool draft_identify(MachineDraft *draft, MachineKind kind, Arena *arena, Error *error);
// The machine's id.
const char *draft_id(const MachineDraft *draft);
// The id as others write it: "01234567-89ab-4cde-8f01-23456789abcd".
const char *draft_uid(const MachineDraft *draft, Arena *arena);
// The slot that it has, or a free one.
MUST_CHECK bool draft_take_slot(const Host *host, const Config *config, MachineDraft *draft,
				Arena *arena, Error *error);

// Whether the ports of the plan can be published.
MUST_CHECK bool draft_check_ports(const Host *host, const Config *config, const MachineDraft *draft,
				  Arena *arena, Error *error);
// Whether the machine runs by the plan of the draft: a start that an earlier, killed call still owes is told by that.
bool draft_is_running(const Host *host, const MachineDraft *draft, Arena *arena);
// Writes the plan and the seccomp programs that it needs as a generation. own: what its kind keeps there; NULL = nothing.
MUST_CHECK bool draft_write(const Host *host, MachineDraft *draft, const GenerationFile *own,
			    Arena *arena, Error *error);

// Makes the generation current and saves the record.
MUST_CHECK bool draft_switch(const Host *host, const Config *config, MachineDraft *draft,
			     Arena *arena, Error *error);
// Takes back what was not switched to: the generation; of a new machine everything, its lock as well.
MUST_CHECK bool draft_abandon(const Host *host, MachineDraft *draft, Error *error);

#endif
