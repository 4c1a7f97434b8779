#include "isolate/machine/ending.h"

#include "isolate/machine/app_status.h"
#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

static Ending ending_of_run(const KnownApp *known, bool is_up)
{
	const AppEnd *end = &known->record->end;
	const PlanRestart restart = known->app->restart;
	const bool is_done = end->exit_code == 0 && (restart != PLAN_RESTART_ALWAYS ||
						     plan_app_traits(known->app)->runs_to_end);
	if (restart == PLAN_RESTART_NEVER)
		return is_done ? ENDING_SUCCEEDED : ENDING_FAILED;
	// One that takes a stop well has not done its work.
	return is_done && (is_up || !end->was_stopped) ? ENDING_SUCCEEDED : ENDING_NONE;
}

// How it ended is written down before its log is whole; the machine may go down in between.
static bool has_ended(const AppRecord *record, bool is_up)
{
	return record->state == APP_STATE_TERMINATED || (!is_up && record->is_ending);
}

static Ending ending_of_app(const KnownApp *known, bool is_up)
{
	if (known->record && has_ended(known->record, is_up))
		return ending_of_run(known, is_up);
	const bool is_cut_short =
		!is_up && known->record && known->app->restart == PLAN_RESTART_NEVER;
	return is_cut_short ? ENDING_FAILED : ENDING_NONE;
}

// Under Never the next ones do not begin, either: after a failed init container, or when the machine has gone down.
static bool ends_all(const KnownApp *known, Ending ending, bool is_up)
{
	return known->app->restart == PLAN_RESTART_NEVER && known->record &&
	       (!is_up || (plan_app_traits(known->app)->runs_to_end && ending == ENDING_FAILED));
}

Ending ending_of(const KnownApps *apps, bool is_up)
{
	size_t open = 0;
	size_t failed = 0;
	bool is_over = false;
	for (size_t i = 0; i < apps->count; i++) {
		const Ending ending = ending_of_app(&apps->items[i], is_up);
		open += ending == ENDING_NONE ? 1 : 0;
		failed += ending == ENDING_FAILED ? 1 : 0;
		is_over = is_over || ends_all(&apps->items[i], ending, is_up);
	}
	if (open > 0)
		return is_over ? ENDING_FAILED : ENDING_NONE;
	return failed > 0 ? ENDING_FAILED : ENDING_SUCCEEDED;
}

// A record that cannot be understood counts as none, as one of an earlier generation does.
static const AppRecord *load_record(const Host *host, const MachinePlan *plan, const PlanApp *app,
				    const char *generation, Arena *arena)
{
	CLEANUP_ERROR ignored = { 0 };
	AppRecord *record = ARENA_NEW(arena, AppRecord);
	return app_status_load(host, plan->name, app->name, arena, record, &ignored) &&
			       app_status_is_of(record, generation)
		       ? record
		       : NULL;
}

bool ending_load(const Host *host, const char *machine, bool is_up, Arena *arena, Ending *ret,
		 Error *error)
{
	MachinePlan plan = { 0 };
	const char *generation = NULL;
	KnownApps apps = { 0 };
	if (!generation_load_current(host, machine, arena, &generation, &plan, error))
		return false;
	for (size_t i = 0; i < plan.apps.count; i++) {
		const PlanApp *app = &plan.apps.items[i];
		*known_apps_push(arena, &apps) =
			(KnownApp){ app,
				    load_record(host, &plan, app, path_name(generation), arena) };
	}
	*ret = ending_of(&apps, is_up);
	return true;
}

static bool is_enabled(const Host *host, const char *machine, Arena *arena, bool *ret, Error *error)
{
	Texts enabled = { 0 };
	if (!machine_list_enabled(host, arena, &enabled, error))
		return false;
	*ret = texts_contain(&enabled, machine);
	return true;
}

bool ending_forbids_start(const Host *host, const char *machine, StartCause cause, Arena *arena,
			  bool *ret, Error *error)
{
	Ending ending = ENDING_NONE;
	*ret = false;
	if (cause == START_BY_WISH)
		return true;
	if (!ending_load(host, machine, /* is_up= */ false, arena, &ending, error))
		return false;
	if (ending == ENDING_NONE || cause == START_AGAIN) {
		*ret = ending != ENDING_NONE;
		return true;
	}
	return is_enabled(host, machine, arena, ret, error);
}
