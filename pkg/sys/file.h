// pkg/sys/file.h - files: whole reads and writes, atomic replacement, safe paths below a root.
// The only file of the tree that loops around read(2) and write(2). Paths are relative to a directory descriptor
// (AT_FDCWD for absolute ones). Everything is opened O_CLOEXEC.
#ifndef PKG_SYS_FILE_H
#define PKG_SYS_FILE_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>
#include <sys/types.h>

void file_close(int *fd);
#define CLEANUP_FD CLEANUP(file_close) int

// The whole file as text with a NUL behind it. Fails with ERROR_LIMIT when it is larger than `max` bytes.
MUST_CHECK bool file_read(int directory, const char *path, size_t max, Arena *arena,
			  const char **ret, size_t *ret_length, Error *error);
// As file_read, from an open descriptor up to its end.
MUST_CHECK bool file_read_fd(int fd, size_t max, Arena *arena, const char **ret, size_t *ret_length,
			     Error *error);
// Takes what can be read at once from a descriptor that does not block, up to 64 KiB, and forgets it.
void file_discard(int fd);
MUST_CHECK bool file_write_fd(int fd, const void *bytes, size_t length, Error *error);

// Replaces `path` as a whole: temporary file in the same directory, fsync, rename, fsync of the directory. A crash
// leaves the old content or the new one.
MUST_CHECK bool file_replace(int directory, const char *path, const void *bytes, size_t length,
			     mode_t mode, Error *error);
// As file_replace without any fsync: for what a crash may lose (below /run, or rebuilt at the next start).
MUST_CHECK bool file_replace_volatile(int directory, const char *path, const void *bytes,
				      size_t length, mode_t mode, Error *error);

// Makes the directory and its missing parents with `mode`. An existing one is fine.
MUST_CHECK bool file_make_directories(int directory, const char *path, mode_t mode, Error *error);
// Opens a directory (O_RDONLY), to be the root of *at() calls.
MUST_CHECK bool file_open_directory(int directory, const char *path, int *ret_fd, Error *error);
// Waits until nobody else holds the lock of the open file or directory, and holds it until the descriptor is closed
// (flock(2)). path: for words.
MUST_CHECK bool file_lock(int fd, const char *path, Error *error);
// Names in the directory, sorted, without "." and "..".
MUST_CHECK bool file_list(int directory, const char *path, Arena *arena, Texts *ret_names,
			  Error *error);
// As file_list, of a directory that others fill. Fails with ERROR_LIMIT when there are more than `max` names.
MUST_CHECK bool file_list_at_most(int directory, const char *path, size_t max, Arena *arena,
				  Texts *ret_names, Error *error);
// True when `path` exists; symlinks are not followed.
bool file_exists(int directory, const char *path);
// When its content last changed, as microseconds since 1970; 0: there is no such file.
int64_t file_modified_us(int directory, const char *path);

// openat2(2); resolve: RESOLVE_*. A descriptor, or -1 with errno.
int file_openat2(int directory, const char *path, int flags, mode_t mode, uint64_t resolve);
// Opens `path` as seen by a process whose root directory is `root` (openat2 RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS):
// symlinks and ".." cannot leave the root. flags as in open(2), O_CLOEXEC is added.
MUST_CHECK bool file_open_in_root(int root, const char *path, int flags, mode_t mode, int *ret_fd,
				  Error *error);
// Opens a plain file in the root for reading. Anything else is refused, with ERROR_INVALID, and not opened: whoever fills
// the root might have put a FIFO there, which would make us wait, or a device (to open a watchdog is to start it).
MUST_CHECK bool file_open_plain_in_root(int root, const char *path, int *ret_fd, Error *error);
// The same without any link on the way (openat2 RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS): a link is ERROR_INVALID, too.
MUST_CHECK bool file_open_plain_beneath(int directory, const char *path, int *ret_fd, Error *error);
// A symlink is replaced by one that points to `target`, by rename.
MUST_CHECK bool file_replace_link(int directory, const char *path, const char *target,
				  Error *error);
// Lets this process have as many descriptors open as it is allowed to at all: a thousand Pods are a thousand locks.
void file_raise_descriptor_limit(void);
// "/proc/self/fd/N": a path for calls that take no descriptor.
char *file_descriptor_path(Arena *arena, int fd);

#endif
