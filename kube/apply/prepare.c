// What is to become of a Pod: nothing, a start, or a new generation.
#include "kube/apply/work.h"

#include "isolate/machine/ending.h"
#include "kube/manifest/print.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/lock.h"
#include "store/rootfs/rootfs.h"

static bool check_root_fs(const ApplyContext *context, const PodWork *work, Error *error)
{
	CLEANUP_FD root = -1;
	return text_is_empty(work->root_fs) ||
	       rootfs_open(context->host, work->root_fs, &root, error);
}

static const char *print_pod(const ApplyContext *context, const Object *object)
{
	CLEANUP_BUFFER json = { 0 };
	object_print_json(object, /* is_pretty= */ false, /* is_redacted= */ false, &json);
	return buffer_take(&json, context->arena);
}

static const char *hash_of(const ApplyContext *context, const PodWork *work)
{
	const char *whole = arena_printf(context->arena, "%s\n%s\n%d", work->json, work->root_fs,
					 work->is_full_boot);
	return digest_of_bytes(whole, strlen(whole), context->arena);
}

static bool is_up(const PodWork *work)
{
	return work->status == MACHINE_RUNNING || work->status == MACHINE_STARTING;
}

// What runs has to make way for another version, and for another run that somebody wants.
static bool is_outdated(const ApplyContext *context, const PodWork *work)
{
	const ApplyOptions *options = context->options;
	return options->must_restart || (options->is_again && work->has_ended) ||
	       !draft_is_running(context->host, &work->draft, context->arena);
}

// A Pod that has ended for good is as declared: it has run, and nothing is asked for it. Unless somebody wants another run.
static bool is_left_alone(const ApplyContext *context, const PodWork *work)
{
	return work->has_ended && !context->options->is_again;
}

static void decide_start(const ApplyContext *context, PodWork *work)
{
	work->is_outdated = is_up(work) && is_outdated(context, work);
	work->must_start = context->options->must_start &&
			   (work->is_outdated || (!is_up(work) && !is_left_alone(context, work)));
}

static bool identify(const ApplyContext *context, MachineDraft *draft, Error *error)
{
	if (!draft_identify(draft, MACHINE_KIND_POD, context->arena, error))
		return false;
	pairs_set(context->arena, &draft->record, MACHINE_KEY_POD_UID,
		  draft_uid(draft, context->arena));
	return true;
}

static bool write_draft(const ApplyContext *context, PodWork *work, Error *error)
{
	const GenerationFile pod = { GENERATION_POD_NAME, work->json, strlen(work->json) };
	return draft_write(context->host, &work->draft, &pod, context->arena, error);
}

static bool prepare_changed(const ApplyContext *context, PodWork *work, Report *notes, Error *error)
{
	// No image goes between its pull and the plan on disk that keeps it.
	CLEANUP_LOCK images = LOCK_NONE;
	MachineDraft *draft = &work->draft;
	if (!check_root_fs(context, work, error) || !identify(context, draft, error) ||
	    !draft_take_slot(context->host, context->config, draft, context->arena, error) ||
	    !image_lock_shared(context->host, &images, error) ||
	    !pod_plan(context, work, notes, error) ||
	    !pod_count_incarnation(context, work, error) || !write_draft(context, work, error))
		return false;

	decide_start(context, work);
	work->result->change = draft->is_new ? APPLY_CREATED : APPLY_CONFIGURED;
	return true;
}

static bool learn_ending(const ApplyContext *context, PodWork *work, Error *error)
{
	Ending ending = ENDING_NONE;
	if (!ending_load(context->host, work->draft.name, is_up(work), context->arena, &ending,
			 error))
		return false;
	work->has_ended = ending != ENDING_NONE;
	return true;
}

// What the names in it stand for: images, and paths of the host. The latter are looked at when somebody says what the Pod
// is to be, and not when it is only to run again.
static bool has_moved(const ApplyContext *context, const PodWork *work, bool *ret, Error *error)
{
	const PodSpec *spec = &work->object->pod->spec;
	const MachinePlan *plan = &work->draft.plan;
	if (!context->options->is_again && !pod_paths_have_moved(context, spec, plan, ret, error))
		return false;
	return *ret || pod_images_have_moved(context, spec, plan, ret, error);
}

// What the manifest says is as it was; what that stands for need not be.
static bool prepare_unchanged(const ApplyContext *context, PodWork *work, Report *notes,
			      Error *error)
{
	bool is_other = false;
	if (!generation_load_current(context->host, work->draft.name, context->arena, NULL,
				     &work->draft.plan, error) ||
	    !machine_write_drop_in(context->host, context->config, &work->draft.plan, error) ||
	    (!is_left_alone(context, work) && !has_moved(context, work, &is_other, error)))
		return false;
	if (is_other)
		return prepare_changed(context, work, notes, error);
	decide_start(context, work);
	work->result->change = work->must_start ? APPLY_STARTED : APPLY_UNCHANGED;
	return true;
}

bool pod_prepare(const ApplyContext *context, PodWork *work, Report *notes, Error *error)
{
	if (!pod_check_limits(context, work->object->pod, notes, error))
		return false;
	work->json = print_pod(context, work->object);
	work->root_fs = context->options->root_fs;
	work->is_full_boot = context->options->is_full_boot;
	work->hash = hash_of(context, work);
	const char *before = pairs_get_or(&work->draft.record, MACHINE_KEY_POD_HASH, "");
	if (work->draft.is_new || !text_equal(before, work->hash))
		return prepare_changed(context, work, notes, error);
	return learn_ending(context, work, error) && prepare_unchanged(context, work, notes, error);
}

// Nothing is done to what runs, unless it is to run anew; a start that is under way is waited for.
static bool may_run_on(const ApplyContext *context, PodWork *work)
{
	if (!is_up(work) || work->has_ended || context->options->must_restart)
		return false;
	work->must_start = work->status == MACHINE_STARTING;
	work->result->change = APPLY_UNCHANGED;
	return true;
}

bool pod_prepare_again(const ApplyContext *context, PodWork *work, Report *notes, Error *error)
{
	MachinePlan plan = { 0 };
	Object *object = ARENA_NEW(context->arena, Object);
	if (work->draft.is_new)
		return error_set(error, ERROR_NOT_FOUND, "pods \"%s\" not found",
				 work->object->metadata->name);
	if (!learn_ending(context, work, error))
		return false;
	if (may_run_on(context, work))
		return true;
	if (!generation_load_current(context->host, work->draft.name, context->arena, NULL, &plan,
				     error) ||
	    !pod_load_applied(context->host, work->draft.name, context->arena, object, error))
		return false;
	work->object = object;
	work->json = print_pod(context, work->object);
	work->root_fs = plan.root_fs;
	work->is_full_boot = plan.is_full_boot;
	work->hash = pairs_get_or(&work->draft.record, MACHINE_KEY_POD_HASH, "");
	return prepare_unchanged(context, work, notes, error);
}

bool pod_switch(const ApplyContext *context, PodWork *work, Error *error)
{
	pairs_set(context->arena, &work->draft.record, MACHINE_KEY_POD_HASH, work->hash);
	return draft_switch(context->host, context->config, &work->draft, context->arena, error);
}
