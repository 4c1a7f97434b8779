// pkg/sys/process.h - other programs: started from an argument vector, never through a shell.
// Few users: most of what tools do is a system call or a library away.
#ifndef PKG_SYS_PROCESS_H
#define PKG_SYS_PROCESS_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

#include <stdint.h>

// What to start. {0} but for argv is usable.
typedef struct Process {
	const char *const *argv; // NULL-terminated; argv[0] is an absolute path, there is no search
	const char *const
		*environment; // NULL-terminated "KEY=VALUE"; NULL: PATH and LANG=C.UTF-8 only
	const char *input;    // for its stdin; NULL: /dev/null
	uint64_t timeout_ms;  // 0: none; after it the process group is killed
	size_t output_max;    // bytes kept of stdout and of stderr each; 0: 1 MiB
} Process;

typedef struct ProcessResult {
	int exit_status;    // -1 when a signal ended it
	int signal_number;  // 0 when it exited
	const char *output; // stdout, NUL-terminated
	size_t output_length;
	const char *errors; // stderr, NUL-terminated
} ProcessResult;

// Runs the process to its end and collects its output. True when it ran, whatever its exit status.
// Fails: ERROR_NOT_FOUND (no such program), ERROR_TIMEOUT, ERROR_LIMIT (more output than output_max),
// ERROR_INTERRUPTED; in the last three the process group has been killed and reaped.
MUST_CHECK bool process_run(const Process *process, Arena *arena, ProcessResult *ret, Error *error);
// As process_run, and an exit status other than 0 is an ERROR_FAILED with the last line of stderr.
MUST_CHECK bool process_run_checked(const Process *process, Arena *arena, ProcessResult *ret,
				    Error *error);

// Runs the process with its output on our stderr as it comes, and nothing to read, in a pid namespace of its own: it and
// all that it started are gone when this returns, and die when this process dies. Needs root.
// An exit status other than 0 is an ERROR_FAILED; after a signal to us they are killed (ERROR_INTERRUPTED). Of `process`,
// only argv and environment count.
MUST_CHECK bool process_run_visibly(const Process *process, Error *error);

#endif
