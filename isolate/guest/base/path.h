// isolate/guest/base/path.h - paths in a tree that somebody else made: nothing in it leads out of it.
#ifndef ISOLATE_GUEST_BASE_PATH_H
#define ISOLATE_GUEST_BASE_PATH_H

#include "isolate/guest/base/system.h"

#include <linux/openat2.h>

enum {
	PATH_BYTES = 4096
};

// Opens `path` of the tree whose root is the directory `root`: links of the tree lead to places in the tree, links of
// /proc nowhere. resolve: RESOLVE_* that are wanted beside. A descriptor, or a negative errno. Linux 5.6.
int path_open(int root, const char *path, int flags, uint64_t resolve);

// What is to become of a missing place, and whose it is.
typedef struct PathOwner {
	uint32_t uid;
	uint32_t gid;
} PathOwner;

// As `mkdir -p`, then opened (O_PATH). Only what is made here, with mode 0755, gets the owner.
int path_make_directory(int root, const char *path, PathOwner owner, uint64_t resolve);
// An empty file, made with its directories where there is nothing of the name, then opened (O_PATH).
int path_make_file(int root, const char *path, PathOwner owner, uint64_t resolve);

#endif
