// isolate/machine/place.h - where machines leave something, in the data directory and on the host.
// Internal to isolate/machine.
#ifndef ISOLATE_MACHINE_PLACE_H
#define ISOLATE_MACHINE_PLACE_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/sys/host.h"

typedef enum MachinePlace {
	PLACE_LOCK,      // DATADIR/locks/containers/NAME.lock
	PLACE_DIRECTORY, // DATADIR/containers/NAME
	PLACE_DROP_IN,   // the drop-in of ours of the machine's unit
	PLACE_COUNT,
} MachinePlace;

// Adds the names of machines that have left something there to *names, each once. A place that is missing is empty.
MUST_CHECK bool place_list(const Host *host, MachinePlace place, Arena *arena, Texts *names,
			   Error *error);
// The path of what the machine has there.
const char *place_path(const Host *host, MachinePlace place, const char *name, Arena *arena);

#endif
