// pkg/sys/stream/sink.h - a place that bytes go to; the other end of a Source.
// Stages that transform bytes (compression) are Sinks over a Sink.
#ifndef PKG_SYS_STREAM_SINK_H
#define PKG_SYS_STREAM_SINK_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

#include <stdint.h>

typedef struct Sink Sink;
struct Sink {
	// Takes all the bytes, or fails.
	bool (*write)(Sink *sink, const void *bytes, size_t length, Error *error);
};

static inline MUST_CHECK bool sink_write(Sink *sink, const void *bytes, size_t length, Error *error)
{
	return sink->write(sink, bytes, length, error);
}

MUST_CHECK bool sink_write_text(Sink *sink, const char *text, Error *error);

// Into a descriptor, which stays the caller's.
Sink *sink_of_fd(int fd, Arena *arena);

#endif
