// pkg/sys/bus/machine.h - machines as systemd-machined knows them.
// Spec: https://www.freedesktop.org/software/systemd/man/252/org.freedesktop.machine1.html
#ifndef PKG_SYS_BUS_MACHINE_H
#define PKG_SYS_BUS_MACHINE_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/sys/bus/bus.h"

#include <stdint.h>
#include <sys/types.h>

typedef struct Machine {
	const char *name;
	pid_t leader;      // first process of the machine, as the host counts
	const char *unit;  // host unit: "sdme@web.service"
	const char *state; // "opening", "running", "closing"
	const char *root;  // its root directory as nspawn was told
	uint64_t started_us;
} Machine;

VEC_DECLARE(Machines, machines, Machine);

// bus: the system bus. A name that is not running is no failure: *ret_found is false. Texts go to the arena.
MUST_CHECK bool bus_machine(Bus *bus, const char *name, Arena *arena, Machine *ret, bool *ret_found,
			    Error *error);
// All running containers, sorted by name (machined's ".host" is left out), with their names only.
MUST_CHECK bool bus_list_machines(Bus *bus, Arena *arena, Machines *ret, Error *error);
// Addresses that the machine has in a network namespace of its own, without link-local ones: "10.233.0.2", "fd00::2".
// machined forks for it, some 10 ms.
MUST_CHECK bool bus_machine_addresses(Bus *bus, const char *name, Arena *arena, Texts *ret,
				      Error *error);

typedef enum MachineProcesses {
	MACHINE_LEADER, // PID 1 of the machine
	MACHINE_ALL,
} MachineProcesses;
MUST_CHECK bool bus_kill_machine(Bus *bus, const char *name, MachineProcesses whom,
				 int signal_number, Error *error);
// Ends the machine at once. Fails with ERROR_NOT_FOUND when it does not run.
MUST_CHECK bool bus_terminate_machine(Bus *bus, const char *name, Error *error);
// machined forgets the machine, and kills nothing. Fails with ERROR_NOT_FOUND when it is not known.
MUST_CHECK bool bus_unregister_machine(Bus *bus, const char *name, Error *error);

#endif
