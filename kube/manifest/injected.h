// kube/manifest/injected.h - what a cluster adds to every Pod and what has no meaning outside of it.
#ifndef KUBE_MANIFEST_INJECTED_H
#define KUBE_MANIFEST_INJECTED_H

#include "pkg/base/report.h"
#include "pkg/sys/text/yaml.h"

// The Pod without the volumes kube-api-access-… and their mounts, which the API server adds for the token of the service
// account; a note names each. The node itself when there are none.
const YamlNode *pod_without_injected(const YamlNode *pod, Report *report);

#endif
