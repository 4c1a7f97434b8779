// isolate/machine/host_path.h - hostPath volumes: a path of the host and what must be there (PlanPathType).
#ifndef ISOLATE_MACHINE_HOST_PATH_H
#define ISOLATE_MACHINE_HOST_PATH_H

#include "isolate/plan/plan.h"
#include "pkg/base/error.h"

// Opens the path with O_PATH after making what is missing: a file or a directory as its type says, and a directory when it has
// no type. It is settled (isolate/machine/host_link.h), and a link that is in it now is an error; below /dev links are
// followed, but not to directories. The type is checked on what was opened, so that nothing can change in between. Fails with
// the kubelet's words: "hostPath type check failed: /x is not a directory".
MUST_CHECK bool host_path_open(const PlanVolume *volume, int *ret_fd, Error *error);
// Fails as host_path_open() would now; makes nothing. ret_is_made: that would make it.
MUST_CHECK bool host_path_check(const PlanVolume *volume, bool *ret_is_made, Error *error);

#endif
