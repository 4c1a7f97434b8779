// The plan of a Pod, with all that a start will need looked for.
#include "kube/apply/work.h"

#include "isolate/machine/host_link.h"
#include "isolate/machine/reference.h"
#include "kube/apply/host_limits.h"
#include "kube/compile/compile.h"

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

bool pod_dry_run(const ApplyContext *context, const Pod *pod, Report *notes, MachinePlan *ret,
		 Error *error)
{
	CompileInput input = { .pod = pod,
			       .machine_id = "00000000000000000000000000000000",
			       .root_fs = context->options->root_fs,
			       .is_full_boot = context->options->is_full_boot };
	return compile(context, &input, /* may_pull= */ false, notes, ret, error);
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
		if (!reference_check_volume(context->host, plan, planned, context->arena, &is_made,
					    error))
			return false;
		if (is_made && planned->path_type == PLAN_PATH_ANY)
			note_new_path(volumes->items[i].host_path, planned->path, i, notes);
	}
	return true;
}

// Where the paths of the Pod's volumes lead now: the volumes of the plan are those of the Pod, in their order.
bool pod_paths_have_moved(const ApplyContext *context, const PodSpec *spec, const MachinePlan *plan,
			  bool *ret, Error *error)
{
	MachinePlan now = *plan;
	now.volumes = (PlanVolumes){ 0 };
	for (size_t i = 0; i < plan->volumes.count; i++) {
		const HostPathSource *source = spec->volumes.items[i].host_path;
		PlanVolume *volume = plan_volumes_push(context->arena, &now.volumes);
		*volume = plan->volumes.items[i];
		volume->path = source ? source->path : volume->path;
	}
	if (!host_links_settle(context->host, &now, context->arena, error))
		return false;
	*ret = false;
	for (size_t i = 0; i < plan->volumes.count; i++)
		*ret = *ret ||
		       !text_equal_or_null(now.volumes.items[i].path, plan->volumes.items[i].path);
	return true;
}

bool pod_plan(const ApplyContext *context, PodWork *work, Report *notes, Error *error)
{
	return compile_draft(context, work, notes, error) &&
	       host_links_settle(context->host, &work->draft.plan, context->arena, error) &&
	       check_references(context, &work->draft.plan, &work->object->pod->spec.volumes, notes,
				error) &&
	       draft_check_ports(context->host, context->config, &work->draft, context->arena,
				 error);
}
