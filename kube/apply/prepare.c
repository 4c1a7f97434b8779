#include "kube/apply/work.h"

#include "isolate/machine/ending.h"
#include "isolate/machine/reference.h"
#include "kube/apply/host_limits.h"
#include "kube/compile/compile.h"
#include "kube/manifest/print.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/lock.h"
#include "store/rootfs/rootfs.h"

// --- compilation

static uint64_t memory_of_host(void)
{
	const long pages = sysconf(_SC_PHYS_PAGES);
	const long page_bytes = sysconf(_SC_PAGE_SIZE);
	return pages > 0 && page_bytes > 0 ? (uint64_t)pages * (uint64_t)page_bytes : 0;
}

// Errors are this Pod's, all else goes to the notes.
static bool take_findings(Report *report, Report *notes, Error *error)
{
	for (size_t i = 0; i < report->findings.count; i++) {
		const Finding *finding = &report->findings.items[i];
		if (finding->severity != SEVERITY_ERROR)
			report_add(notes, finding->severity, finding->where, finding->field, "%s",
				   finding->message);
	}
	return report_finish(report, error);
}

bool pod_check_limits(const ApplyContext *context, const Pod *pod, Report *notes, Error *error)
{
	Report report;
	report_init(&report, context->arena);
	host_limits_check(context->host, &pod->spec, context->config->strict_limits, &report);
	return take_findings(&report, notes, error);
}

// input: all but images and memory.
static bool compile(const ApplyContext *context, CompileInput *input, bool may_pull, Report *notes,
		    MachinePlan *ret, Error *error)
{
	Report report;
	CompileImage *images = NULL;
	if (!pod_images_get(context, &input->pod->spec, may_pull, notes, &images, error))
		return false;
	input->images = images;
	input->memory_bytes = memory_of_host();
	report_init(&report, context->arena);
	compile_pod(input, context->arena, &report, ret);
	return take_findings(&report, notes, error);
}

// --- what the plan refers to must be there before an old version is stopped

// A path that was meant to be there is easily misspelt.
static void note_new_path(const HostPathSource *source, const char *path, size_t index,
			  Report *notes)
{
	report_add(notes, SEVERITY_NOTE, origin_of(&source->origin, "path"),
		   arena_printf(notes->arena, "spec.volumes[%zu].hostPath.path", index),
		   "%s is not there: it is created as an empty directory when the Pod starts, "
		   "as by Kubernetes' runtimes; a type says what must be there",
		   path);
}

// The volumes of the plan are those of the Pod, in their order.
static bool check_references(const ApplyContext *context, const MachinePlan *plan,
			     const Volumes *volumes, Report *notes, Error *error)
{
	if (!reference_check_environments(context->host, plan, context->arena, error))
		return false;
	for (size_t i = 0; i < plan->volumes.count; i++) {
		const PlanVolume *planned = &plan->volumes.items[i];
		bool is_made = false;
		if (!reference_check_volume(context->host, planned, context->arena, &is_made,
					    error))
			return false;
		if (is_made && planned->path_type == PLAN_PATH_ANY)
			note_new_path(volumes->items[i].host_path, planned->path, i, notes);
	}
	return true;
}

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

static void decide_start(const ApplyContext *context, PodWork *work)
{
	const ApplyOptions *options = context->options;
	work->is_outdated =
		is_up(work) && (options->must_restart ||
				!draft_is_running(context->host, &work->draft, context->arena));
	work->must_start = options->must_start && (work->is_outdated || !is_up(work));
}

static bool identify(const ApplyContext *context, MachineDraft *draft, Error *error)
{
	if (!draft_identify(draft, MACHINE_KIND_POD, context->arena, error))
		return false;
	pairs_set(context->arena, &draft->record, MACHINE_KEY_POD_UID,
		  draft_uid(draft, context->arena));
	return true;
}

