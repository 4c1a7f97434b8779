#include "pkg/sys/stream/sink.h"

#include "pkg/sys/file.h"

#include <string.h>

typedef struct FdSink {
	Sink sink;
	int fd;
} FdSink;

bool sink_write_text(Sink *sink, const char *text, Error *error)
{
	return sink_write(sink, text, strlen(text), error);
}

static bool fd_write(Sink *sink, const void *bytes, size_t length, Error *error)
{
	return file_write_fd(((FdSink *)sink)->fd, bytes, length, error);
}

Sink *sink_of_fd(int fd, Arena *arena)
{
	FdSink *self = ARENA_NEW(arena, FdSink);
	*self = (FdSink){ .sink.write = fd_write, .fd = fd };
	return &self->sink;
}
