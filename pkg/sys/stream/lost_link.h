// pkg/sys/stream/lost_link.h - the targets of links that libarchive does not tell.
// Go's archive/tar, and so docker, buildkit and podman, leave out of a header what is not ASCII, and put the whole into
// a pax record. Of a link whose target has nothing else libarchive (3.6, 3.7) gives no target at all.
#ifndef PKG_SYS_STREAM_LOST_LINK_H
#define PKG_SYS_STREAM_LOST_LINK_H

#include "pkg/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

// header: the bytes of an entry's, with all that belongs to it. The target, if it is a link that has one in a pax record
// only; NULL: it is no such link.
const char *lost_link_find(const char *header, size_t size, Arena *arena, bool *ret_is_hard);

#endif
