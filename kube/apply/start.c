// Pods on their way up: whether their containers run, and in which words they do not.
#include "kube/apply/work.h"

#include "isolate/log/logs.h"
#include "isolate/machine/app_log.h"
#include "isolate/machine/start.h"
#include "isolate/plan/unit.h"
#include "kube/status/status.h"
#include "pkg/base/moment.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/interrupt.h"

// A container that dies at once has done so by then.
#define SETTLE_US  50000
#define LAST_LINES 10

// --- what went wrong

// The last lines of a container that has died; the next instance may have begun meanwhile.
static void read_last_lines(const ApplyContext *context, const PodStatus *pod,
			    const ContainerStatus *container, Texts *ret)
{
	CLEANUP_ERROR ignored = { 0 }; // the failure counts, with or without its log
	const char *directory =
		app_log_directory(context->host, pod->name, container->app->name, context->arena);
	if (!app_logs_last_lines(directory, LAST_LINES, context->arena, ret, &ignored))
		*ret = (Texts){ 0 };
}

static const char *explain(const ApplyContext *context, const PodStatus *pod,
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
static bool judge(const ApplyContext *context, const PodWork *work, const PodStatus *pod,
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
static bool look_at_containers(const ApplyContext *context, const MachineStart *start,
			       MachineStatus status, uint64_t *rest_us, Error *error)
{
	const PodWork *work = start->owner;
	const MachineInfo machine = { work->draft.name, work->draft.record, status, NULL };
	PodStatus pod = { 0 };
	if (!pod_status_load(context->host, context->config, &machine, context->arena, &pod, error))
		return false;
	const ContainerStatus *failed = pod_status_find_failure(&pod);
	if (failed && is_older(failed, start->began_us))
		failed = NULL;
	if (rest_us && unsettled_us(&pod) > *rest_us)
		*rest_us = unsettled_us(&pod);
	return !failed || judge(context, work, &pod, failed, error);
}

// --- starting

static bool look(const MachineStart *start, const void *context, bool *ret_is_enough, Error *error)
{
	const PodWork *work = start->owner;
	if (!look_at_containers(context, start, MACHINE_STARTING, NULL, error))
		return false;
	*ret_is_enough = work->result->warning != NULL;
	return true;
}

static bool fail_late(const ApplyContext *context, const PodWork *work, Error *error)
{
	const MachineInfo machine = { work->draft.name, work->draft.record, MACHINE_STARTING,
				      NULL };
	return pod_status_fail_late(context->host, context->config, &machine,
				    context->options->timeout_ms, context->arena, error);
}

static bool finish_start(const ApplyContext *context, const StartWatch *watch, MachineStart *start,
			 Error *error)
{
	return machine_start_await(context->host, context->bus, start, watch, context->arena,
				   error) &&
	       (!start->is_late || fail_late(context, start->owner, error));
}

// All machines are up; looks at their containers until each of them has run for a moment.
static bool settle(const ApplyContext *context, const MachineStarts *starts, Error *error)
{
	for (;;) {
		uint64_t rest_us = 0;
		int ready = 0;
		for (size_t i = 0; i < starts->count; i++) {
			const MachineStart *start = &starts->items[i];
			PodWork *work = start->owner;
			if (!pod_work_has_failed(work) && !work->result->warning &&
			    !look_at_containers(context, start, MACHINE_RUNNING, &rest_us, error))
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

// The Pod that starts takes the place of another one, as Kubernetes sees it; else it is the same one, again.
static bool is_replaced(const ApplyContext *context, const PodWork *work)
{
	return context->options->must_restart || work->is_outdated;
}

static bool list_starts(const ApplyContext *context, PodWorks *works, MachineStarts *ret,
			Error *error)
{
	for (size_t i = 0; i < works->count; i++) {
		PodWork *work = &works->items[i];
		if (pod_work_has_failed(work) || !work->must_start)
			continue;
		if (is_replaced(context, work) &&
		    !app_logs_end_life(context->host, work->draft.name, error))
			return false;
		*machine_starts_push(context->arena, ret) = (MachineStart){
			.name = work->draft.name,
			// One that waits for its next start has its job already.
			.must_restart = work->is_outdated || work->status == MACHINE_RESTARTING,
			.is_under_way = work->status == MACHINE_STARTING && !work->is_outdated,
			.owner = work,
		};
	}
	return true;
}

static bool read_drop_ins(const ApplyContext *context, const PodWorks *works, Error *error)
{
	Texts names = { 0 };
	for (size_t i = 0; i < works->count; i++) {
		if (!pod_work_has_failed(&works->items[i]))
			texts_add(context->arena, &names, works->items[i].draft.name);
	}
	return machine_read_drop_ins(context->bus, &names, error);
}

bool pods_start(const ApplyContext *context, PodWorks *works, Error *error)
{
	MachineStarts starts = { 0 };
	const StartWatch watch = { context->options->timeout_ms, look, context };
	if (!list_starts(context, works, &starts, error) || !read_drop_ins(context, works, error) ||
	    !machine_starts_ask(context->host, context->bus, &starts, &watch, context->arena,
				error))
		return false;
	for (size_t i = 0; i < starts.count; i++) {
		MachineStart *start = &starts.items[i];
		if (finish_start(context, &watch, start, error))
			continue;
		if (error->code == ERROR_INTERRUPTED)
			return false;
		pod_work_fail(start->owner, error);
	}
	if (!settle(context, &starts, error))
		return false;
	for (size_t i = 0; context->options->is_enabled && i < works->count; i++) {
		PodWork *work = &works->items[i];
		if (!pod_work_has_failed(work) && !enable(context, work, error))
			return false;
	}
	return true;
}
