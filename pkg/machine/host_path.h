// pkg/machine/host_path.h - hostPath volumes: a path of the host and what must be there (PlanPathType).
#ifndef PKG_MACHINE_HOST_PATH_H
#define PKG_MACHINE_HOST_PATH_H

#include "pkg/base/error.h"
#include "pkg/machine/plan.h"

// Opens the path with O_PATH after making it when its type says so. The type is checked on what was opened, so that
// nothing can change in between. Fails with the kubelet's words: "hostPath type check failed: /x is not a directory".
MUST_CHECK bool host_path_open(const PlanVolume *volume, int *ret_fd, Error *error);
// Fails as host_path_open() would now; makes nothing.
MUST_CHECK bool host_path_check(const PlanVolume *volume, Error *error);

#endif
