// isolate/boot/environment.h - an app's environment with the values of config maps and secrets filled in.
// Order and precedence are Kubernetes': the image's variables, then envFrom in order, then env in order; the last one
// of a name counts.
#ifndef ISOLATE_BOOT_ENVIRONMENT_H
#define ISOLATE_BOOT_ENVIRONMENT_H

#include "isolate/app/spec.h"
#include "isolate/plan/plan.h"
#include "pkg/sys/host.h"

// home: of the app's user in the image, for HOME when nobody sets it. Values of secrets are copied into `arena`.
// Fails with Kubernetes' words: `configmap "x" not found`, `couldn't find key k in ConfigMap default/x`.
MUST_CHECK bool boot_environment(const Host *host, const MachinePlan *plan, const PlanApp *app,
				 const char *home, Arena *arena, AppVariables *ret, Error *error);

#endif
