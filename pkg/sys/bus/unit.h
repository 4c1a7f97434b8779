// pkg/sys/bus/unit.h - units of a systemd manager: states, properties, files.
// Everything works the same for the host's manager (bus_open_system) and for a machine's (bus_open_machine). Waiting
// is by signals (PropertiesChanged); nothing polls.
// Spec: https://www.freedesktop.org/software/systemd/man/252/org.freedesktop.systemd1.html
#ifndef PKG_SYS_BUS_UNIT_H
#define PKG_SYS_BUS_UNIT_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/sys/bus/bus.h"

#include <stdint.h>

// --- states

typedef enum UnitActive {
	UNIT_INACTIVE,
	UNIT_ACTIVATING,
	UNIT_ACTIVE,
	UNIT_RELOADING,
	UNIT_DEACTIVATING,
	UNIT_FAILED,
	UNIT_MAINTENANCE,
	UNIT_REFRESHING,
	UNIT_ACTIVE_COUNT,
} UnitActive;

const char *unit_active_to_text(UnitActive active);

// Texts are systemd's words; absent ones are "". Times are microseconds since the epoch, 0 = never.
typedef struct UnitState {
	const char *load; // "loaded", "not-found", "masked", "bad-setting", "error"
	bool is_found;    // load is not "not-found"
	UnitActive active;
	const char *sub;          // "running", "auto-restart", "exited"
	const char *result;       // "success", "exit-code", "signal", "oom-kill", "timeout"
	int32_t exec_main_code;   // CLD_EXITED, CLD_KILLED, CLD_DUMPED; 0 = has not ended yet
	int32_t exec_main_status; // exit status or signal number
	uint64_t exec_main_start_us;
	uint64_t exec_main_exit_us;
	uint32_t job;      // queued or running: its number; 0 = none
	uint32_t main_pid; // as that manager counts; 0 = none
	uint32_t n_restarts;
	const char *status_text;   // STATUS= of sd_notify(3)
	const char *control_group; // relative to that manager's root
} UnitState;

// The object whose signal PropertiesChanged tells that the unit has another state.
BusObject bus_unit_properties(const char *unit, Arena *arena);
// Of a service. A unit that does not exist is no failure: is_found is false. Its other properties are not asked for: among
// them are the unit file's state and preset, for which the manager searches all its directories of units, twice.
MUST_CHECK bool bus_unit_state(Bus *bus, const char *unit, Arena *arena, UnitState *ret,
			       Error *error);
// Whether the manager knows the unit at all; one that it does not know neither runs nor is about to. Loads nothing.
MUST_CHECK bool bus_unit_is_loaded(Bus *bus, const char *unit, bool *ret, Error *error);
// Whether the files of a unit have changed since it was loaded.
MUST_CHECK bool bus_unit_needs_reload(Bus *bus, const char *unit, bool *ret, Error *error);

typedef bool UnitPredicate(const UnitState *state, void *context);

// Waits until `is_wanted` is true of the unit's state, looking again whenever systemd says that it changed.
// ret: the state that satisfied it, in the arena; may be NULL. timeout_ms: 0 = none.
MUST_CHECK bool bus_wait_unit(Bus *bus, const char *unit, UnitPredicate *is_wanted, void *context,
			      uint64_t timeout_ms, Arena *arena, UnitState *ret, Error *error);

typedef struct UnitRow {
	const char *name;
	const char *description;
	const char *load;
	UnitActive active;
	const char *sub;
	uint32_t job; // queued or running: its number; 0 = none
} UnitRow;

VEC_DECLARE(UnitRows, unit_rows, UnitRow);

// The loaded units whose name matches the glob ("sdme@*.service"), sorted by name.
MUST_CHECK bool bus_list_units(Bus *bus, const char *pattern, Arena *arena, UnitRows *ret,
			       Error *error);

// --- changes

// Makes the manager read its unit files again (daemon-reload).
MUST_CHECK bool bus_reload(Bus *bus, Error *error);
// A unit that is not loaded is fine.
MUST_CHECK bool bus_reset_failed(Bus *bus, const char *unit, Error *error);
typedef enum KillWhom {
	KILL_ALL,
	KILL_MAIN,
} KillWhom;
MUST_CHECK bool bus_kill_unit(Bus *bus, const char *unit, KillWhom whom, int signal_number,
			      Error *error);

typedef enum UnitPersistence {
	UNIT_UNTIL_REBOOT, // --runtime
	UNIT_FOR_GOOD,
} UnitPersistence;
// Live limits: "MemoryMax", "CPUQuotaPerSecUSec", "TasksMax" …; UINT64_MAX is "infinity".
MUST_CHECK bool bus_set_unit_u64(Bus *bus, const char *unit, const char *property, uint64_t value,
				 UnitPersistence persistence, Error *error);
MUST_CHECK bool bus_set_unit_text(Bus *bus, const char *unit, const char *property,
				  const char *value, UnitPersistence persistence, Error *error);

// Makes or removes the links of the [Install] section. The manager sees them after bus_reload.
// ret_has_install: the unit has such a section; may be NULL.
MUST_CHECK bool bus_enable_unit(Bus *bus, const char *unit, UnitPersistence persistence,
				bool *ret_has_install, Error *error);
MUST_CHECK bool bus_disable_unit(Bus *bus, const char *unit, UnitPersistence persistence,
				 Error *error);
// "enabled", "disabled", "static", "linked"; "" when there is no such unit file.
MUST_CHECK bool bus_unit_file_state(Bus *bus, const char *unit, Arena *arena, const char **ret,
				    Error *error);

// "252", "257.8-1~deb13u1".
MUST_CHECK bool bus_systemd_version(Bus *bus, Arena *arena, const char **ret, Error *error);
// "running", "degraded", "starting", "stopping", "maintenance".
MUST_CHECK bool bus_system_state(Bus *bus, Arena *arena, const char **ret, Error *error);

#endif
