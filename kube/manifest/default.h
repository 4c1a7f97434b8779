// kube/manifest/default.h - what Kubernetes fills in when a manifest leaves it out.
#ifndef KUBE_MANIFEST_DEFAULT_H
#define KUBE_MANIFEST_DEFAULT_H

#include "kube/schema/types.h"

// Fills in the object's defaults, as the API server does before it checks: the namespace, pull policies by tag, ports of
// hostNetwork Pods, requests from limits, modes, 30 seconds of grace; a volume without source becomes an emptyDir;
// stringData goes to data. Running it again changes nothing.
// Spec: pkg/apis/core/v1/defaults.go of v1.36.
void object_default(Object *object, Arena *arena);

#endif
