// isolate/machine/exec.h - commands inside running machines and their apps.
// In an app: with the app's own identity, namespaces, capabilities, seccomp program, control group and environment. In
// the machine: as its root, which in a user namespace is nobody on the host.
#ifndef ISOLATE_MACHINE_EXEC_H
#define ISOLATE_MACHINE_EXEC_H

#include "isolate/enter/enter.h"
#include "pkg/base/error.h"
#include "pkg/sys/bus/bus.h"
#include "pkg/sys/host.h"

typedef struct ExecRequest {
	const char *machine;
	const char *app; // NULL: the machine itself
	const char *
		user; // "", "name", "uid:gid" of the app's or the machine's root; NULL: as the app runs
	Texts arguments;
	bool has_terminal; // gets a terminal of its own
	bool has_no_stdin; // reads nothing: our standard input is left alone
} ExecRequest;

// Runs the command to its end. ret_status: its exit status, 128 + number when a signal ended it.
// Fails with ERROR_NOT_FOUND when machine or app do not run; the error names the apps there are.
MUST_CHECK bool machine_exec(const Host *host, Bus *bus, const ExecRequest *request,
			     int *ret_status, Error *error);

// The app that the user means: `app` itself, or, when it is NULL or "", the only one of the machine.
// Fails with ERROR_NOT_FOUND "… available: web, db" or ERROR_INVALID when there are several.
MUST_CHECK bool machine_find_app(const Host *host, const char *machine, const char *app,
				 Arena *arena, const char **ret_app, Error *error);

#endif
