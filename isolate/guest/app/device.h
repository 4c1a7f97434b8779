// isolate/guest/app/device.h - a /dev of the application's own, new at every start.
#ifndef ISOLATE_GUEST_APP_DEVICE_H
#define ISOLATE_GUEST_APP_DEVICE_H

#include "isolate/guest/app/application.h"
#include "isolate/guest/base/failure.h"

// Mounts it at `root`/dev: the devices that the OCI runtime specification names, shown from the machine's /dev, and file
// systems of the application's namespaces.
bool device_mount(const Application *application, int root, SpecFailure *failure);

// Opens a device of the application's root directory, without waiting. Whatever its root made of its /dev: what is opened
// with our rights is a device of this number, or nothing. A descriptor, or a negative errno: ENODEV for another thing.
int device_open(const char *path, int flags, uint32_t major, uint32_t minor);
// /dev/null, for reading.
int device_open_null(void);

#endif
