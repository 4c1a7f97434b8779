// pkg/sys/stream/deflate.h - compression of a stream: gzip (libisal), zstd (libzstd), or none; the inverse of inflate.h.
// The same bytes give the same output, whatever the pieces they come in.
#ifndef PKG_SYS_STREAM_DEFLATE_H
#define PKG_SYS_STREAM_DEFLATE_H

#include "pkg/sys/stream/inflate.h"
#include "pkg/sys/stream/sink.h"

typedef struct Deflate Deflate;

// How hard it tries.
typedef enum DeflateEffort {
	DEFLATE_FAST,  // for what stays on this host
	DEFLATE_SMALL, // for what travels
} DeflateEffort;

// Writes to `to`, which must outlive it.
Deflate *deflate_open(Compression compression, DeflateEffort effort, Sink *to);
void deflate_close(Deflate **deflate);
#define CLEANUP_DEFLATE CLEANUP(deflate_close) Deflate *
// Takes the plain bytes.
Sink *deflate_sink(Deflate *deflate);
// Writes what is held back, and the trailer. Nothing may come after it.
MUST_CHECK bool deflate_finish(Deflate *deflate, Error *error);

#endif
