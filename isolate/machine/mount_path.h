// isolate/machine/mount_path.h - where in an app's root volumes may be.
#ifndef ISOLATE_MACHINE_MOUNT_PATH_H
#define ISOLATE_MACHINE_MOUNT_PATH_H

#include "pkg/base/error.h"

// True for a clean path that no volume can have: it belongs to the kernel (/proc, /sys), or is made for each container.
bool mount_path_is_taken(const char *path);

// True for the root, and for all at or below /dev, /proc and /sys: nothing of an image is there.
bool mount_path_is_kernels(const char *path);

// Whether a volume for `path` may be at `resolved`, where that leads in the app's root by links of the image, or of a volume.
// The root itself, and all below /dev, /proc and /sys, can only be meant by a path without links.
MUST_CHECK bool mount_path_check(const char *path, const char *resolved, Error *error);

#endif
