// isolate/guest/app/filesystem.h - the last touches to the application's root directory.
// Called in its view (view.h), as root, before it becomes its user.
#ifndef ISOLATE_GUEST_APP_FILESYSTEM_H
#define ISOLATE_GUEST_APP_FILESYSTEM_H

#include "isolate/guest/app/application.h"
#include "isolate/guest/base/failure.h"

// Enters a directory of the root: no path leads to one that is only open, as /proc/self/fd/N does (CVE-2024-21626). The
// calling process is in the root directory.
bool filesystem_change_directory(const char *path, SpecFailure *failure);
// The same with the working directory, which is made with its parents, owned by the application's user.
bool filesystem_enter_directory(const Application *application, SpecFailure *failure);
// Makes the root directory read-only; what is mounted below it stays as it is.
bool filesystem_lock_root(SpecFailure *failure);

#endif
