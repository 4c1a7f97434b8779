// isolate/guest/app/identity.h - the application's user, capabilities and system call filter: taken on for good.
#ifndef ISOLATE_GUEST_APP_IDENTITY_H
#define ISOLATE_GUEST_APP_IDENTITY_H

#include "isolate/guest/app/application.h"
#include "isolate/guest/base/failure.h"

// Groups, gid and uid; the bounding set shrinks to what was asked for, the other capabilities survive for the next step.
bool identity_assume_user(const Application *application, SpecFailure *failure);
// no_new_privs, the capability sets and the seccomp program, which comes last: exactly what was asked for remains.
// Capabilities that we do not have ourselves are not there for the application either.
bool identity_confine(const Application *application, SpecFailure *failure);

// Gives up all capabilities of the calling process but the set `kept`, for good.
bool identity_keep_only(uint64_t kept);

#endif
