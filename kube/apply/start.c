#include "kube/apply/work.h"

#include "isolate/journal/logs.h"
#include "isolate/machine/ending.h"
#include "isolate/machine/unit.h"
#include "kube/status/status.h"
#include "pkg/base/moment.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/interrupt.h"

// How often the records of containers are looked at while a machine takes its time: init containers, back-off.
#define LOOK_INTERVAL_MS 250
// A container that dies at once has done so by then.
#define SETTLE_US           50000
#define LAST_LINES          10
#define LAST_LINES_TRIES    10
#define LAST_LINES_PAUSE_US 20000

// --- what went wrong

// The last lines of a container that has just died; systemd may have begun the next run meanwhile.
static void read_last_lines(const ApplyContext *context, PodStatus *pod,
			    const ContainerStatus *container, Texts *ret)
{
	const char *journal = machine_journal(context->host, pod->name, context->arena);
	const char *unit = unit_app_name(context->arena, container->app->name);
	for (int tries = 0; tries < LAST_LINES_TRIES && ret->count == 0; tries++) {
		CLEANUP_ERROR ignored = { 0 }; // the failure counts, with or without its log
		int ready = 0;
		if (tries > 0 && !interrupt_poll(NULL, 0, LAST_LINES_PAUSE_US, &ready, &ignored))
			return;
		pod_status_read_records(context->host, context->arena, pod);
		if (!logs_last_lines(journal, unit, container_is_backing_off(container), LAST_LINES,
				     context->arena, ret, &ignored))
			return;
	}
}

static const char *explain(const ApplyContext *context, PodStatus *pod,
			   const ContainerStatus *container)
{
	CLEANUP_BUFFER text = { 0 };
	Texts lines = { 0 };
	buffer_add(&text, container_status_explain(container, context->arena));
	read_last_lines(context, pod, container, &lines);
	if (lines.count > 0)
		buffer_add(&text, "; its last lines:");
	for (size_t i = 0; i < lines.count; i++)
		buffer_printf(&text, "\n    %s", lines.items[i]);
	return buffer_take(&text, context->arena);
}

// A container that is to run for ever has failed when it ends. One that is to end has ended: that is a result, which may
// come at any time, and applying has done its part. One that cannot be started is nobody's result.
static bool is_fault(const ContainerStatus *failed)
{
	return failed->app->restart == PLAN_RESTART_ALWAYS ||
	       container_status_has_start_error(failed);
}

// False for a fault; a result becomes a warning.
static bool judge(const ApplyContext *context, const PodWork *work, PodStatus *pod,
		  const ContainerStatus *failed, Error *error)
{
	const char *words = explain(context, pod, failed);
	if (is_fault(failed))
		return error_set(error, ERROR_FAILED, "%s", words);
	work->result->warning = words;
	return true;
}

// How much of its first moment a container has left. The end of one that has died is not told before its log is whole.
static int64_t unsettled_container_us(const ContainerStatus *container, int64_t now_us)
{
	if (!container->has_record || container->record.state != APP_STATE_RUNNING)
		return 0;
	if (container->record.is_ending)
		return SETTLE_US;
	const int64_t age_us = now_us - container->record.started_us;
	// A clock that was set back must not make us wait for it.
	return age_us >= 0 ? SETTLE_US - age_us : 0;
}

// The same of the youngest one.
static uint64_t unsettled_us(const PodStatus *pod)
{
	const int64_t now_us = (int64_t)moment_now_us();
	int64_t rest_us = 0;
	for (size_t i = 0; i < pod->containers.count; i++) {
		const int64_t own_us = unsettled_container_us(&pod->containers.items[i], now_us);
		rest_us = own_us > rest_us ? own_us : rest_us;
	}
	return (uint64_t)rest_us;
}

// The record of the old version is there until the new one's boot helper has come so far as to remove it.
static bool is_older(const ContainerStatus *failed, uint64_t started_us)
{
	const AppRecord *record = &failed->record;
	const int64_t ended_us = record->state == APP_STATE_TERMINATED ? record->end.finished_us
								       : record->last.finished_us;
	return ended_us > 0 && (uint64_t)ended_us < started_us;
}

// True when all is well so far; raises *rest_us, which may be NULL, to the time until more can be said.
static bool check_containers(const ApplyContext *context, const PodWork *work, MachineStatus status,
			     uint64_t *rest_us, Error *error)
{
	const MachineInfo machine = { work->draft.name, work->draft.record, status, NULL };
	PodStatus pod = { 0 };
	if (!pod_status_load(context->host, context->config, &machine, context->arena, &pod, error))
		return false;
	const ContainerStatus *failed = pod_status_find_failure(&pod);
	if (failed && is_older(failed, work->started_us))
		failed = NULL;
	if (rest_us && unsettled_us(&pod) > *rest_us)
		*rest_us = unsettled_us(&pod);
	return !failed || judge(context, work, &pod, failed, error);
}

// --- starting

