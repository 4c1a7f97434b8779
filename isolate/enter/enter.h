// isolate/enter/enter.h - a command inside a running application, or inside a machine.
// Whatever runs came out of an image, so it runs as the application does: its namespaces, root directory, cgroup, limits,
// priorities, user, capabilities, no_new_privs and seccomp programs, all of them from its first moment on. Nothing of the
// caller is in reach of it: a sealed copy of sdme-isolate goes in, so that neither our memory nor our executable file
// (CVE-2019-5736) shows inside, and its streams are relayed, so that our terminal and files do not either.
#ifndef ISOLATE_ENTER_ENTER_H
#define ISOLATE_ENTER_ENTER_H

#include "isolate/enter/request.h"

// Runs the command to its end. Signals that we get meanwhile go to its process group; a second SIGINT or SIGTERM within
// a second kills it. The calling process has a single thread. ret_status: the exit status of the command, 128 + number
// when a signal ended it; 126 or 127, and a sentence on its stderr, when it cannot be executed.
// Fails: ERROR_NOT_FOUND (no such process), ERROR_TIMEOUT, ERROR_FAILED (the inside could not be entered), ERROR_SYSTEM.
MUST_CHECK bool enter_run(const Enter *enter, int *ret_status, Error *error);

// The machine's root: uid 0, every capability that PID 1 of the machine (`pid`) has in its bounding set, no seccomp
// program beyond the machine's own, and PATH, HOME, USER, LOGNAME, SHELL and LANG. Arguments, and TERM for a terminal,
// are the caller's to add.
MUST_CHECK bool enter_machine_spec(pid_t pid, Arena *arena, AppSpec *ret, Error *error);

// The host's number of the process that the machine knows as `machine_pid` (AppRecord.pid), looked for among the
// members of the cgroup directory `cgroup`. Fails with ERROR_NOT_FOUND.
MUST_CHECK bool enter_find_pid(const char *cgroup, uint32_t machine_pid, pid_t *ret, Error *error);

#endif
