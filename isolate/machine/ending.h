// isolate/machine/ending.h - whether a machine has ended for good: its apps have done what they were made for, or may not try
// again. As in Kubernetes such a Pod stays as it is, over reboots of the host, until somebody asks for another run.
//     Never      what has begun never begins again; what was in the middle when the machine went down has failed
//     OnFailure  ended when every app ended well by itself; one that was stopped, or failed, is tried again
//     Always     never ended
// The records that say so are on disk (app_status.h), written by sdme-isolate with fsync before anything else happens.
#ifndef ISOLATE_MACHINE_ENDING_H
#define ISOLATE_MACHINE_ENDING_H

#include "isolate/app/record.h"
#include "isolate/machine/restart.h"
#include "isolate/plan/plan.h"
#include "pkg/sys/host.h"

typedef enum Ending {
	ENDING_NONE, // it runs, or may be started
	ENDING_SUCCEEDED,
	ENDING_FAILED,
} Ending;

// What is known of an app; record: NULL = it was never started.
typedef struct KnownApp {
	const PlanApp *app;
	const AppRecord *record;
} KnownApp;
VEC_DECLARE(KnownApps, known_apps, KnownApp);

// is_up: the machine runs, or is on its way up or down.
Ending ending_of(const KnownApps *apps, bool is_up);
// The same from what is on disk of the machine's current generation. Fails with ERROR_NOT_FOUND, "no machine 'web'".
MUST_CHECK bool ending_load(const Host *host, const char *machine, bool is_up, Arena *arena,
			    Ending *ret, Error *error);

// True when nobody wants the start, and the machine has ended for good: the host's at its boot, of one that is enabled (what
// the boot does not start is started by somebody), and those after it died.
MUST_CHECK bool ending_forbids_start(const Host *host, const char *machine, StartCause cause,
				     Arena *arena, bool *ret, Error *error);

#endif
