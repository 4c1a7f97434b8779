// isolate/plan/device.h - what is in the /dev of every app, whatever its image says.
#ifndef ISOLATE_PLAN_DEVICE_H
#define ISOLATE_PLAN_DEVICE_H

#include <stdbool.h>

// True for a clean path where, or below which, no volume can be mounted: /dev/null and its like, /dev/pts. Everything else
// below /dev can hold one, a device of the host above all; at /dev/shm the app's unit mounts it (isolate/plan/unit.c).
bool device_is_provided(const char *path);

// True for the path of a device that a unit can name: below /dev, clean, of letters, digits and "/._:+@=,-". What udev names
// is like that.
bool device_is_nameable(const char *path);

#endif
