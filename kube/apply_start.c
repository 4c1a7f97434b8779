#include "kube/apply_pod.h"

#include "kube/status.h"
#include "pkg/base/path.h"
#include "pkg/machine/boot.h"
#include "pkg/machine/logs.h"
#include "pkg/machine/unit.h"
#include "pkg/sys/bus_unit.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

// How often the records of containers are looked at while a machine takes its time: init containers, back-off.
#define LOOK_INTERVAL_MS 250
#define LAST_LINES       10

// --- stopping

static void list_machines(const PodWorks *works, bool (*is_wanted)(const PodWork *), Arena *arena,
			  Texts *ret_names, PodWorks *ret_works)
{
	for (size_t i = 0; i < works->count; i++) {
		const PodWork *work = &works->items[i];
		if (pod_work_has_failed(work) || !is_wanted(work))
			continue;
		texts_add(arena, ret_names, work->machine);
		*pod_works_push(arena, ret_works) = *work;
	}
}

static bool wants_stop(const PodWork *work)
{
	return work->must_stop;
}

static bool wants_start(const PodWork *work)
{
	return work->must_start;
}

bool pods_stop(const ApplyContext *context, PodWorks *works, Error *error)
{
	Texts names = { 0 };
	PodWorks stopping = { 0 };
	UnitJob *jobs = NULL;
	list_machines(works, wants_stop, context->arena, &names, &stopping);
	// Every unit has its own time: the Pod's grace period and a margin.
	if (names.count > 0 && !machine_stop_all(context->bus, &names, /* timeout_ms= */ 0,
						 context->arena, &jobs, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (job_result_is_good(jobs[i].result))
			continue;
		CLEANUP_ERROR failure = { 0 };
		error_set(&failure, ERROR_FAILED, "stop the old version: %s",
			  job_result_to_text(jobs[i].result));
		pod_work_fail(&stopping.items[i], &failure);
	}
	return true;
}

// --- what went wrong

// The helper's own words: it leaves them where the next start removes them (pkg/machine/boot.h).
static const char *boot_error(const ApplyContext *context, const char *machine)
{
	CLEANUP_ERROR ignored = { 0 }; // without the file systemd's word must do
	const char *text = NULL;
	const char *path = path_join(context->arena,
				     machine_run_directory(context->host, machine, context->arena),
				     MACHINE_BOOT_ERROR_NAME);
	return file_read(AT_FDCWD, path, 64 * 1024, context->arena, &text, NULL, &ignored) ? text
											   : NULL;
}

static bool fail_boot(const ApplyContext *context, const char *machine, const char *result,
		      Error *error)
{
	const char *words = boot_error(context, machine);
	if (words)
		return error_set(error, ERROR_FAILED, "start '%s': %s", machine, words);
	return error_set(error, ERROR_FAILED, "start '%s': %s; see journalctl -u sdme@%s.service",
			 machine, result, machine);
}

static bool fail_container(const ApplyContext *context, const char *machine,
			   const ContainerStatus *container, Error *error)
{
	CLEANUP_ERROR ignored = { 0 }; // the failure counts, with or without its log
	CLEANUP_BUFFER text = { 0 };
	Texts lines = { 0 };
	buffer_add(&text, container_status_explain(container, context->arena));
	if (logs_last_lines(machine_journal(context->host, machine, context->arena),
			    unit_app_name(context->arena, container->app->name), LAST_LINES,
			    context->arena, &lines, &ignored) &&
	    lines.count > 0) {
		buffer_add(&text, "; its last lines:");
		for (size_t i = 0; i < lines.count; i++)
			buffer_printf(&text, "\n    %s", lines.items[i]);
	}
	return error_set(error, ERROR_FAILED, "%s", buffer_text(&text));
}

// True when all is well so far.
static bool check_containers(const ApplyContext *context, const PodWork *work, MachineStatus status,
			     Error *error)
{
	const MachineInfo machine = { work->machine, work->record, status };
	PodStatus pod = { 0 };
	if (!pod_status_load(context->host, context->config, &machine, context->arena, &pod, error))
		return false;
	const ContainerStatus *failed = pod_status_find_failure(&pod);
	return !failed || fail_container(context, work->machine, failed, error);
}

// --- starting

static bool has_left_activating(const UnitState *state, void *context)
{
	(void)context; // the signature of UnitPredicate
	return state->active != UNIT_ACTIVATING;
}

// Waits for one machine whose start takes longer, looking at its containers now and then.
static bool wait_for(const ApplyContext *context, const PodWork *work, uint64_t deadline,
		     Error *error)
{
	const char *unit = unit_machine_name(context->arena, work->machine);
	for (;;) {
		UnitState state = { 0 };
		CLEANUP_ERROR late = { 0 };
		if (bus_wait_unit(context->bus, unit, has_left_activating, NULL, LOOK_INTERVAL_MS,
				  context->arena, &state, &late)) {
			if (state.active != UNIT_ACTIVE)
				return fail_boot(context, work->machine, state.result, error);
			return check_containers(context, work, MACHINE_RUNNING, error);
		}
		if (late.code != ERROR_TIMEOUT)
			return error_set(error, late.code, "%s", late.message);
		if (!check_containers(context, work, MACHINE_STARTING, error))
			return false;
		if (deadline > 0 && bus_deadline(1) > deadline)
			return error_set(error, ERROR_TIMEOUT,
					 "not all containers of '%s' are started yet; it goes on",
					 work->machine);
	}
}

static bool finish_start(const ApplyContext *context, const PodWork *work, const UnitJob *job,
			 uint64_t deadline, Error *error)
{
	if (job->result == JOB_UNFINISHED)
		return wait_for(context, work, deadline, error);
	if (job->result == JOB_REFUSED)
		return error_set(error, job->code, "start '%s': %s", work->machine, job->message);
	if (!job_result_is_good(job->result))
		return fail_boot(context, work->machine, job_result_to_text(job->result), error);
	return check_containers(context, work, MACHINE_RUNNING, error);
}

static bool enable(const ApplyContext *context, PodWork *work, Error *error)
{
	lock_release(&work->lock);
	return machine_set_enabled(context->host, context->bus, work->machine, true, error);
}

bool pods_start(const ApplyContext *context, PodWorks *works, Error *error)
{
	Texts names = { 0 };
	PodWorks starting = { 0 };
	UnitJob *jobs = NULL;
	const uint64_t deadline = bus_deadline(context->options->timeout_ms);
	list_machines(works, wants_start, context->arena, &names, &starting);
	if (names.count > 0 &&
	    !machine_start(context->bus, &names, LOOK_INTERVAL_MS, context->arena, &jobs, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (finish_start(context, &starting.items[i], &jobs[i], deadline, error))
			continue;
		if (error->code == ERROR_INTERRUPTED)
			return false;
		pod_work_fail(&starting.items[i], error);
	}
	for (size_t i = 0; context->options->is_enabled && i < works->count; i++) {
		PodWork *work = &works->items[i];
		if (!pod_work_has_failed(work) && !enable(context, work, error))
			return false;
	}
	return true;
}
