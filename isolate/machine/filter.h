// isolate/machine/filter.h - the seccomp programs of a plan's apps, and the machine's.
// Those that an app has of its own are compiled when the plan is made and kept in its generation: a start only reads them.
#ifndef ISOLATE_MACHINE_FILTER_H
#define ISOLATE_MACHINE_FILTER_H

#include "isolate/machine/generation.h"

// The file of an app's program in a generation.
const char *filter_file_name(const PlanApp *app, Arena *arena);

// Appends the program of each app with PLAN_SECCOMP_COMPILED. Its profile is a file of DATADIR/seccomp, where no link leads out,
// or the runtime's default one. Fails: "seccomp profile of container 'web': …".
MUST_CHECK bool filters_compile(const Host *host, const MachinePlan *plan, Arena *arena,
				GenerationFiles *files, Error *error);

// The whole program of an app, for its spec: what every app is denied, then its profile. generation: the plan's directory.
MUST_CHECK bool filter_read(const Host *host, const MachinePlan *plan, const PlanApp *app,
			    const char *generation, Arena *arena, Span *ret, Error *error);
// What the app may use of its capabilities: without SETFCAP where it must not give set-id bits either.
uint64_t filter_capabilities(const MachinePlan *plan, const PlanApp *app);
// The program around a whole machine, which `make` compiled (isolate/app/seccomp.h).
MUST_CHECK bool filter_read_machine(const Host *host, Arena *arena, Span *ret, Error *error);

#endif
