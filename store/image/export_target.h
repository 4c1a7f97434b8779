// store/image/export_target.h - what an exported image is written into: an archive, or a directory.
// A file gets its name when its content is complete, because blobs are named by their digest. For store/*export* only.
#ifndef STORE_IMAGE_EXPORT_TARGET_H
#define STORE_IMAGE_EXPORT_TARGET_H

#include "pkg/sys/stream/sink.h"

typedef struct ExportTarget ExportTarget;
struct ExportTarget {
	// Where the content of the next file goes; valid until `end`.
	bool (*begin)(ExportTarget *target, Sink **ret, Error *error);
	// name: relative, "blobs/sha256/HEX"; its directories are made.
	bool (*end)(ExportTarget *target, const char *name, Error *error);
	// After the last file.
	bool (*finish)(ExportTarget *target, Error *error);
	void (*close)(ExportTarget *target);
};

static inline void export_target_close(ExportTarget **target)
{
	if (*target)
		(*target)->close(*target);
	*target = NULL;
}
#define CLEANUP_EXPORT_TARGET CLEANUP(export_target_close) ExportTarget *

// A tar archive, into an empty file that can be written at any place; it stays the caller's. Not compressed as a whole.
ExportTarget *export_archive(int fd, Arena *arena);
// Files in an empty directory; it stays the caller's.
ExportTarget *export_directory(int directory, Arena *arena);

#endif
