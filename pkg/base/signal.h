// pkg/base/signal.h - names of signals, as images and users write them.
#ifndef PKG_BASE_SIGNAL_H
#define PKG_BASE_SIGNAL_H

#include "pkg/base/arena.h"

// "SIGTERM" for "TERM", "SIGTERM", "sigterm" or "15"; "SIGRTMIN+3" for "RTMIN+3" or "37". NULL when it is no signal.
const char *signal_canonical_name(const char *text, Arena *arena);

#endif
