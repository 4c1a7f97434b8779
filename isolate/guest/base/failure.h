// isolate/guest/base/failure.h - why the application could not be started.
// Functions that prepare it return false after filling in a SpecFailure.
#ifndef ISOLATE_GUEST_BASE_FAILURE_H
#define ISOLATE_GUEST_BASE_FAILURE_H

#include "isolate/guest/spec.h"

#include <stdbool.h>

// Returns false. os_errno: positive, or the negative result of a system call, or 0.
bool failure_set(SpecFailure *failure, long os_errno, const char *what, const char *subject);

#endif
