// isolate/machine/machine.h - machines from the outside: records, life cycle, states.
// A machine is a record (DATADIR/state/NAME), a directory (DATADIR/containers/NAME) and an instance of sdme@.service.
// The record is written last when a machine is made and removed first when it goes: what has a record is whole.
// systemd runs machines; nothing here stays resident.
#ifndef ISOLATE_MACHINE_MACHINE_H
#define ISOLATE_MACHINE_MACHINE_H

#include "isolate/plan/plan.h"
#include "pkg/base/pairs.h"
#include "pkg/sys/bus/bus.h"
#include "pkg/sys/bus/job.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/host.h"
#include "store/state/config.h"
#include "store/state/lock.h"

// Keys of the record.
#define MACHINE_KEY_NAME       "NAME"
#define MACHINE_KEY_KIND       "KIND"   // a MachineKind
#define MACHINE_KEY_ROOTFS     "ROOTFS" // "" = the built-in base
#define MACHINE_KEY_CREATED_AT "CREATED_AT"
#define MACHINE_KEY_SLOT       "SLOT"
#define MACHINE_KEY_ID         "MACHINE_ID"
#define MACHINE_KEY_POD_HASH   "POD_HASH"
#define MACHINE_KEY_POD_UID    "POD_UID"
#define MACHINE_KEY_GENERATION "GENERATION"

// What a machine was made from, and who may change it.
typedef enum MachineKind {
	MACHINE_KIND_OTHER, // nothing that this version knows
	MACHINE_KIND_POD,
	MACHINE_KIND_COUNT,
} MachineKind;

typedef enum MachineStatus {
	MACHINE_STOPPED,
	MACHINE_STARTING,
	MACHINE_RUNNING,
	MACHINE_STOPPING,
	MACHINE_FAILED,     // stopped, and not because somebody asked
	MACHINE_RESTARTING, // the same, and it is about to be started again (restart.h)
	MACHINE_STATUS_COUNT,
} MachineStatus;

// "stopped", "starting", "running", "stopping", "failed", "restarting".
const char *machine_status_to_text(MachineStatus status);

typedef struct MachineInfo {
	const char *name;
	Pairs record;
	MachineStatus status;
	const char *
		failure; // FAILED and RESTARTING, from machine_list: why, and where to look; NULL otherwise
} MachineInfo;
VEC_DECLARE(MachineInfos, machine_infos, MachineInfo);

// --- records

MUST_CHECK bool machine_take_lock(const Host *host, const char *name, Lock *ret_lock, Error *error);
// Fails with ERROR_NOT_FOUND, "no machine 'web'".
MUST_CHECK bool machine_load(const Host *host, const char *name, Arena *arena, Pairs *ret_record,
			     Error *error);
MachineKind machine_kind(const Pairs *record);
void machine_set_kind(Arena *arena, Pairs *record, MachineKind kind);
MUST_CHECK bool machine_save(const Host *host, const char *name, const Pairs *record, Error *error);
// Names that have a record, sorted.
MUST_CHECK bool machine_list_names(const Host *host, Arena *arena, Texts *ret_names, Error *error);
// All machines with their state, from one call to the host's systemd.
MUST_CHECK bool machine_list(const Host *host, Bus *bus, Arena *arena, MachineInfos *ret,
			     Error *error);
// The state of one machine among the rows of bus_list_units "sdme@*.service".
MachineStatus machine_status_in(const Host *host, const UnitRows *rows, const char *name,
				Arena *arena);

// --- life cycle. `bus` is the system bus.

// Writes the drop-in of the machine's unit when it differs. It is the mark of our data directory: fails with ERROR_BUSY when
// another's machines are on this host (machine_check_rivals).
MUST_CHECK bool machine_write_drop_in(const Host *host, const Config *config,
				      const MachinePlan *plan, Error *error);
// Before machines are started whose drop-ins were written, now or by a killed command: systemd reads them with the load of a
// unit, or is told to reload when it has loaded one already. All of them together: a new drop-in makes systemd search its
// directories of units, 10 ms of CPU, when it loads the next unit.
MUST_CHECK bool machine_read_drop_ins(Bus *bus, const Texts *names, Error *error);
// Sets the error of a start that did not succeed: the boot helper's own words, or else systemd's (`result`). False.
bool machine_fail_start(const Host *host, const char *name, const char *result, Error *error);

