// isolate/machine/filter.h - the seccomp programs that the apps of one plan have of their own.
// They are compiled when the plan is made and kept in its generation: a start only reads them.
#ifndef ISOLATE_MACHINE_FILTER_H
#define ISOLATE_MACHINE_FILTER_H

#include "isolate/machine/generation.h"

// The file of an app's program in a generation.
const char *filter_file_name(const PlanApp *app, Arena *arena);

// Appends the program of each app with PLAN_SECCOMP_COMPILED. Its profile is a file of DATADIR/seccomp, where no link leads out,
// or the runtime's default one. Fails: "seccomp profile of container 'web': …".
MUST_CHECK bool filters_compile(const Host *host, const MachinePlan *plan, Arena *arena,
				GenerationFiles *files, Error *error);

#endif
