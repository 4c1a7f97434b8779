// isolate/machine/host_tree.h - a directory or file of the host as a mount for a machine, with all that is mounted below it.
#ifndef ISOLATE_MACHINE_HOST_TREE_H
#define ISOLATE_MACHINE_HOST_TREE_H

#include "pkg/base/error.h"
#include "pkg/sys/kernel/mount.h"

// What `fd` refers to, `path` of the host, as a tree (pkg/sys/kernel/mount.h). Fails with ERROR_UNSUPPORTED when one of its
// mounts cannot be id-mapped: the error names that, and its file system.
MUST_CHECK bool host_tree_clone(int fd, const char *path, MountOptions options, int *ret_tree,
				Error *error);

#endif
