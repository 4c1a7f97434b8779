#include "isolate/machine/start.h"

#include "isolate/machine/machine.h"
#include "isolate/machine/restart.h"
#include "isolate/plan/unit.h"
#include "pkg/base/moment.h"
#include "pkg/sys/bus/unit.h"

// How often a machine is looked into that takes its time: init containers, back-off.
#define LOOK_INTERVAL_MS 250

// --- asking

static UnitJob job_of(const MachineStart *start, Arena *arena)
{
	return (UnitJob){
		.unit = unit_machine_name(arena, start->name),
		.verb = start->must_restart ? JOB_VERB_RESTART : JOB_VERB_START,
	};
}

bool machine_starts_ask(const Host *host, Bus *bus, MachineStarts *starts, const StartWatch *watch,
			Arena *arena, Error *error)
{
	UnitJob *jobs = arena_array(arena, starts->count, sizeof(UnitJob));
	for (size_t i = 0; i < starts->count; i++) {
		MachineStart *start = &starts->items[i];
		if (!restart_note_wish(host, start->name, error))
			return false;
		jobs[i] = job_of(start, arena);
		start->asked_us = start->is_under_way ? 0 : moment_now_us();
		start->deadline = bus_deadline(watch->timeout_ms);
	}
	if (starts->count > 0 &&
	    !bus_run_jobs(bus, jobs, starts->count, LOOK_INTERVAL_MS, arena, error))
		return false;
	for (size_t i = 0; i < starts->count; i++)
		starts->items[i].job = jobs[i];
	return true;
}

// --- waiting

// The start that we asked for is over with its job. The unit's state does not tell: one that waits for others, such as
// for a disk to be mounted, is inactive until then, and one that is restarted is active at first.
static bool is_over(const UnitState *state, void *context)
{
	(void)context; // the signature of UnitPredicate
	return state->job == 0;
}

static void note_progress(MachineStart *start, const StartWatch *watch, const UnitState *state)
{
	if (state->active == UNIT_DEACTIVATING)
		start->deadline = bus_deadline(watch->timeout_ms);
	if (state->exec_main_start_us >= start->asked_us)
		start->began_us = state->exec_main_start_us;
	start->is_late = bus_deadline(1) > start->deadline;
}

static bool wait_for(const Host *host, Bus *bus, MachineStart *start, const StartWatch *watch,
		     Arena *arena, Error *error)
{
	bool is_enough = false;
	while (!is_enough && !start->is_late) {
		UnitState state = { 0 };
		CLEANUP_ERROR unfinished = { 0 };
		if (bus_wait_unit(bus, start->job.unit, is_over, NULL, LOOK_INTERVAL_MS, arena,
				  &state, &unfinished))
			return state.active == UNIT_ACTIVE ||
			       machine_fail_start(host, start->name, state.result, error);
		if (unfinished.code != ERROR_TIMEOUT)
			return error_move(error, &unfinished);
		if (!bus_unit_state(bus, start->job.unit, arena, &state, error))
			return false;
		note_progress(start, watch, &state);
		if (start->began_us > 0 && !watch->look(start, watch->context, &is_enough, error))
			return false;
	}
	start->is_late = start->is_late && !is_enough;
	return true;
}

bool machine_start_await(const Host *host, Bus *bus, MachineStart *start, const StartWatch *watch,
			 Arena *arena, Error *error)
{
	const UnitJob *job = &start->job;
	if (job->result == JOB_UNFINISHED)
		return wait_for(host, bus, start, watch, arena, error);
	if (job->result == JOB_REFUSED)
		return error_set(error, job->code, "start '%s': %s", start->name, job->message);
	return job_result_is_good(job->result) ||
	       machine_fail_start(host, start->name, job_result_to_text(job->result), error);
}
