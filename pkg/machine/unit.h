// pkg/machine/unit.h - a plan as systemd units.
// Pure. Unit text carries names that were validated (DNS labels, capability and signal names) and numbers, never a
// string of the user: commands, environment and paths travel in the app's spec (isolate/spec.h). Nothing can be
// injected, and `%` or a newline in a value means itself.
#ifndef PKG_MACHINE_UNIT_H
#define PKG_MACHINE_UNIT_H

#include "pkg/base/text.h"
#include "pkg/base/vec.h"

#include <stdint.h>

struct MachinePlan;
struct PlanApp;

// One file below the directory that the machine sees as /sdme/generation.
typedef struct UnitFile {
	const char *path;
	const char *text;   // NULL: a symlink
	const char *target; // of the symlink
} UnitFile;
VEC_DECLARE(UnitFiles, unit_files, UnitFile);

// "sdme@NAME.service" on the host and "sdme-oci-APP.service" in the machine.
const char *unit_machine_name(Arena *arena, const char *machine);
const char *unit_app_name(Arena *arena, const char *app);

// Everything below units/: the apps' services and the target that wants them.
void unit_print_machine(const struct MachinePlan *plan, Arena *arena, UnitFiles *ret);
// The drop-in of sdme@NAME.service: times and limits of this machine. `boot_program` is the path of sdme-boot;
// tasks_max: most processes and threads.
const char *unit_print_drop_in(const struct MachinePlan *plan, const char *boot_program,
			       uint64_t tasks_max, Arena *arena);

#endif
