// store/rootfs/rootfs.h - root file systems that were imported (store/rootfs/import.h): bases for machines and pods.
// fs/NAME/ is the tree itself. It is staged under a hidden name and appears by one rename; it is read-only to the
// machines that stand on it.
#ifndef STORE_ROOTFS_ROOTFS_H
#define STORE_ROOTFS_ROOTFS_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/sys/host.h"
#include "store/state/lock.h"

typedef struct Rootfs {
	const char *name;
	const char *os;   // PRETTY_NAME of its os-release; "unknown" without one
	const char *path; // absolute
	Texts containers; // machines whose record names it
} Rootfs;

VEC_DECLARE(Rootfses, rootfses, Rootfs);

// All root file systems, by name.
MUST_CHECK bool rootfs_list(const Host *host, Arena *arena, Rootfses *ret_rootfses, Error *error);
// Opens fs/NAME. ERROR_NOT_FOUND names the ones that exist.
MUST_CHECK bool rootfs_open(const Host *host, const char *name, int *ret_fd, Error *error);
// The same, under a lock that keeps it from being removed or replaced. ERROR_BUSY while that is under way.
MUST_CHECK bool rootfs_open_locked(const Host *host, const char *name, Lock *ret_lock, int *ret_fd,
				   Error *error);
// Removes it: out of sight at once, deleted then. ERROR_BUSY when a machine stands on it.
MUST_CHECK bool rootfs_remove(const Host *host, const char *name, Error *error);
// Deletes what dead imports and removals left; ret_count: how many.
MUST_CHECK bool rootfs_collect(const Host *host, size_t *ret_count, Error *error);

// ERROR_BUSY when a machine stands on it.
MUST_CHECK bool rootfs_check_unused(const Host *host, const char *name, Error *error);
// PRETTY_NAME (or NAME) of the os-release below the root directory; NULL when there is none.
const char *rootfs_read_os(int root, Arena *arena);

#endif
