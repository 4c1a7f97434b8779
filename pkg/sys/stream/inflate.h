// pkg/sys/stream/inflate.h - decompression of a stream: gzip (libisal), zstd (libzstd), or none, told by the first bytes.
// Concatenated gzip members and zstd frames are one stream. Anything else behind the last member is an error.
#ifndef PKG_SYS_STREAM_INFLATE_H
#define PKG_SYS_STREAM_INFLATE_H

#include "pkg/sys/stream/source.h"

#include <semaphore.h>

typedef struct Inflate Inflate;

typedef enum Compression {
	COMPRESSION_NONE,
	COMPRESSION_GZIP,
	COMPRESSION_ZSTD,
} Compression;

// What a stream that starts with these bytes is compressed with; 4 bytes are enough.
Compression compression_of_bytes(const void *bytes, size_t length);

// Reads from `from`, which must outlive it. The first read finds out the compression.
Inflate *inflate_open(Source *from);
void inflate_close(Inflate **inflate);
#define CLEANUP_INFLATE CLEANUP(inflate_close) Inflate *
// Before the first read: from the first zstd frame that needs more than 8 MiB of memory (up to 128) until it is closed the
// inflate holds the semaphore, so that only so many do at once. Whoever has one must not wait for another one that wants it.
void inflate_share_memory(Inflate *inflate, sem_t *large);
// The decompressed bytes. Fails with ERROR_INVALID on damaged or truncated input.
Source *inflate_source(Inflate *inflate);

typedef enum InflateFormat {
	INFLATE_RAW_DEFLATE, // RFC 1951, without a header
	INFLATE_ZSTD,        // one frame
} InflateFormat;

// Decompresses from memory to memory: exactly `output_length` bytes, what is behind the end of `input` being ignored.
// Fails with ERROR_INVALID on anything else.
MUST_CHECK bool inflate_bytes(InflateFormat format, const void *input, size_t input_length,
			      void *output, size_t output_length, Error *error);

#endif
