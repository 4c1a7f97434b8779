// isolate/machine/start.h - how machines are started: asked for all at once, waited for together, and why one failed.
// systemd gets one job for each, so that nothing that happens to us in between leaves a machine stopped. What runs in a
// machine is its kind's to judge: that is looked at now and then while a start takes its time.
#ifndef ISOLATE_MACHINE_START_H
#define ISOLATE_MACHINE_START_H

#include "pkg/base/vec.h"
#include "pkg/sys/bus/bus.h"
#include "pkg/sys/bus/job.h"
#include "pkg/sys/host.h"

typedef struct MachineStart {
	const char *name;
	bool must_restart; // an old version runs, which the same job stops
	bool is_under_way; // somebody asked for it before
	void *owner;       // the caller's

	UnitJob job;
	uint64_t asked_us; // since 1970
	uint64_t began_us; // when it began: before that, records are an earlier run's; 0 = unknown
	uint64_t
		deadline; // as bus_deadline; the old version's grace period is not the new one's time
	bool is_late;     // it was not done in time, and goes on
} MachineStart;
VEC_DECLARE(MachineStarts, machine_starts, MachineStart);

typedef struct StartWatch {
	uint64_t timeout_ms; // for all of them together; 0 = none
	// Looks into a machine on its way up. False when it will not come up; *ret_is_enough: nothing more is to be waited for.
	bool (*look)(const MachineStart *start, const void *context, bool *ret_is_enough,
		     Error *error);
	const void *context;
} StartWatch;

// Asks for all of them, and waits a moment: most are up then.
MUST_CHECK bool machine_starts_ask(const Host *host, Bus *bus, MachineStarts *starts,
				   const StartWatch *watch, Arena *arena, Error *error);
// Waits until one of them is up, or late. Fails when it is neither, in the words of whoever refused.
MUST_CHECK bool machine_start_await(const Host *host, Bus *bus, MachineStart *start,
				    const StartWatch *watch, Arena *arena, Error *error);

#endif
