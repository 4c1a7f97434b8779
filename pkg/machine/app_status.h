// pkg/machine/app_status.h - what sdme-isolate wrote down about an app of a machine, running or stopped.
#ifndef PKG_MACHINE_APP_STATUS_H
#define PKG_MACHINE_APP_STATUS_H

#include "isolate/app_record.h"
#include "pkg/sys/host.h"

// The record of `app` since the machine's last start. The directory belongs to the machine's root: nothing in it is
// trusted to be a file, small, or well-formed.
// Fails with ERROR_NOT_FOUND when there is none, ERROR_LIMIT or ERROR_INVALID when it is none that isolate wrote.
MUST_CHECK bool app_status_load(const Host *host, const char *machine, const char *app,
				Arena *arena, AppRecord *ret, Error *error);

#endif
