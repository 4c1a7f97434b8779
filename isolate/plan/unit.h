// isolate/plan/unit.h - a plan as systemd units.
// Pure. Unit text carries names that were validated (DNS labels, capability and signal names) and numbers, never a
// string of the user: commands, environment and paths travel in the app's spec (isolate/app/spec.h). Nothing can be
// injected, and `%` or a newline in a value means itself.
#ifndef ISOLATE_PLAN_UNIT_H
#define ISOLATE_PLAN_UNIT_H

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

#define UNIT_MACHINE_PREFIX "sdme@"
#define UNIT_MACHINE_SUFFIX ".service"

// "sdme@NAME.service" on the host and "sdme-oci-APP.service" in the machine.
const char *unit_machine_name(Arena *arena, const char *machine);
const char *unit_app_name(Arena *arena, const char *app);
// The machine of such a unit; NULL when the name is that of another one.
const char *unit_machine_of(const char *unit, Arena *arena);

// Everything below units/: the apps' services and the target that wants them.
void unit_print_machine(const struct MachinePlan *plan, Arena *arena, UnitFiles *ret);
// The data directory that a machine is of: where it is, and which it is (store/state/layout.h).
typedef struct UnitHome {
	const char *data_dir;
	const char *id;
} UnitHome;

#define UNIT_DATA_DIR_VARIABLE    "SDME_DATADIR"
#define UNIT_DATA_DIR_ID_VARIABLE "SDME_DATADIR_ID"

// What all machines of a host have in common.
typedef struct UnitHost {
	UnitHome home;
	const char *mounts_dir;   // data_dir without symlinks
	const char *boot_program; // the path of sdme-boot
	uint64_t tasks_max;       // most processes and threads of one machine
} UnitHost;

// The drop-in of sdme@NAME.service: the home, times and limits of this machine.
const char *unit_print_drop_in(const struct MachinePlan *plan, const UnitHost *host, Arena *arena);
// The home in such a text; false when it names none.
bool unit_parse_home(const char *drop_in, Arena *arena, UnitHome *ret);

#endif
