// isolate/machine/app_log.h - where the logs of a machine's apps are: on disk, as long as there is the machine.
//
//     DATADIR/containers/NAME/logs/      the host's
//         APP/                           the machine's root's; what is in it: isolate/guest/log_format.h
//         .life                          the generation that they are of
//
// They outlive restarts of apps, machine and host. What is applied anew has a life of its own, as a Pod that takes another
// one's place in Kubernetes: the logs before it go when it starts.
#ifndef ISOLATE_MACHINE_APP_LOG_H
#define ISOLATE_MACHINE_APP_LOG_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/sys/host.h"

#define APP_LOGS_DIRECTORY "logs" // below DATADIR/containers/NAME
#define APP_LOGS_LIFE      ".life"

const char *app_log_directory(const Host *host, const char *machine, const char *app, Arena *arena);

// The directory of all, empty if it was of another generation. generation: its name. ret_fd: opened.
MUST_CHECK bool app_logs_prepare(const Host *host, const char *machine, const char *generation,
				 int *ret_fd, Error *error);
// The next start begins a new life.
MUST_CHECK bool app_logs_end_life(const Host *host, const char *machine, Error *error);

#endif
