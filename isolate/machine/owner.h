// isolate/machine/owner.h - whose a machine's unit is.
// A host has one set of units, one RUNDIR and one network, whatever data directory a command is given. The drop-in of a
// machine's unit is the mark that says which data directory the machine is of: it is written before the record and
// removed after all else that a machine has on the host. What a command does not name, it touches only when it has the
// mark of its own data directory; and what another's mark is on, it does not touch at all.
//
// Machines are in one data directory at a time: their numbers (store/state/slot.h), and with them user ids and addresses, are
// counted there.
#ifndef ISOLATE_MACHINE_OWNER_H
#define ISOLATE_MACHINE_OWNER_H

#include "isolate/plan/unit.h"
#include "pkg/base/error.h"
#include "pkg/sys/bus/bus.h"
#include "pkg/sys/host.h"

typedef enum MachineOwner {
	OWNER_NONE,  // no mark
	OWNER_OURS,  // this data directory's, by whatever path
	OWNER_OTHER, // another's
	OWNER_LOST,  // another's, which is not there any more, or not mounted
} MachineOwner;

// ret_home: what the mark says; not set for OWNER_NONE. May be NULL.
MachineOwner machine_owner(const Host *host, const char *name, Arena *arena, UnitHome *ret_home);
// False with ERROR_BUSY when the unit of that name is another data directory's.
MUST_CHECK bool machine_check_owner(const Host *host, const char *name, Error *error);
// False with ERROR_BUSY, and what to do, when machines of another data directory are on this host. bus: to find those
// that have lost their mark as well; NULL: by marks only.
MUST_CHECK bool machine_check_rivals(const Host *host, Bus *bus, Error *error);
// While it is open, no other command makes or removes a mark. ret_fd: the caller closes it.
MUST_CHECK bool machine_lock_marks(const Host *host, int *ret_fd, Error *error);
// Marks whose data directory is not there: by name they can be removed, whatever data directory the command has.
MUST_CHECK bool machine_list_lost(const Host *host, Arena *arena, Texts *names, Error *error);

#endif
