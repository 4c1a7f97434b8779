#include "isolate/machine/machine.h"

#include "isolate/machine/ending.h"
#include "isolate/machine/generation.h"
#include "isolate/machine/owner.h"
#include "isolate/machine/place.h"
#include "isolate/machine/restart.h"
#include "isolate/plan/unit.h"
#include "pkg/base/path.h"
#include "pkg/sys/bus/machine.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "store/state/record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>

// How long another command may hold the machine's lock before we give up.
#define LOCK_TIMEOUT_MS 10000
#define DROP_IN_MAX     (64 * 1024)

static const char *const status_words[MACHINE_STATUS_COUNT] = {
	[MACHINE_STOPPED] = "stopped", [MACHINE_STARTING] = "starting",
	[MACHINE_RUNNING] = "running", [MACHINE_STOPPING] = "stopping",
	[MACHINE_FAILED] = "failed",   [MACHINE_RESTARTING] = "restarting",
};

const char *machine_status_to_text(MachineStatus status)
{
	return status_words[status];
}

static const char *const kind_words[MACHINE_KIND_COUNT] = {
	[MACHINE_KIND_OTHER] = "",
	[MACHINE_KIND_POD] = "kube",
};

// --- places

const char *machine_directory(const Host *host, const char *name, Arena *arena)
{
	return layout_path_of(host, LAYOUT_CONTAINERS, name, arena);
}

const char *machine_journal(const Host *host, const char *name, Arena *arena)
{
	return path_join(arena, machine_directory(host, name, arena), "journal");
}

const char *machine_run_directory(const Host *host, const char *name, Arena *arena)
{
	return arena_printf(arena, "%s/machines/%s", host->run_dir, name);
}

// A start writes down what it goes by before it does anything.
int64_t machine_started_us(const Host *host, const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	return file_modified_us(AT_FDCWD,
				path_join(scratch, machine_run_directory(host, name, scratch),
					  MACHINE_RUNNING_PLAN_NAME));
}

bool machine_make_run_directory(const Host *host, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return layout_prepare_run(host, error) &&
	       file_make_directories(AT_FDCWD, machine_run_directory(host, name, scratch), 0700,
				     error);
}

bool machine_leader(const Host *host, Bus *bus, const char *name, pid_t *ret_leader, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Machine machine = { 0 };
	bool is_found = false;
	if (!machine_check_owner(host, name, error) ||
	    !bus_machine(bus, name, scratch, &machine, &is_found, error))
		return false;
	if (!is_found)
		return error_set(error, ERROR_NOT_FOUND, "'%s' is not running", name);
	*ret_leader = machine.leader;
	return true;
}

// --- records

bool machine_take_lock(const Host *host, const char *name, Lock *ret_lock, Error *error)
{
	const LockRequest request = {
		.kind = LOCK_CONTAINERS,
		.name = name,
		.timeout_ms = LOCK_TIMEOUT_MS,
	};
	return name_check_machine(name, error) && lock_take(host, &request, ret_lock, error);
}

bool machine_load(const Host *host, const char *name, Arena *arena, Pairs *ret_record, Error *error)
{
	CLEANUP_FD state = -1;
	if (!name_check_machine(name, error) || !layout_open(host, LAYOUT_STATE, &state, error))
		return false;
	if (!file_exists(state, name))
		return error_set(error, ERROR_NOT_FOUND, "no machine '%s'", name);
	return record_load(state, name, arena, ret_record, error);
}

MachineKind machine_kind(const Pairs *record)
{
	const char *word = pairs_get_or(record, MACHINE_KEY_KIND, "");
	for (uint32_t i = 0; i < MACHINE_KIND_COUNT; i++) {
		if (text_equal(word, kind_words[i]))
			return (MachineKind)i;
	}
	return MACHINE_KIND_OTHER;
}

void machine_set_kind(Arena *arena, Pairs *record, MachineKind kind)
{
	pairs_set(arena, record, MACHINE_KEY_KIND, kind_words[kind]);
}

bool machine_save(const Host *host, const char *name, const Pairs *record, Error *error)
{
	CLEANUP_FD state = -1;
	return layout_open(host, LAYOUT_STATE, &state, error) &&
	       record_save(state, name, record, 0600, error);
}

bool machine_list_names(const Host *host, Arena *arena, Texts *ret_names, Error *error)
{
	CLEANUP_FD state = -1;
	Texts files = { 0 };
	Texts names = { 0 };
	if (!layout_open(host, LAYOUT_STATE, &state, error) ||
	    !file_list(state, ".", arena, &files, error))
		return false;
	for (size_t i = 0; i < files.count; i++) {
		if (files.items[i][0] != '.')
			texts_add(arena, &names, files.items[i]);
	}
	*ret_names = names;
	return true;
}

