// isolate/machine/app_status.h - what sdme-isolate wrote down about an app of a machine, running or stopped.
#ifndef ISOLATE_MACHINE_APP_STATUS_H
#define ISOLATE_MACHINE_APP_STATUS_H

#include "isolate/app/record.h"
#include "isolate/plan/plan.h"
#include "pkg/sys/bus/watch.h"
#include "pkg/sys/host.h"

// Where the apps' records are: on disk when they say whether the machine may be started again (ending.h), on tmpfs
// otherwise, so that the start of a server costs no write. A machine has one of the two places.
#define APP_STATUS_DIRECTORY "status" // below DATADIR/containers/NAME or RUNDIR/machines/NAME
bool app_status_outlasts_boot(const MachinePlan *plan);

// AppSpec.identifier of an app. generation: the name of the generation that it runs by.
const char *app_status_identifier(const MachinePlan *plan, const PlanApp *app,
				  const char *generation, Arena *arena);
bool app_status_is_of(const AppRecord *record, const char *generation);

// The record of `app` since the machine's last start. The directory belongs to the machine's root: nothing in it is
// trusted to be a file, small, or well-formed.
// Fails with ERROR_NOT_FOUND when there is none, ERROR_LIMIT or ERROR_INVALID when it is none that isolate wrote.
MUST_CHECK bool app_status_load(const Host *host, const char *machine, const char *app,
				Arena *arena, AppRecord *ret, Error *error);
// The machine has died: what its apps' records say to be running was lost with it.
MUST_CHECK bool app_status_note_lost(const Host *host, const MachinePlan *plan, Error *error);

// Adds to `watch` where records of the plan's apps are, and where they will be.
MUST_CHECK bool app_status_watch(const Host *host, const MachinePlan *plan, Watch *watch,
				 Error *error);

#endif
