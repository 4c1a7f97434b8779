#include "kube/apply/apply.h"

#include "isolate/machine/network.h"
#include "isolate/machine/owner.h"
#include "isolate/plan/unit.h"
#include "kube/apply/work.h"
#include "kube/compile/compile.h"
#include "kube/kind/actions.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"
#include "store/rootfs/rootfs.h"

#include <stdlib.h>

static const char *const change_words[APPLY_CHANGE_COUNT] = {
	[APPLY_UNCHANGED] = "unchanged",   [APPLY_CREATED] = "created",
	[APPLY_CONFIGURED] = "configured", [APPLY_STARTED] = "started",
	[APPLY_FAILED] = "failed",
};

const char *apply_change_to_text(ApplyChange change)
{
	return change_words[change];
}

void apply_results_clear(ApplyResults *results)
{
	for (size_t i = 0; i < results->count; i++)
		error_clear(&results->items[i].error);
	results->count = 0;
}

static void result_fail(ApplyResult *result, Error *error)
{
	result->change = APPLY_FAILED;
	error_clear(&result->error);
	result->error = *error;
	*error = (Error){ 0 };
}

void pod_work_fail(PodWork *work, Error *error)
{
	result_fail(work->result, error);
}

bool pod_work_has_failed(const PodWork *work)
{
	return work->result->change == APPLY_FAILED;
}

// Whether the caller goes on with the next object after this failure.
static bool is_fatal(const Error *error)
{
	return error->code == ERROR_INTERRUPTED;
}

// --- everything but Pods

static ApplyChange change_of(StoreChange change)
{
	switch (change) {
	case STORE_UNCHANGED:
		return APPLY_UNCHANGED;
	case STORE_CREATED:
		return APPLY_CREATED;
	case STORE_CONFIGURED:
		break;
	}
	return APPLY_CONFIGURED;
}

static bool is_machine(const Object *object)
{
	return !kinds[object->kind].actions->apply;
}

static bool apply_object(const ApplyContext *context, ApplyResult *result, Error *error)
{
	const KindContext kind_context = {
		.host = context->host,
		.config = context->config,
		.bus = context->bus,
		.arena = context->arena,
	};
	const KindActions *actions = kinds[result->object->kind].actions;
	const PutMode mode = context->options->must_not_exist ? PUT_CREATE : PUT_REPLACE;
	StoreChange change = STORE_UNCHANGED;
	if (!actions->apply(&kind_context, result->object, mode, &change, error))
		return false;
	result->change = change_of(change);
	return true;
}

static bool apply_objects(const ApplyContext *context, ApplyResults *results, Error *error)
{
	for (size_t i = 0; i < results->count; i++) {
		ApplyResult *result = &results->items[i];
		if (is_machine(result->object))
			continue;
		if (!interrupt_check(error))
			return false;
		if (apply_object(context, result, error))
			continue;
		if (is_fatal(error))
			return false;
		result_fail(result, error);
	}
	return true;
}

// --- Pods

static int compare_machines(const void *left, const void *right)
{
	return strcmp(((const PodWork *)left)->draft.name, ((const PodWork *)right)->draft.name);
}

// Sorted by name: the order in which locks are taken.
static void list_pods(const ApplyContext *context, ApplyResults *results, PodWorks *works)
{
	for (size_t i = 0; i < results->count; i++) {
		ApplyResult *result = &results->items[i];
		if (!is_machine(result->object))
			continue;
		PodWork *work = pod_works_push(context->arena, works);
		work->result = result;
		work->object = result->object;
		work->draft.name =
			compile_machine_name(result->object->metadata->name, context->arena);
		work->draft.lock.fd = -1;
	}
	if (works->count > 1)
		qsort(works->items, works->count, sizeof(PodWork), compare_machines);
}

// What failed or was interrupted leaves nothing half-made. The failure that led here is the one to tell about; what
// cannot be taken back now is collected by a later call.
static void abandon_pods(const ApplyContext *context, PodWorks *works)
{
	for (size_t i = 0; i < works->count; i++) {
		CLEANUP_ERROR left_behind = { 0 };
		if (!draft_abandon(context->host, &works->items[i].draft, &left_behind))
			continue;
	}
}

static void release_pods(PodWorks *works)
{
	for (size_t i = 0; i < works->count; i++)
		lock_release(&works->items[i].draft.lock);
}

static bool check_pod(const ApplyContext *context, const UnitRows *rows, PodWork *work,
		      Error *error)
{
	work->status = machine_status_in(context->host, rows, work->draft.name, context->arena);
	if (!work->draft.is_new && machine_kind(&work->draft.record) != MACHINE_KIND_POD)
		return error_set(error, ERROR_EXISTS, "a machine '%s' exists that is no Pod",
				 work->draft.name);
	if (!work->draft.is_new && context->options->must_not_exist)
		return error_set(error, ERROR_EXISTS, "pods \"%s\" already exists",
				 work->object->metadata->name);
	return true;
}

