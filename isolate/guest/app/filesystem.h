// isolate/guest/app/filesystem.h - the last touches to the application's root directory.
// Called in its view (view.h), as root, before it becomes its user.
#ifndef ISOLATE_GUEST_APP_FILESYSTEM_H
#define ISOLATE_GUEST_APP_FILESYSTEM_H

#include "isolate/guest/app/application.h"
#include "isolate/guest/base/failure.h"

// Makes the working directory and its parents, owned by the application's user, and enters it. It is in the root: no
// path leads to a directory that is only open, as /proc/self/fd/N does (CVE-2024-21626).
bool filesystem_enter_directory(const Application *application, SpecFailure *failure);
// Makes the root directory read-only; what is mounted below it stays as it is.
bool filesystem_lock_root(SpecFailure *failure);

#endif
