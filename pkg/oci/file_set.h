// pkg/oci/file_set.h - the files that an image on disk is made of, by their names: of a directory or of a tar archive.
// An archive is read once, for an index of where its files begin (their contents are skipped); then each file is read
// from its place, however many there are. A compressed archive is decompressed once, into a file without a name.
#ifndef PKG_OCI_FILE_SET_H
#define PKG_OCI_FILE_SET_H

#include "pkg/oci/reference.h"
#include "pkg/sys/stream/source.h"

// Of an archive: larger ones are refused with ERROR_LIMIT. A file with a longer name cannot be asked for.
#define FILE_SET_FILES_MAX 100000
#define FILE_SET_NAME_MAX  512

// Where a compressed archive may be decompressed to.
typedef struct FileSetOptions {
	const char *spool_directory; // NULL: /var/tmp
	uint64_t spool_bytes_max;    // 0: no bound but the disk's
} FileSetOptions;

typedef struct FileSet FileSet;

// path: a directory, or a tar archive (plain, or compressed with what pkg/sys/stream/archive.h knows).
MUST_CHECK bool file_set_open(const char *path, bool is_directory, const FileSetOptions *options,
			      FileSet **ret, Error *error);
// The same files for another thread, sharing nothing that changes; outlives the original.
MUST_CHECK bool file_set_clone(const FileSet *set, FileSet **ret, Error *error);
void file_set_close(FileSet **set);
#define CLEANUP_FILE_SET CLEANUP(file_set_close) FileSet *

// The content of the file "blobs/sha256/x"; links are followed as far as they stay inside. Valid until the next one is
// opened. ret_size: its bytes; may be NULL. Fails with ERROR_NOT_FOUND.
MUST_CHECK bool file_set_open_file(FileSet *set, const char *name, Source **ret, uint64_t *ret_size,
				   Error *error);
// The whole of a file of at most `max` bytes, with a NUL behind it.
MUST_CHECK bool file_set_read(FileSet *set, const char *name, size_t max, Arena *arena,
			      const char **ret, size_t *ret_length, Error *error);

#endif
