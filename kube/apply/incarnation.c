// Whether a changed manifest makes another Pod, whose emptyDirs are empty, of the one that is there.
#include "kube/apply/work.h"

#include "kube/manifest/print.h"

#include <time.h>

static Containers without_images(const Containers *containers, Arena *arena)
{
	Containers plain = { 0 };
	for (size_t i = 0; i < containers->count; i++) {
		Container *container = containers_push(arena, &plain);
		*container = containers->items[i];
		container->image = NULL;
		container->image_pull_policy =
			PULL_POLICY_UNSET; // the default follows from the image
	}
	return plain;
}

// What of a Pod stays for as long as it exists.
static const char *print_constant(const Object *object, Arena *arena)
{
	CLEANUP_BUFFER json = { 0 };
	Pod pod = *object->pod;
	Object constant = *object;
	pod.metadata.labels = (Pairs){ 0 };
	pod.metadata.annotations = (Pairs){ 0 };
	pod.spec.containers = without_images(&object->pod->spec.containers, arena);
	pod.spec.init_containers = without_images(&object->pod->spec.init_containers, arena);
	constant.pod = &pod;
	constant.metadata = &pod.metadata;
	object_print_json(&constant, /* is_pretty= */ false, /* is_redacted= */ false, &json);
	return buffer_take(&json, arena);
}

// A manifest that cannot be read any more is another one.
static bool is_same_pod(const ApplyContext *context, const PodWork *work)
{
	CLEANUP_ERROR ignored = { 0 };
	Object before = { 0 };
	return pod_load_applied(context->host, work->draft.name, context->arena, &before,
				&ignored) &&
	       text_equal(print_constant(&before, context->arena),
			  print_constant(work->object, context->arena));
}

static bool is_same_plan(const MachinePlan *left, const MachinePlan *right)
{
	CLEANUP_BUFFER one = { 0 };
	CLEANUP_BUFFER other = { 0 };
	plan_print(left, &one);
	plan_print(right, &other);
	return text_equal(buffer_text(&one), buffer_text(&other));
}

bool pod_count_incarnation(const ApplyContext *context, PodWork *work, Error *error)
{
	MachinePlan before = { 0 };
	MachinePlan *plan = &work->draft.plan;
	if (work->draft.is_new)
		return true;
	if (!generation_load_current(context->host, work->draft.name, context->arena, NULL, &before,
				     error)) {
		// The count is lost with a plan that is damaged. No Pod has become another one this often.
		if (error->code != ERROR_NOT_FOUND)
			plan->incarnation = (uint32_t)time(NULL);
		error_clear(error);
		return true;
	}
	plan->incarnation = before.incarnation;
	if (!is_same_plan(&before, plan) && !is_same_pod(context, work))
		plan->incarnation++;
	return true;
}
