// kube/apply/work.h - one Pod on its way to a machine. Private to kube/apply/.
#ifndef KUBE_APPLY_WORK_H
#define KUBE_APPLY_WORK_H

#include "isolate/machine/create.h"
#include "kube/apply/apply.h"
#include "kube/compile/compile.h"

typedef struct PodWork {
	ApplyResult *result;
	const Object *object;
	MachineDraft draft; // what it is to become
	MachineStatus status;
	const char *json;    // the manifest
	const char *root_fs; // what it is to stand on
	bool is_full_boot;
	const char *hash; // of these three
	bool must_start;
	bool is_outdated; // an old version runs: it has to be stopped first
	bool has_ended;   // for good: it runs again only when somebody wants it
} PodWork;
VEC_DECLARE(PodWorks, pod_works, PodWork);

// Fails the Pod's result with the error, which is empty afterwards.
void pod_work_fail(PodWork *work, Error *error);
bool pod_work_has_failed(const PodWork *work);

// image.c. What the containers' images are, got by their policies, or only looked for. Of the init containers, then
// of the containers; all at once.
MUST_CHECK bool pod_images_get(const ApplyContext *context, const PodSpec *spec, bool may_pull,
			       Report *notes, CompileImage **ret, Error *error);
// Whether a name means another image than the plan has: asked of the registry where the policy is Always, in which case
// it is here afterwards; else as the store says. One that is not here any more has not moved.
MUST_CHECK bool pod_images_have_moved(const ApplyContext *context, const PodSpec *spec,
				      const MachinePlan *plan, bool *ret, Error *error);

// plan.c. Tells of limits that this host cannot enforce, each time; fails with the setting strict_limits.
MUST_CHECK bool pod_check_limits(const ApplyContext *context, const Pod *pod, Report *notes,
				 Error *error);
// The plan of a Pod from images in the store; slot and id are none.
MUST_CHECK bool pod_dry_run(const ApplyContext *context, const Pod *pod, Report *notes,
			    MachinePlan *ret, Error *error);
// The plan of the draft, whose slot and id are known: gets the images, compiles, and looks for all that a start will need.
MUST_CHECK bool pod_plan(const ApplyContext *context, PodWork *work, Report *notes, Error *error);

// again.c. A Pod as it was applied last.
MUST_CHECK bool pod_load_applied(const Host *host, const char *machine, Arena *arena, Object *ret,
				 Error *error);
// Whether a hostPath of the Pod leads elsewhere than the plan has it, by a link that was changed.
MUST_CHECK bool pod_paths_have_moved(const ApplyContext *context, const PodSpec *spec,
				     const MachinePlan *plan, bool *ret, Error *error);

// incarnation.c. Counts the draft's plan as that of another Pod when its manifest is changed beyond labels, annotations and
// images, as far as the machine can see that: what Kubernetes does to a Pod only by deleting it.
MUST_CHECK bool pod_count_incarnation(const ApplyContext *context, PodWork *work, Error *error);

// prepare.c. Compares, plans, writes the generation; nothing that runs changes.
MUST_CHECK bool pod_prepare(const ApplyContext *context, PodWork *work, Report *notes,
			    Error *error);
// The same for a Pod as it was applied last, which is read now that it is locked.
MUST_CHECK bool pod_prepare_again(const ApplyContext *context, PodWork *work, Report *notes,
				  Error *error);
// Makes the prepared generation current and saves the record.
MUST_CHECK bool pod_switch(const ApplyContext *context, PodWork *work, Error *error);

// start.c. Starts all that must, waits, and fails those whose containers do not run.
MUST_CHECK bool pods_start(const ApplyContext *context, PodWorks *works, Error *error);

#endif
