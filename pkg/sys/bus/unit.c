#include "pkg/sys/bus/unit.h"

#include "pkg/base/text.h"

#include <stdlib.h>

// Reading all unit files of a large host takes longer than any other call.
#define RELOAD_TIMEOUT_MS (90 * 1000)

static const char *const active_words[UNIT_ACTIVE_COUNT] = {
	[UNIT_INACTIVE] = "inactive",
	[UNIT_ACTIVATING] = "activating",
	[UNIT_ACTIVE] = "active",
	[UNIT_RELOADING] = "reloading",
	[UNIT_DEACTIVATING] = "deactivating",
	[UNIT_FAILED] = "failed",
	[UNIT_MAINTENANCE] = "maintenance",
	[UNIT_REFRESHING] = "refreshing",
};

const char *unit_active_to_text(UnitActive active)
{
	return active_words[active];
}

// A word that a later systemd adds is some kind of "not settled yet".
static UnitActive active_from_text(const char *word)
{
	for (unsigned i = 0; i < UNIT_ACTIVE_COUNT; i++) {
		if (text_equal(active_words[i], word))
			return (UnitActive)i;
	}
	return UNIT_ACTIVATING;
}

// --- states

static const BusProperty service_properties[] = {
	// clang-format off
	{ "Result",                  's', offsetof(UnitState, result) },
	{ "ExecMainCode",            'i', offsetof(UnitState, exec_main_code) },
	{ "ExecMainStatus",          'i', offsetof(UnitState, exec_main_status) },
	{ "ExecMainStartTimestamp",  't', offsetof(UnitState, exec_main_start_us) },
	{ "ExecMainExitTimestamp",   't', offsetof(UnitState, exec_main_exit_us) },
	{ "MainPID",                 'u', offsetof(UnitState, main_pid) },
	{ "NRestarts",               'u', offsetof(UnitState, n_restarts) },
	{ "StatusText",              's', offsetof(UnitState, status_text) },
	{ "ControlGroup",            's', offsetof(UnitState, control_group) },
	// clang-format on
};

BusObject bus_unit_properties(const char *unit, Arena *arena)
{
	return (BusObject){ bus_manager.service,
			    bus_object_path(arena, "/org/freedesktop/systemd1/unit", unit),
			    "org.freedesktop.DBus.Properties" };
}

static bool read_rows(BusMessage *answer, Arena *arena, UnitRows *rows, Error *error);

// Loads the unit when it is not, and answers with one row.
static bool read_row(Bus *bus, const char *unit, Arena *arena, UnitState *state, Error *error)
{
	CLEANUP_BUS_MESSAGE answer = NULL;
	UnitRows rows = { 0 };
	if (!bus_call(bus, &bus_manager, "ListUnitsByNames", &answer, error, "as", 1, unit) ||
	    !read_rows(answer, arena, &rows, error))
		return false;
	if (rows.count != 1)
		return error_set(error, ERROR_INVALID, "the manager knows %zu of it", rows.count);
	state->load = rows.items[0].load;
	state->is_found = !text_equal(state->load, "not-found");
	state->active = rows.items[0].active;
	state->sub = rows.items[0].sub;
	state->job = rows.items[0].job;
	return true;
}

static bool read_service(Bus *bus, const char *unit, Arena *arena, UnitState *state, Error *error)
{
	CLEANUP_BUS_MESSAGE answer = NULL;
	const BusObject object = bus_unit_properties(unit, arena);
	return bus_call(bus, &object, "GetAll", &answer, error, "s",
			"org.freedesktop.systemd1.Service") &&
	       bus_message_read_properties(answer, service_properties, COUNT(service_properties),
					   arena, state, error);
}

bool bus_unit_state(Bus *bus, const char *unit, Arena *arena, UnitState *ret, Error *error)
{
	UnitState state = { .result = "", .status_text = "", .control_group = "" };
	if (!read_row(bus, unit, arena, &state, error) ||
	    !read_service(bus, unit, arena, &state, error))
		return error_wrap(error, "read the state of unit '%s'", unit);
	*ret = state;
	return true;
}