// A start that has failed words before it has come far is one that is tried again.
static bool is_restarting(const Host *host, const char *name, const char *sub, Arena *arena)
{
	return text_equal(sub, "auto-restart") || restart_failure(host, name, arena);
}

static MachineStatus status_of(const Host *host, const char *name, UnitActive active,
			       const char *sub, Arena *arena)
{
	switch (active) {
	case UNIT_ACTIVATING:
		return is_restarting(host, name, sub, arena) ? MACHINE_RESTARTING
							     : MACHINE_STARTING;
	case UNIT_ACTIVE:
	case UNIT_RELOADING:
	case UNIT_REFRESHING:
		return MACHINE_RUNNING;
	case UNIT_DEACTIVATING:
		return MACHINE_STOPPING;
	case UNIT_FAILED:
		return MACHINE_FAILED;
	case UNIT_INACTIVE:
	case UNIT_MAINTENANCE:
	case UNIT_ACTIVE_COUNT:
		break;
	}
	return MACHINE_STOPPED;
}

MachineStatus machine_status_in(const Host *host, const UnitRows *rows, const char *name,
				Arena *arena)
{
	const char *unit = unit_machine_name(arena, name);
	for (size_t i = 0; i < rows->count; i++) {
		const UnitRow *row = &rows->items[i];
		if (text_equal(row->name, unit))
			return status_of(host, name, row->active, row->sub, arena);
	}
	return MACHINE_STOPPED;
}

// Another data directory's unit of the same name says nothing about it.
static bool is_ours(const Host *host, const char *name)
{
	CLEANUP_ERROR other = { 0 };
	return machine_check_owner(host, name, &other);
}

// The boot helper's own words about the last start, or else systemd's (`result`).
static const char *explain_failure(const Host *host, const char *name, const char *result,
				   Arena *arena)
{
	const char *words = restart_failure(host, name, arena);
	if (words)
		return words;
	return arena_printf(arena, "%s; see journalctl -u sdme@%s.service", result, name);
}

static const char *read_failure(const Host *host, Bus *bus, const char *name, Arena *arena)
{
	CLEANUP_ERROR ignored = { 0 }; // its state is known, only not why
	UnitState state = { .result = "failed" };
	if (!bus_unit_state(bus, unit_machine_name(arena, name), arena, &state, &ignored))
		state.result = "failed";
	return explain_failure(host, name, state.result, arena);
}

bool machine_list(const Host *host, Bus *bus, Arena *arena, MachineInfos *ret, Error *error)
{
	Texts names = { 0 };
	UnitRows rows = { 0 };
	if (!machine_list_names(host, arena, &names, error) ||
	    !bus_list_units(bus, "sdme@*.service", arena, &rows, error))
		return false;
	MachineInfos infos = { 0 };
	for (size_t i = 0; i < names.count; i++) {
		Pairs record = { 0 };
		CLEANUP_ERROR gone = { 0 };
		// One that is being removed right now is not listed.
		if (!machine_load(host, names.items[i], arena, &record, &gone)) {
			if (gone.code == ERROR_NOT_FOUND)
				continue;
			return error_move(error, &gone);
		}
		MachineInfo *info = machine_infos_push(arena, &infos);
		info->name = names.items[i];
		info->record = record;
		info->status = is_ours(host, info->name)
				       ? machine_status_in(host, &rows, info->name, arena)
				       : MACHINE_STOPPED;
		if (info->status == MACHINE_FAILED || info->status == MACHINE_RESTARTING)
			info->failure = read_failure(host, bus, info->name, arena);
	}
	*ret = infos;
	return true;
}

// --- the unit's files

static bool is_same_file(const char *path, const char *text, Arena *arena)
{
	CLEANUP_ERROR ignored = { 0 }; // whatever is wrong with it, it is replaced
	const char *present = NULL;
	return file_read(AT_FDCWD, path, DROP_IN_MAX, arena, &present, NULL, &ignored) &&
	       text_equal(present, text);
}

// The data directory with its mounts in the path, whatever links lead there.
static bool find_mounts(const Host *host, Arena *arena, const char **ret, Error *error)
{
	CLEANUP_FD root = -1;
	char path[PATH_MAX];
	if (!layout_open(host, LAYOUT_ROOT, &root, error))
		return false;
	const ssize_t length = readlink(file_descriptor_path(arena, root), path, sizeof(path));
	if (length < 0 || (size_t)length >= sizeof(path))
		return error_set_errno(error, length < 0 ? errno : ENAMETOOLONG,
				       "find the place of '%s'", host->data_dir);
	*ret = arena_strndup(arena, path, (size_t)length);
	return true;
}

