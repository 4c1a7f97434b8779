// pkg/sys/file_root.h - places below a root, where a process finds them whose root directory that is.
// First where a path leads, which follows links, then the place, which follows none: who puts a link there in between gets an
// error, and nothing else. What is missing can be made, also where a link leads to nothing.
#ifndef PKG_SYS_FILE_ROOT_H
#define PKG_SYS_FILE_ROOT_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <sys/types.h>

// Where `path` leads: absolute below the root, clean, without links and "..". Links are taken by their text, those of /proc
// as well, so that none leads out. What is missing stays as it is written. links: gets the path of every link that was followed;
// may be NULL. Fails with ERROR_INVALID for links that lead in a circle.
MUST_CHECK bool file_root_resolve(int root, const char *path, Arena *arena, const char **ret,
				  Texts *links, Error *error);

// What is made where nothing is.
typedef struct FileRootNew {
	bool is_file; // an empty file in the place of a directory
	mode_t mode;
	uid_t uid; // of the directories above, too
	gid_t gid;
} FileRootNew;

// Opens a resolved path with O_PATH, after making it with its parents where they are missing. Through no link; a link at
// the end is opened itself when a file is wanted.
MUST_CHECK bool file_root_make(int root, const char *resolved, const FileRootNew *wanted,
			       int *ret_fd, Error *error);
// Makes `path`, wherever it leads, as a directory. ret_fd: O_PATH; may be NULL.
MUST_CHECK bool file_root_make_directories(int root, const char *path, mode_t mode, uid_t uid,
					   gid_t gid, int *ret_fd, Error *error);

#endif