static bool is_twin_of_previous(const PodWorks *works, size_t index)
{
	return index > 0 &&
	       text_equal(works->items[index].draft.name, works->items[index - 1].draft.name);
}

static bool lock_pod(const ApplyContext *context, PodWorks *works, size_t index, Error *error)
{
	PodWork *work = &works->items[index];
	if (is_twin_of_previous(works, index))
		return error_set(error, ERROR_INVALID, "pod \"%s\" is given twice",
				 work->object->metadata->name);
	return draft_open(context->host, context->arena, &work->draft, error);
}

// Where machines of another data directory are, none of ours can be made.
static void refuse_beside_rivals(const ApplyContext *context, PodWorks *works)
{
	CLEANUP_ERROR refusal = { 0 };
	if (works->count == 0 || machine_check_rivals(context->host, context->bus, &refusal))
		return;
	for (size_t i = 0; i < works->count; i++) {
		Error error = { 0 };
		error_set(&error, refusal.code, "%s", refusal.message);
		pod_work_fail(&works->items[i], &error);
	}
}

static bool lock_pods(const ApplyContext *context, PodWorks *works, Error *error)
{
	for (size_t i = 0; i < works->count; i++) {
		if (pod_work_has_failed(&works->items[i]) || lock_pod(context, works, i, error))
			continue;
		if (is_fatal(error))
			return false;
		pod_work_fail(&works->items[i], error);
	}
	return true;
}

static bool prepare_pod(const ApplyContext *context, PodWork *work, Report *notes, Error *error)
{
	return context->options->is_again ? pod_prepare_again(context, work, notes, error)
					  : pod_prepare(context, work, notes, error);
}

// A failure is that Pod's own. What runs is asked with the locks held: another command may have ended meanwhile.
static bool prepare_pods(const ApplyContext *context, PodWorks *works, Report *notes, Error *error)
{
	UnitRows rows = { 0 };
	if (!bus_list_units(context->bus, "sdme@*.service", context->arena, &rows, error))
		return false;
	for (size_t i = 0; i < works->count; i++) {
		PodWork *work = &works->items[i];
		if (!interrupt_check(error))
			return false;
		if (pod_work_has_failed(work) || (check_pod(context, &rows, work, error) &&
						  prepare_pod(context, work, notes, error)))
			continue;
		if (is_fatal(error))
			return false;
		pod_work_fail(work, error);
	}
	return true;
}

static bool switch_pods(const ApplyContext *context, PodWorks *works, Error *error)
{
	for (size_t i = 0; i < works->count; i++) {
		PodWork *work = &works->items[i];
		if (pod_work_has_failed(work) || !work->draft.generation)
			continue;
		if (pod_switch(context, work, error))
			continue;
		if (is_fatal(error))
			return false;
		pod_work_fail(work, error);
	}
	return true;
}

// Nobody removes or replaces the base before the records of its machines say that they stand on it. A base that cannot be
// had is each Pod's failure.
static bool lock_root_fs(const ApplyContext *context, Lock *ret_lock, Error *error)
{
	CLEANUP_FD root = -1;
	const char *name = context->options->root_fs;
	if (text_is_empty(name) || rootfs_open_locked(context->host, name, ret_lock, &root, error))
		return true;
	if (error->code == ERROR_BUSY || is_fatal(error))
		return false;
	error_clear(error);
	return true;
}

// Also for Pods that run on unchanged: somebody may have flushed the rules that they need.
static bool restore_network(const ApplyContext *context, const PodWorks *works, Error *error)
{
	return works->count == 0 || machine_network_restore(context->host, context->config, error);
}

static bool apply_pods(const ApplyContext *context, ApplyResults *results, Report *notes,
		       Error *error)
{
	CLEANUP_LOCK root_fs = LOCK_NONE;
	CLEANUP(release_pods) PodWorks works = { 0 };
	list_pods(context, results, &works);
	refuse_beside_rivals(context, &works);
	const bool is_switched = works.count == 0 || (lock_root_fs(context, &root_fs, error) &&
						      lock_pods(context, &works, error) &&
						      prepare_pods(context, &works, notes, error) &&
						      switch_pods(context, &works, error));
	abandon_pods(context, &works);
	return is_switched && restore_network(context, &works, error) &&
	       pods_start(context, &works, error);
}

bool kube_apply(const ApplyContext *context, const Objects *objects, Report *notes,
		ApplyResults *ret_results, Error *error)
{
	for (size_t i = 0; i < objects->count; i++)
		apply_results_push(context->arena, ret_results)->object = &objects->items[i];
	return apply_objects(context, ret_results, error) &&
	       apply_pods(context, ret_results, notes, error);
}

bool kube_plan(const ApplyContext *context, const Pod *pod, Report *notes, Buffer *json,
	       Error *error)
{
	MachinePlan plan = { 0 };
	if (!pod_check_limits(context, pod, notes, error) ||
	    !pod_dry_run(context, pod, notes, &plan, error))
		return false;
	plan_print(&plan, json);
	return true;
}
