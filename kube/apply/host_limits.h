// kube/apply/host_limits.h - limits of a Pod that the kernel of this host cannot enforce.
#ifndef KUBE_APPLY_HOST_LIMITS_H
#define KUBE_APPLY_HOST_LIMITS_H

#include "kube/schema/types.h"
#include "pkg/base/report.h"
#include "pkg/sys/host.h"

// Adds one finding for each limit and request of the containers, and for the setting tasks_max, that will not hold,
// naming what the kernel lacks: warnings, or, with is_strict (the setting strict_limits), errors.
void host_limits_check(const Host *host, const PodSpec *spec, bool is_strict, Report *report);

#endif