typedef enum StopTier {
	STOP_GRACEFUL, // SIGTERM to the containers, each with its grace; then the machine powers off
	STOP_TERMINATE, // the machine's processes get SIGTERM, then SIGKILL: no unit is stopped in order
	STOP_KILL,      // SIGKILL to everything
} StopTier;

// Stops the machine and waits. One that does not run is fine. Takes no lock: stopping is never blocked.
MUST_CHECK bool machine_stop(Bus *bus, const char *name, StopTier tier, const Config *config,
			     Error *error);
// Stops many at once, gracefully. ret_jobs: one per name.
MUST_CHECK bool machine_stop_all(Bus *bus, const Texts *names, uint64_t timeout_ms, Arena *arena,
				 UnitJob **ret_jobs, Error *error);
// Stops the machine and removes its unit's files, record, directory and slot. Volumes of claims stay. Finishes the
// removal of one that a killed command left. Fails with ERROR_NOT_FOUND when there is nothing of it.
MUST_CHECK bool machine_remove(const Host *host, Bus *bus, const char *name, const Config *config,
			       Error *error);
// Takes back a machine that did not come to be: its drop-in, directories and slot. `lock`: its lock; stays.
MUST_CHECK bool machine_discard(const Host *host, const Lock *lock, const char *name, Error *error);

// --- starting with the host: systemd's links say it, whoever made them, and nothing else does (enable.c)

// Machines that a link in /etc/systemd/system starts, sorted; with and without a record.
MUST_CHECK bool machine_list_linked(const Host *host, Arena *arena, Texts *ret_names, Error *error);
// Those of them that start with the host: not the masked ones, nor those of another data directory.
MUST_CHECK bool machine_list_enabled(const Host *host, Arena *arena, Texts *ret_names,
				     Error *error);
MUST_CHECK bool machine_set_enabled(const Host *host, Bus *bus, const char *name, bool is_enabled,
				    Error *error);
// The caller holds the machine's lock.
MUST_CHECK bool machine_remove_links(const Host *host, Bus *bus, const char *name, Error *error);

// --- what killed commands left: files, a slot or a mark of machines that have no record

// Names of such machines, one that a living command makes at the moment among them; and of those that have a unit on
// this host, but whose data directory is not there any more (isolate/machine/owner.h).
MUST_CHECK bool machine_list_removable(const Host *host, Arena *arena, Texts *ret_names,
				       Error *error);
// False with ERROR_NOT_FOUND, "no machine 'web'", when there is nothing of it.
MUST_CHECK bool machine_has_leftovers(const Host *host, const char *name, Error *error);
// Removes all that killed commands left in this data directory, and what is on the host by its marks, unless a living
// command holds it. Costs a few directory listings when there is nothing.
MUST_CHECK bool machine_collect(const Host *host, Bus *bus, const Config *config, Error *error);

// --- places

// The drop-in of a machine's unit: before an administrator's own, which have the last word.
#define MACHINE_DROP_IN_NAME "10-sdme.conf"
const char *machine_directory(const Host *host, const char *name, Arena *arena);
const char *machine_journal(const Host *host, const char *name, Arena *arena);
// RUNDIR/machines/NAME: what a start makes and a reboot forgets; status/APP/ holds the apps' records.
const char *machine_run_directory(const Host *host, const char *name, Arena *arena);
MUST_CHECK bool machine_make_run_directory(const Host *host, const char *name, Error *error);
// The plan in it that the machine runs by, as plan_print writes it: a new generation may be the current one already.
#define MACHINE_RUNNING_PLAN_NAME "plan.json"
// When the last start of the machine began, as microseconds since 1970; 0: not since the host was started.
int64_t machine_started_us(const Host *host, const char *name);
// PID 1 of the running machine as the host counts. ERROR_NOT_FOUND, "'web' is not running"; ERROR_BUSY when another data
// directory's does.
MUST_CHECK bool machine_leader(const Host *host, Bus *bus, const char *name, pid_t *ret_leader,
			       Error *error);

#endif
