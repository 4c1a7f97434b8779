// pkg/sys/file_tree.h - whole directory trees: copy and removal, through directory descriptors only.
// Symlinks are never followed, mount points never crossed, so that a tree of foreign making cannot lead elsewhere.
// Both look at the interrupt flag between entries. A removal that begins after the signal is a clean-up, and is finished;
// so is that of a small tree.
#ifndef PKG_SYS_FILE_TREE_H
#define PKG_SYS_FILE_TREE_H

#include "pkg/base/error.h"

#include <stdint.h>

// Copying holds two descriptors per level; deeper trees are refused (ERROR_LIMIT). Removal takes any depth.
#define FILE_TREE_DEPTH_MAX 256

typedef struct FileTreeCopied {
	uint64_t entries;
	uint64_t bytes;  // of file content, holes not counted
	uint64_t mounts; // mount points that became empty directories
} FileTreeCopied;

// Copies all entries of the directory `source` into the directory `destination` (empty, or of other names), and gives
// destination the owner, mode, times and extended attributes of source. Kept: ownership, modes, times, extended
// attributes (ACLs and file capabilities among them), hard links, symlinks, devices, sockets, FIFOs, holes. Content is
// shared where the file system can (FICLONE), else copied in the kernel. A mount point below source becomes an empty
// directory. `excluded` is a directory (by device and inode) that is left out; -1: none.
// ret_copied may be NULL. On failure destination holds a part: the caller stages and discards it.
MUST_CHECK bool file_tree_copy(int source, int destination, int excluded,
			       FileTreeCopied *ret_copied, Error *error);

// Removes `name` in `directory` with everything below it. A missing name is fine. Fails with ERROR_BUSY at a mount
// point and with ERROR_INTERRUPTED after a signal; calling again goes on.
MUST_CHECK bool file_tree_remove(int directory, const char *name, Error *error);
// The same for a path, whose directory is opened first; a missing directory is fine, too.
MUST_CHECK bool file_tree_remove_path(int directory, const char *path, Error *error);

#endif
