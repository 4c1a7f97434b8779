// isolate/guest/app/view.h - what the application sees of the machine: its root directory, and nothing else.
// The machine's own mounts are not covered in it but gone, so that no right to mount or unmount brings them back; of
// sdme-isolate there is neither the program nor the specification, the records, or systemd's socket in it.
#ifndef ISOLATE_GUEST_APP_VIEW_H
#define ISOLATE_GUEST_APP_VIEW_H

#include "isolate/guest/app/application.h"
#include "isolate/guest/base/failure.h"

// Puts /proc, /sys, /dev and the specification's mounts into `root`, a path of the machine, hides and write-protects what
// it says, and makes it the root directory. In a mount namespace of its own, as the machine's root, in the namespaces
// that the application is to have.
bool view_enter(const Application *application, const char *root, SpecFailure *failure);

#endif