// The start that we asked for is over with its job. The unit's state does not tell: one that waits for others, such as
// for a module to be loaded, is inactive until then, and one that is restarted is active at first.
static bool has_started(const UnitState *state, void *context)
{
	(void)context; // the signature of UnitPredicate
	return state->job == 0;
}

// Waits for one machine whose start takes longer, looking at its containers now and then.
static bool wait_for(const ApplyContext *context, PodWork *work, uint64_t deadline, Error *error)
{
	const char *unit = unit_machine_name(context->arena, work->draft.name);
	const MachineInfo machine = { work->draft.name, work->draft.record, MACHINE_STARTING,
				      NULL };
	for (;;) {
		UnitState state = { 0 };
		CLEANUP_ERROR late = { 0 };
		if (bus_wait_unit(context->bus, unit, has_started, NULL, LOOK_INTERVAL_MS,
				  context->arena, &state, &late))
			return state.active == UNIT_ACTIVE ||
			       machine_fail_start(context->host, work->draft.name, state.result,
						  error);
		if (late.code != ERROR_TIMEOUT)
			return error_move(error, &late);
		if (!bus_unit_state(context->bus, unit, context->arena, &state, error))
			return false;
		// The old version may take its grace period: that is not the new one's time.
		if (state.active == UNIT_DEACTIVATING)
			deadline = bus_deadline(context->options->timeout_ms);
		if (state.exec_main_start_us >= work->asked_us)
			work->started_us = state.exec_main_start_us;
		if (work->started_us > 0 &&
		    !check_containers(context, work, MACHINE_STARTING, NULL, error))
			return false;
		if (work->result->warning)
			return true;
		if (deadline > 0 && bus_deadline(1) > deadline)
			return pod_status_fail_late(context->host, context->config, &machine,
						    context->options->timeout_ms, context->arena,
						    error);
	}
}

static bool finish_start(const ApplyContext *context, PodWork *work, const UnitJob *job,
			 uint64_t deadline, Error *error)
{
	if (job->result == JOB_UNFINISHED)
		return wait_for(context, work, deadline, error);
	if (job->result == JOB_REFUSED)
		return error_set(error, job->code, "start '%s': %s", work->draft.name,
				 job->message);
	if (!job_result_is_good(job->result))
		return machine_fail_start(context->host, work->draft.name,
					  job_result_to_text(job->result), error);
	return true;
}

// All machines are up; looks at their containers until each of them has run for a moment.
static bool settle(const ApplyContext *context, PodWorks *works, Error *error)
{
	for (;;) {
		uint64_t rest_us = 0;
		int ready = 0;
		for (size_t i = 0; i < works->count; i++) {
			PodWork *work = &works->items[i];
			if (!pod_work_has_failed(work) && !work->result->warning &&
			    !check_containers(context, work, MACHINE_RUNNING, &rest_us, error))
				pod_work_fail(work, error);
		}
		if (rest_us == 0)
			return true;
		if (!interrupt_poll(NULL, 0, rest_us, &ready, error))
			return false;
	}
}

static bool enable(const ApplyContext *context, PodWork *work, Error *error)
{
	lock_release(&work->draft.lock);
	return machine_set_enabled(context->host, context->bus, work->draft.name, true, error);
}

// The Pods that must start, and a job for each.
static bool list_jobs(const ApplyContext *context, const PodWorks *works, PodWorks *ret_starting,
		      UnitJob **ret, Error *error)
{
	UnitJob *jobs = arena_array(context->arena, works->count, sizeof(UnitJob));
	for (size_t i = 0; i < works->count; i++) {
		const PodWork *work = &works->items[i];
		if (pod_work_has_failed(work) || !work->must_start)
			continue;
		if (!ending_note_wish(context->host, work->draft.name, error))
			return false;
		UnitJob *job = &jobs[ret_starting->count];
		job->unit = unit_machine_name(context->arena, work->draft.name);
		job->verb = work->is_outdated ? JOB_VERB_RESTART : JOB_VERB_START;
		PodWork *starting = pod_works_push(context->arena, ret_starting);
		*starting = *work;
		starting->asked_us = moment_now_us();
	}
	*ret = jobs;
	return true;
}

bool pods_start(const ApplyContext *context, PodWorks *works, Error *error)
{
	PodWorks starting = { 0 };
	UnitJob *jobs = NULL;
	if (!list_jobs(context, works, &starting, &jobs, error))
		return false;
	const uint64_t deadline = bus_deadline(context->options->timeout_ms);
	if (starting.count > 0 && !bus_run_jobs(context->bus, jobs, starting.count,
						LOOK_INTERVAL_MS, context->arena, error))
		return false;
	for (size_t i = 0; i < starting.count; i++) {
		if (finish_start(context, &starting.items[i], &jobs[i], deadline, error))
			continue;
		if (error->code == ERROR_INTERRUPTED)
			return false;
		pod_work_fail(&starting.items[i], error);
	}
	if (!settle(context, &starting, error))
		return false;
	for (size_t i = 0; context->options->is_enabled && i < works->count; i++) {
		PodWork *work = &works->items[i];
		if (!pod_work_has_failed(work) && !enable(context, work, error))
			return false;
	}
	return true;
}
