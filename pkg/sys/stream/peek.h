// pkg/sys/stream/peek.h - looking at the first bytes of a source before deciding what to do with it.
#ifndef PKG_SYS_STREAM_PEEK_H
#define PKG_SYS_STREAM_PEEK_H

#include "pkg/sys/stream/source.h"

// Reads from `from` until `want` bytes are there, or it ends. *ret_head: what came, at least *ret_length bytes that stay
// valid as long as the arena. *ret: a source that gives the whole of `from`, those bytes first; `from` must outlive it.
MUST_CHECK bool source_peek(Source *from, size_t want, Arena *arena, Source **ret,
			    const void **ret_head, size_t *ret_length, Error *error);

#endif
