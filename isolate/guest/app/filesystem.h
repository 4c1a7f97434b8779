// isolate/guest/app/filesystem.h - what the application sees of the file system.
// Called in the application's own mount namespace, as root, before it becomes its user.
#ifndef ISOLATE_GUEST_APP_FILESYSTEM_H
#define ISOLATE_GUEST_APP_FILESYSTEM_H

#include "isolate/guest/app/application.h"
#include "isolate/guest/base/failure.h"

// Mounts made here stay here; mounts that the machine makes later still arrive.
bool filesystem_detach(SpecFailure *failure);
// /proc, /dev/pts, /dev/mqueue, /dev/shm and /sys/fs/cgroup of the application's own namespaces.
bool filesystem_mount_kernel(const Application *application, SpecFailure *failure);
// Hides the masked paths and makes the read-only ones so. Paths that do not exist are fine.
bool filesystem_restrict(const Application *application, SpecFailure *failure);
// Makes the working directory and its parents, owned by the application's user, and enters it.
bool filesystem_enter_directory(const Application *application, SpecFailure *failure);
// Makes the root directory read-only; what is mounted below it stays as it is.
bool filesystem_lock_root(SpecFailure *failure);

#endif
