// isolate/guest/app/streams.h - the standard streams of a command beside an application.
// They are made inside: pipes that belong to its user, or a terminal of the application's own /dev/pts. The other ends go
// to the caller, of whose descriptors none comes in.
#ifndef ISOLATE_GUEST_APP_STREAMS_H
#define ISOLATE_GUEST_APP_STREAMS_H

#include "isolate/guest/base/failure.h"

// Takes what `exec` asks for as 0, 1 and 2 and sends the other ends through the socket `channel`.
bool streams_open(const SpecExec *exec, const SpecHeader *header, int channel,
		  SpecFailure *failure);

#endif
