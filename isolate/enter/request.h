// isolate/enter/request.h - what is to run inside, and as whom.
#ifndef ISOLATE_ENTER_REQUEST_H
#define ISOLATE_ENTER_REQUEST_H

#include "isolate/app/spec.h"

#include <sys/types.h>

typedef enum EnterStdio {
	ENTER_PIPES,           // what it writes goes to our stdout and stderr; it reads /dev/null
	ENTER_PIPES_AND_INPUT, // and it reads our stdin
	ENTER_TERMINAL, // a terminal of its own, in the application's /dev/pts; ours is in raw mode meanwhile
} EnterStdio;

typedef struct Enter {
	pid_t pid; // PID 1 of the application or of the machine, as the host numbers it
	pid_t like; // a process of the machine that has the limits and priorities the command is to have
	const char *cgroup;  // directory of the cgroup to join; NULL: that of `pid`
	const char *program; // the file sdme-isolate of this host (Host.library_dir)
	Span filter; // the seccomp program around the machine; the application's own is in the spec
	EnterStdio stdio;
	// What to run and as whom; identifier, kind, restart, namespaces and paths in it are ignored. Either
	// enter_machine_spec, or spec_parse of the application's own specification with other arguments.
	const AppSpec *spec;
	uint64_t timeout_ms; // 0: none; after it the command is killed
} Enter;

#endif
