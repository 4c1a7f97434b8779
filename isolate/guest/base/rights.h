// isolate/guest/base/rights.h - descriptors over a socket (SCM_RIGHTS of unix(7)).
#ifndef ISOLATE_GUEST_BASE_RIGHTS_H
#define ISOLATE_GUEST_BASE_RIGHTS_H

#include "isolate/guest/base/system.h"

enum {
	RIGHTS_MAX = 4
};

// Sends up to RIGHTS_MAX descriptors in one message. 0, or a negative errno.
long rights_send(int socket, const int *fds, size_t count);
// The descriptors of a message that is there already, exactly `count` of them; they close on exec. False without one.
bool rights_receive(int socket, int *ret_fds, size_t count);

#endif
