// pkg/sys/stream/relay.h - a source that a thread of its own reads ahead.
// A line of sources is cut in two: what lies before the relay runs on another processor than what lies behind it. A few
// blocks are kept between the two, so memory is bounded and a slow end holds up the other.
#ifndef PKG_SYS_STREAM_RELAY_H
#define PKG_SYS_STREAM_RELAY_H

#include "pkg/sys/stream/source.h"

typedef struct Relay Relay;

// From now on `from`, and all that it reads from, is the thread's, until relay_close returns.
// Fails with ERROR_SYSTEM when there can be no more threads.
MUST_CHECK bool relay_open(Source *from, Relay **ret, Error *error);
// Ends the thread after the block that it is reading, and waits for it. Nothing may be known of how far it had got.
void relay_close(Relay **relay);
#define CLEANUP_RELAY CLEANUP(relay_close) Relay *
// What `from` gives; its failures come when what it gave before was read.
Source *relay_source(Relay *relay);

#endif
