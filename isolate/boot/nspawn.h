// isolate/boot/nspawn.h - the systemd-nspawn command line of a plan.
// Pure. nspawn gets a root that is mounted already; it makes the namespaces, /dev, /run and the user namespace, starts
// PID 1 and registers the machine (systemd-nspawn(1), systemd 252 and later).
#ifndef ISOLATE_BOOT_NSPAWN_H
#define ISOLATE_BOOT_NSPAWN_H

#include "pkg/base/vec.h"

#include <stdint.h>

struct MachinePlan;

// Ids of one machine: a whole 16-bit range, as images use.
#define MACHINE_ID_COUNT 65536

typedef struct NspawnPlaces {
	const char *root;    // the mounted root
	const char *journal; // directory that becomes /run/log/journal
	uint32_t id_base;    // first host id of the user namespace; 0 = none
} NspawnPlaces;

// argv; the first is the program's path.
void nspawn_print_arguments(const struct MachinePlan *plan, const NspawnPlaces *places,
			    Arena *arena, Texts *ret);
// What nspawn itself finds in its environment, "NAME=value".
void nspawn_print_environment(Arena *arena, Texts *ret);

#endif
