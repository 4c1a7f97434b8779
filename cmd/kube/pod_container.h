// cmd/kube/pod_container.h - the Pod and the container that a command is about, found as kubectl finds them.
#ifndef CMD_KUBE_POD_CONTAINER_H
#define CMD_KUBE_POD_CONTAINER_H

#include "isolate/plan/plan.h"
#include "pkg/cli/command.h"

typedef struct PodTarget {
	const char *pod;     // as its manifest calls it
	const char *machine; // its name
	MachinePlan plan;
} PodTarget;

// The Pod that `word` names: NAME or pod/NAME. Fails with ERROR_NOT_FOUND, `pods "web" not found`.
MUST_CHECK bool pod_target_load(const CommandContext *context, const char *word, PodTarget *ret,
				Error *error);
// The container `name`; when it is NULL or "", the one of the annotation kubectl.kubernetes.io/default-container, or else
// the first, and the user is told which one.
MUST_CHECK bool pod_target_choose(const CommandContext *context, const PodTarget *target,
				  const char *name, const PlanApp **ret_app, Error *error);

#endif
