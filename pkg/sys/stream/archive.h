// pkg/sys/stream/archive.h - reading tar archives entry by entry (libarchive, loaded on first use).
// ustar, GNU and pax headers. Names are bytes and come as they are in the archive: nothing is cleaned, converted or
// trusted here; pkg/oci/layer/unpack.h makes files of them. Bounded are the attributes of an entry, the length of its header, and
// the ACLs of an archive.
#ifndef PKG_SYS_STREAM_ARCHIVE_H
#define PKG_SYS_STREAM_ARCHIVE_H

#include "pkg/sys/stream/source.h"

#include <sys/types.h>

typedef struct Archive Archive;

typedef enum ArchiveEntryKind {
	ARCHIVE_ENTRY_FILE,
	ARCHIVE_ENTRY_DIRECTORY,
	ARCHIVE_ENTRY_SYMLINK,
	ARCHIVE_ENTRY_HARD_LINK,
	ARCHIVE_ENTRY_CHARACTER_DEVICE,
	ARCHIVE_ENTRY_BLOCK_DEVICE,
	ARCHIVE_ENTRY_FIFO,
	ARCHIVE_ENTRY_OTHER, // sockets and what nobody knows
} ArchiveEntryKind;

typedef struct ArchiveAttribute {
	const char
		*name; // "security.capability"; ACLs are "system.posix_acl_access" and "…_default"
	const void *value;
	size_t size;
} ArchiveAttribute;

// The current entry. Its texts are valid until the next archive_next.
typedef struct ArchiveEntry {
	ArchiveEntryKind kind;
	const char *path; // "" when the archive gives none
	const char *link; // target of a symlink or hard link, else ""
	mode_t mode;      // permissions, 07777
	int64_t uid;
	int64_t gid;
	int64_t size_bytes; // of the file's content, holes included
	bool is_sparse;     // the archive does not hold the holes
	int64_t modified_s;
	long modified_ns;
	dev_t device; // of devices
	const ArchiveAttribute *attributes;
	size_t attribute_count;
} ArchiveEntry;

typedef enum ArchiveFilters {
	ARCHIVE_PLAIN, // the bytes are a tar archive
	// No archive: one entry without a name, with what xz, bzip2, lzma, lz4, gzip or zstd is around
	ARCHIVE_ONLY_COMPRESSION
} ArchiveFilters;

// Reads from `source`, which must outlive it. Fails with ERROR_UNSUPPORTED without libarchive,
// with ERROR_INVALID when the bytes are no archive (this may come with the first entry only).
MUST_CHECK bool archive_open(Source *source, ArchiveFilters filters, Archive **ret, Error *error);
void archive_close(Archive **archive);
#define CLEANUP_ARCHIVE CLEANUP(archive_close) Archive *

// The next entry, or NULL at the end. An empty source is an empty archive. What is left of the current entry's content
// is skipped.
MUST_CHECK bool archive_next(Archive *archive, const ArchiveEntry **ret, Error *error);
// The next piece of the current entry's content, and where it belongs (sparse files have holes). length 0 is the end.
// Pieces come in order and do not overlap.
MUST_CHECK bool archive_read(Archive *archive, const void **ret_block, size_t *ret_length,
			     uint64_t *ret_offset, Error *error);
// How many bytes of the plain archive the reader has gone through: after archive_next, where the entry's content begins.
uint64_t archive_position(const Archive *archive);
// Where the current entry begins, with the headers that belong to it: an archive that is read from there on has it first.
// In bytes of what was decompressed.
uint64_t archive_entry_position(const Archive *archive);
// The content of the current entry as a source, holes as zeros; valid until the next archive_next.
Source *archive_entry_source(Archive *archive);

#endif
