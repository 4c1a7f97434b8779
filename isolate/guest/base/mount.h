// isolate/guest/base/mount.h - mounts by descriptor: no path leads to a place that others could move (Linux 5.12).
// A mount is detached until it is attached, and gone with its descriptor when it never is.
#ifndef ISOLATE_GUEST_BASE_MOUNT_H
#define ISOLATE_GUEST_BASE_MOUNT_H

#include "isolate/guest/base/system.h"

// One setting of a new file system: KEY=VALUE, or the flag KEY when value is NULL. A list ends with a NULL key.
typedef struct MountOption {
	const char *key;
	const char *value;
} MountOption;

// A new file system of `type`; attributes: MOUNT_ATTR_*. options may be NULL. A descriptor, or a negative errno.
int mount_new(const char *type, const MountOption *options, uint64_t attributes);
// A copy of what is mounted at `path` below `directory`; "" is the directory, or the file, itself. is_recursive: with
// all mounts below. A descriptor, or a negative errno.
int mount_clone(int directory, const char *path, bool is_recursive);
// The mount, and is_recursive those below it, get attributes beside those that they have.
long mount_restrict(int mount, uint64_t attributes, bool is_recursive);
// A copy that has attributes from the start: mount_clone and mount_restrict.
int mount_clone_as(int directory, const char *path, bool is_recursive, uint64_t attributes);
// Attaches it at `target`, an open directory or file. Neither is closed.
long mount_attach(int mount, int target);
// As mount_attach, and closes both; either may be the negative errno of its own making.
long mount_put(int mount, int target);

#endif