bool bus_unit_is_loaded(Bus *bus, const char *unit, bool *ret, Error *error)
{
	*ret = bus_call(bus, &bus_manager, "GetUnit", NULL, error, "s", unit);
	return *ret || error_forgive(error, ERROR_NOT_FOUND) ||
	       error_wrap(error, "look for unit '%s'", unit);
}

bool bus_unit_needs_reload(Bus *bus, const char *unit, bool *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_BUS_MESSAGE answer = NULL;
	const BusObject object = bus_unit_properties(unit, scratch);
	int needs_reload = 0;
	if (!bus_call(bus, &object, "Get", &answer, error, "ss", "org.freedesktop.systemd1.Unit",
		      "NeedDaemonReload") ||
	    !bus_message_read(answer, NULL, error, "v", "b", &needs_reload))
		return error_wrap(error, "read the state of unit '%s'", unit);
	*ret = needs_reload != 0;
	return true;
}

// --- waiting for a state

static void note_change(BusMessage *signal, const Error *failure, void *context)
{
	(void)signal;  // says which properties; all of them are read again
	(void)failure; // signals have none
	*(bool *)context = true;
}

static bool is_true(const void *context)
{
	return *(const bool *)context;
}

bool bus_wait_unit(Bus *bus, const char *unit, UnitPredicate *is_wanted, void *context,
		   uint64_t timeout_ms, Arena *arena, UnitState *ret, Error *error)
{
	const uint64_t deadline = bus_deadline(timeout_ms);
	const BusObject object = bus_unit_properties(unit, arena);
	bool has_changed = true; // so that the first look comes at once
	CLEANUP_BUS_SLOT changes = NULL;
	if (!bus_watch(bus, &object, "PropertiesChanged", note_change, &has_changed, &changes,
		       error) ||
	    !bus_subscribe(bus, error))
		return error_wrap(error, "wait for unit '%s'", unit);

	UnitState state;
	do {
		if (!bus_wait(bus, deadline, is_true, &has_changed, error))
			return error_wrap(error, "wait for unit '%s'", unit);
		has_changed = false;
		if (!bus_unit_state(bus, unit, arena, &state, error))
			return false;
	} while (!is_wanted(&state, context));
	if (ret)
		*ret = state;
	return true;
}

// --- lists

static int compare_rows(const void *left, const void *right)
{
	return strcmp(((const UnitRow *)left)->name, ((const UnitRow *)right)->name);
}

static bool read_rows(BusMessage *answer, Arena *arena, UnitRows *rows, Error *error)
{
	if (!bus_message_enter_array(answer, "(ssssssouso)", error))
		return false;
	for (;;) {
		const char *name, *description, *load, *active, *sub, *follows, *path, *job_type;
		const char *job_path;
		uint32_t job;
		bool has_more = false;
		if (!bus_message_read(answer, &has_more, error, "(ssssssouso)", &name, &description,
				      &load, &active, &sub, &follows, &path, &job, &job_type,
				      &job_path))
			return false;
		if (!has_more)
			return true;
		UnitRow *row = unit_rows_push(arena, rows);
		row->name = arena_strdup(arena, name);
		row->description = arena_strdup(arena, description);
		row->load = arena_strdup(arena, load);
		row->active = active_from_text(active);
		row->sub = arena_strdup(arena, sub);
		row->job = job;
	}
}

bool bus_list_units(Bus *bus, const char *pattern, Arena *arena, UnitRows *ret, Error *error)
{
	UnitRows rows = { 0 };
	CLEANUP_BUS_MESSAGE answer = NULL;
	// No states (an empty list: any), one pattern.
	if (!bus_call(bus, &bus_manager, "ListUnitsByPatterns", &answer, error, "asas", 0, 1,
		      pattern) ||
	    !read_rows(answer, arena, &rows, error))
		return error_wrap(error, "list units '%s'", pattern);
	if (rows.count > 0)
		qsort(rows.items, rows.count, sizeof(UnitRow), compare_rows);
	*ret = rows;
	return true;
}

// --- changes

bool bus_reload(Bus *bus, Error *error)
{
	const uint64_t before_ms = bus_set_call_timeout(bus, RELOAD_TIMEOUT_MS);
	const bool is_done = bus_call(bus, &bus_manager, "Reload", NULL, error, "");
	bus_set_call_timeout(bus, before_ms);
	return is_done || error_wrap(error, "reload the systemd manager");
}