static bool compile_draft(const ApplyContext *context, PodWork *work, Report *notes, Error *error)
{
	CompileInput input = { .pod = work->object->pod,
			       .machine_id = draft_id(&work->draft),
			       .slot = work->draft.slot,
			       .root_fs = work->root_fs,
			       .is_full_boot = work->is_full_boot };
	return compile(context, &input, /* may_pull= */ true, notes, &work->draft.plan, error);
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
	    !compile_draft(context, work, notes, error) ||
	    !check_references(context, &draft->plan, &work->object->pod->spec.volumes, notes,
			      error) ||
	    !draft_check_ports(context->host, context->config, draft, context->arena, error) ||
	    !write_draft(context, work, error))
		return false;

	decide_start(context, work);
	work->result->change = draft->is_new ? APPLY_CREATED : APPLY_CONFIGURED;
	return true;
}

// A Pod that has ended for good is as declared: it has run, and nothing is asked for it. Unless somebody wants another run.
static bool has_ended(const ApplyContext *context, const PodWork *work, bool *ret, Error *error)
{
	Ending ending = ENDING_NONE;
	if (!context->options->is_again &&
	    !ending_load(context->host, work->draft.name, is_up(work), context->arena, &ending,
			 error))
		return false;
	*ret = ending != ENDING_NONE;
	return true;
}

// What the manifest says is as it was; what its images are need not be.
static bool prepare_unchanged(const ApplyContext *context, PodWork *work, Report *notes,
			      Error *error)
{
	bool is_over = false, have_moved = false;
	if (!generation_load_current(context->host, work->draft.name, context->arena, NULL,
				     &work->draft.plan, error) ||
	    !machine_write_drop_in(context->host, context->bus, context->config, &work->draft.plan,
				   error) ||
	    !has_ended(context, work, &is_over, error) ||
	    (!is_over && !pod_images_have_moved(context, &work->object->pod->spec,
						&work->draft.plan, &have_moved, error)))
		return false;
	if (have_moved)
		return prepare_changed(context, work, notes, error);
	decide_start(context, work);
	work->must_start = work->must_start && (!is_over || is_up(work));
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
	return !work->draft.is_new && text_equal(before, work->hash)
		       ? prepare_unchanged(context, work, notes, error)
		       : prepare_changed(context, work, notes, error);
}

bool pod_prepare_again(const ApplyContext *context, PodWork *work, Report *notes, Error *error)
{
	MachinePlan plan = { 0 };
	Object *object = ARENA_NEW(context->arena, Object);
	if (work->draft.is_new)
		return error_set(error, ERROR_NOT_FOUND, "pods \"%s\" not found",
				 work->object->metadata->name);
	if (!generation_load_current(context->host, work->draft.name, context->arena, NULL, &plan,
				     error) ||
	    !kube_load_applied(context->host, work->draft.name, context->arena, object, error))
		return false;
	work->object = object;
	work->json = print_pod(context, work->object);
	work->root_fs = plan.root_fs;
	work->is_full_boot = plan.is_full_boot;
	work->hash = pairs_get_or(&work->draft.record, MACHINE_KEY_POD_HASH, "");
	return prepare_unchanged(context, work, notes, error);
}

bool pod_dry_run(const ApplyContext *context, const Pod *pod, Report *notes, MachinePlan *ret,
		 Error *error)
{
	CompileInput input = { .pod = pod,
			       .machine_id = "00000000000000000000000000000000",
			       .root_fs = context->options->root_fs,
			       .is_full_boot = context->options->is_full_boot };
	return compile(context, &input, /* may_pull= */ false, notes, ret, error);
}

bool pod_switch(const ApplyContext *context, PodWork *work, Error *error)
{
	pairs_set(context->arena, &work->draft.record, MACHINE_KEY_POD_HASH, work->hash);
	return draft_switch(context->host, context->bus, context->config, &work->draft,
			    context->arena, error);
}
