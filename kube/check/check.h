// kube/check/check.h - is an object what Kubernetes would accept?
// Every rule speaks in Kubernetes' words, and none stops at the first fault. Where Kubernetes finds out only when the
// container starts (a bad image name, a user 0 that must not be, an unknown capability), the check tells it now.
// Spec: pkg/apis/core/validation/validation.go and pkg/api/pod/warnings.go.
#ifndef KUBE_CHECK_CHECK_H
#define KUBE_CHECK_CHECK_H

#include "kube/schema/types.h"
#include "pkg/base/report.h"

// Errors and warnings of one object, with defaults filled in.
void object_check(const Object *object, Report *report);

// Faults between the objects of one input: two of the same kind and name, two Pods with the same port of the host,
// references to keys that a ConfigMap or Secret of the input lacks.
void objects_check(const Objects *objects, Report *report);

#endif
