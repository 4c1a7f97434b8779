// pkg/sys/stream/archive_feed.h - gives libarchive a tar archive piece by piece, so that we know what it reads as headers.
// While it reads a header it gets one block at a time, and of content no more than there is. What it was given since a
// header began is then all that it can have found there, however it understands sizes, links and sparse files; what is
// content was never looked at by anybody.
#ifndef PKG_SYS_STREAM_ARCHIVE_FEED_H
#define PKG_SYS_STREAM_ARCHIVE_FEED_H

#include "pkg/base/text.h"
#include "pkg/sys/stream/acl_guard.h"
#include "pkg/sys/stream/source.h"

// Zeroed but for the source. Positions are bytes from the start of the archive.
typedef struct ArchiveFeed {
	Source *source;
	bool is_whole; // it is no archive: what comes is passed on as it is
	const char
		*block; // of the source; what of it has not been given yet, up to `block + length`
	size_t length;
	size_t portion; // what was given last: so many bytes, which end at `block`
	uint64_t given;
	uint64_t content_end; // of the current entry, padding included; 0 while there is none
	bool is_in_header;
	uint64_t begin, end; // of the header
	Buffer header;       // what was given since it began
	AclGuard guard;
} ArchiveFeed;

// The reader is at `position`, and a header begins there. Before the archive is opened, too: it looks for the first one.
// Fails like archive_feed_read.
MUST_CHECK bool archive_feed_begin(ArchiveFeed *feed, uint64_t position, Error *error);
// It has ended at `position`, and is followed by so many bytes of content; too few is always right, and slow.
void archive_feed_end(ArchiveFeed *feed, uint64_t position, uint64_t content);
// The last header, up to where it ended.
const char *archive_feed_header(const ArchiveFeed *feed, size_t *ret_length);
// The next piece; it is valid until the next call. Fails with ERROR_LIMIT for a header that is too long or has ACLs that
// are (pkg/sys/stream/acl_guard.h), and as the source does.
MUST_CHECK bool archive_feed_read(ArchiveFeed *feed, const void **ret, size_t *ret_length,
				  Error *error);
// Goes on by `count` or less; by nothing when it cannot.
MUST_CHECK bool archive_feed_skip(ArchiveFeed *feed, uint64_t count, uint64_t *ret_skipped,
				  Error *error);
void archive_feed_clear(ArchiveFeed *feed);

#endif