bool bus_reset_failed(Bus *bus, const char *unit, Error *error)
{
	return bus_call(bus, &bus_manager, "ResetFailedUnit", NULL, error, "s", unit) ||
	       error_forgive(error, ERROR_NOT_FOUND) ||
	       error_wrap(error, "reset the failure of unit '%s'", unit);
}

bool bus_kill_unit(Bus *bus, const char *unit, KillWhom whom, int signal_number, Error *error)
{
	static const char *const words[] = { [KILL_ALL] = "all", [KILL_MAIN] = "main" };
	return bus_call(bus, &bus_manager, "KillUnit", NULL, error, "ssi", unit, words[whom],
			signal_number) ||
	       error_wrap(error, "send signal %d to unit '%s'", signal_number, unit);
}

bool bus_set_unit_u64(Bus *bus, const char *unit, const char *property, uint64_t value,
		      UnitPersistence persistence, Error *error)
{
	return bus_call(bus, &bus_manager, "SetUnitProperties", NULL, error, "sba(sv)", unit,
			persistence == UNIT_UNTIL_REBOOT, 1, property, "t", value) ||
	       error_wrap(error, "set %s of unit '%s'", property, unit);
}

bool bus_set_unit_text(Bus *bus, const char *unit, const char *property, const char *value,
		       UnitPersistence persistence, Error *error)
{
	return bus_call(bus, &bus_manager, "SetUnitProperties", NULL, error, "sba(sv)", unit,
			persistence == UNIT_UNTIL_REBOOT, 1, property, "s", value) ||
	       error_wrap(error, "set %s of unit '%s'", property, unit);
}

bool bus_enable_unit(Bus *bus, const char *unit, UnitPersistence persistence, bool *ret_has_install,
		     Error *error)
{
	CLEANUP_BUS_MESSAGE answer = NULL;
	int has_install = 0; // sd-bus has no bool
	if (!bus_call(bus, &bus_manager, "EnableUnitFiles", &answer, error, "asbb", 1, unit,
		      persistence == UNIT_UNTIL_REBOOT, /* force= */ 1) ||
	    !bus_message_read(answer, NULL, error, "b", &has_install))
		return error_wrap(error, "enable unit '%s'", unit);
	if (ret_has_install)
		*ret_has_install = has_install != 0;
	return true;
}

bool bus_disable_unit(Bus *bus, const char *unit, UnitPersistence persistence, Error *error)
{
	return bus_call(bus, &bus_manager, "DisableUnitFiles", NULL, error, "asb", 1, unit,
			persistence == UNIT_UNTIL_REBOOT) ||
	       error_wrap(error, "disable unit '%s'", unit);
}

bool bus_unit_file_state(Bus *bus, const char *unit, Arena *arena, const char **ret, Error *error)
{
	CLEANUP_BUS_MESSAGE answer = NULL;
	const char *state = "";
	if (!bus_call(bus, &bus_manager, "GetUnitFileState", &answer, error, "s", unit)) {
		if (!error_forgive(error, ERROR_NOT_FOUND))
			return error_wrap(error, "read whether unit '%s' is enabled", unit);
	} else if (!bus_message_read(answer, NULL, error, "s", &state)) {
		return false;
	}
	*ret = arena_strdup(arena, state);
	return true;
}

static bool read_manager_text(Bus *bus, const char *property, Arena *arena, const char **ret,
			      Error *error)
{
	const BusObject object = { bus_manager.service, bus_manager.path,
				   "org.freedesktop.DBus.Properties" };
	CLEANUP_BUS_MESSAGE answer = NULL;
	const char *text = NULL;
	if (!bus_call(bus, &object, "Get", &answer, error, "ss", bus_manager.interface, property) ||
	    !bus_message_read(answer, NULL, error, "v", "s", &text))
		return error_wrap(error, "read %s of systemd", property);
	*ret = arena_strdup(arena, text);
	return true;
}

bool bus_systemd_version(Bus *bus, Arena *arena, const char **ret, Error *error)
{
	return read_manager_text(bus, "Version", arena, ret, error);
}

bool bus_system_state(Bus *bus, Arena *arena, const char **ret, Error *error)
{
	return read_manager_text(bus, "SystemState", arena, ret, error);
}
