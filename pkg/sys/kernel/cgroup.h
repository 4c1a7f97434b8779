// pkg/sys/kernel/cgroup.h - what the control groups of this host can do.
// systemd takes every limit that it is given; one whose controller the kernel does not have it drops without a word.
// Spec: https://docs.kernel.org/admin-guide/cgroup-v2.html
#ifndef PKG_SYS_KERNEL_CGROUP_H
#define PKG_SYS_KERNEL_CGROUP_H

#include "pkg/base/arena.h"

// NULL when groups below `root`, where the hierarchy is mounted, can have `file` of `controller` ("memory", "memory.max");
// else what is missing: "memory controller", or the name of the file. In the arena.
const char *cgroup_missing(const char *root, const char *controller, const char *file,
			   Arena *arena);

#endif
