// pkg/sys/stream/source.h - a place that bytes come from, block by block.
// Stages that transform bytes (inflate, digest) are Sources over a Source, so that a download is hashed, decompressed
// and unpacked while it arrives, in one pass. Whoever asks for bytes drives the whole line; nothing here is a thread.
#ifndef PKG_SYS_STREAM_SOURCE_H
#define PKG_SYS_STREAM_SOURCE_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

#include <stdint.h>

typedef struct Source Source;
struct Source {
	// The next block. It belongs to the source and is valid until the next call; length 0 is the end, and stays it.
	bool (*read)(Source *source, const void **ret_block, size_t *ret_length, Error *error);
	// Goes on without giving the bytes: by `count`, or less; 0 when it cannot. NULL: never can. Read and forget the rest.
	bool (*skip)(Source *source, uint64_t count, uint64_t *ret_skipped, Error *error);
};

static inline bool source_read(Source *source, const void **ret_block, size_t *ret_length,
			       Error *error)
{
	return source->read(source, ret_block, ret_length, error);
}

// Reads to the end and forgets what comes.
MUST_CHECK bool source_drain(Source *source, Error *error);
// Writes everything up to the end to a descriptor. ret_size: how many bytes; may be NULL.
MUST_CHECK bool source_write_fd(Source *source, int fd, uint64_t *ret_size, Error *error);
// Everything up to the end, with a NUL behind it. Fails with ERROR_LIMIT beyond `max` bytes.
MUST_CHECK bool source_read_all(Source *source, size_t max, Arena *arena, const char **ret,
				size_t *ret_length, Error *error);

// From the current offset of a descriptor, which stays the caller's. Regular files can skip.
Source *source_of_fd(int fd, Arena *arena);
// Goes on with another descriptor, which can skip as the first one could.
void source_set_fd(Source *source, int fd);
// `length` bytes from `offset` on of a file, or less when it ends before. Does not use the descriptor's offset, so that
// any number of these may read one file at once. Looks for signals.
Source *source_of_range(int fd, uint64_t offset, uint64_t length, Arena *arena);
// From memory, which must outlive the source. block: bytes per read, 0 = all at once.
Source *source_of_bytes(const void *bytes, size_t length, size_t block, Arena *arena);

#endif