static bool print_drop_in(const Host *host, const Config *config, const MachinePlan *plan,
			  Arena *arena, const char **ret, Error *error)
{
	UnitHost unit_host = {
		.home = { host->data_dir, layout_id(host->data_dir, arena) },
		.boot_program = path_join(arena, host->library_dir, "sdme-boot"),
		.tasks_max = config->tasks_max,
	};
	if (!find_mounts(host, arena, &unit_host.mounts_dir, error))
		return false;
	*ret = unit_print_drop_in(plan, &unit_host, arena);
	return true;
}

// Of two data directories that have no machines yet, only one is first.
static bool write_mark(const Host *host, const char *path, const char *text, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD marks = -1;
	const char *directory = path_parent(scratch, path);
	return machine_lock_marks(host, &marks, error) && machine_check_rivals(host, NULL, error) &&
	       file_make_directories(AT_FDCWD, directory, 0755, error) &&
	       file_replace(AT_FDCWD, path, text, strlen(text), 0644, error);
}

bool machine_write_drop_in(const Host *host, const Config *config, const MachinePlan *plan,
			   Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = place_path(host, PLACE_DROP_IN, plan->name, scratch);
	const char *text = NULL;
	return print_drop_in(host, config, plan, scratch, &text, error) &&
	       (is_same_file(path, text, scratch) || write_mark(host, path, text, error));
}

bool machine_read_drop_ins(Bus *bus, const Texts *names, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	bool needs_reload = false;
	for (size_t i = 0; i < names->count && !needs_reload; i++) {
		const char *unit = unit_machine_name(scratch, names->items[i]);
		bool is_loaded = false;
		if (!bus_unit_is_loaded(bus, unit, &is_loaded, error) ||
		    (is_loaded && !bus_unit_needs_reload(bus, unit, &needs_reload, error)))
			return false;
	}
	return !needs_reload || bus_reload(bus, error);
}

// --- life cycle

bool machine_fail_start(const Host *host, const char *name, const char *result, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return error_set(error, ERROR_FAILED, "start '%s': %s", name,
			 explain_failure(host, name, result, scratch));
}

static void unit_names(const Texts *names, Arena *arena, Texts *ret)
{
	for (size_t i = 0; i < names->count; i++)
		texts_add(arena, ret, unit_machine_name(arena, names->items[i]));
}

bool machine_stop_all(Bus *bus, const Texts *names, uint64_t timeout_ms, Arena *arena,
		      UnitJob **ret_jobs, Error *error)
{
	Texts units = { 0 };
	unit_names(names, arena, &units);
	return bus_stop_units(bus, &units, timeout_ms, arena, ret_jobs, error);
}

// A machine that is gone already has stopped, too.
static bool accept_missing(Error *error)
{
	return error_forgive(error, ERROR_NOT_FOUND);
}

static bool stop_unit(Bus *bus, const char *unit, uint64_t timeout_ms, Error *error)
{
	JobResult result = JOB_UNFINISHED;
	bool is_loaded = false;
	// To stop one that is not loaded would load it first.
	if (!bus_unit_is_loaded(bus, unit, &is_loaded, error))
		return false;
	if (!is_loaded)
		return true;
	if (!bus_stop_unit(bus, unit, JOB_MODE_REPLACE, timeout_ms, &result, error))
		return accept_missing(error);
	if (!job_result_is_good(result))
		return error_set(error, ERROR_FAILED, "stop %s: %s", unit,
				 job_result_to_text(result));
	return true;
}

bool machine_stop(Bus *bus, const char *name, StopTier tier, const Config *config, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *unit = unit_machine_name(scratch, name);
	switch (tier) {
	case STOP_GRACEFUL:
		if (!stop_unit(bus, unit, config->stop_timeout_graceful_ms, error))
			return error->code == ERROR_TIMEOUT
				       ? error_wrap(error, "still stopping; --kill ends it at once")
				       : false;
		return true;
	case STOP_TERMINATE:
		if (!bus_terminate_machine(bus, name, error) && !accept_missing(error))
			return false;
		return stop_unit(bus, unit, config->stop_timeout_terminate_ms, error);
	case STOP_KILL:
		if (!bus_kill_unit(bus, unit, KILL_ALL, SIGKILL, error) && !accept_missing(error))
			return false;
		return stop_unit(bus, unit, config->stop_timeout_kill_ms, error) &&
		       bus_reset_failed(bus, unit, error);
	}
	return false;
}
