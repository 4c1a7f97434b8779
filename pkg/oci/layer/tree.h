// pkg/oci/layer/tree.h - a place in a tree that is being made from an archive.
// The tree remembers the directories that lead to the current place and holds each one open; moving on opens or makes
// only what differs. Every step is one name in one open directory and never a symlink, so nothing can lead out.
// A directory gets its mode and times when it is left: what is made in it would change the times again.
#ifndef PKG_OCI_LAYER_TREE_H
#define PKG_OCI_LAYER_TREE_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/text.h"
#include "pkg/oci/layer/frame.h"

#include <stdint.h>
#include <sys/stat.h>

#define TREE_PATH_MAX  4095
#define TREE_DEPTH_MAX 256

// A path of an archive, taken apart: no empty and "." parts, never "..", each part a possible file name.
typedef struct TreePath {
	char bytes[TREE_PATH_MAX + 1];
	const char *parts[TREE_DEPTH_MAX];
	size_t count; // 0: the root of the tree
} TreePath;

// Absolute paths count from the root. Fails with ERROR_INVALID (".."), ERROR_LIMIT (long or deep).
MUST_CHECK bool tree_path_parse(const char *text, TreePath *ret, Error *error);

// The first `count` parts again, with slashes between.
void tree_path_print(const TreePath *path, size_t count, Buffer *buffer);

typedef struct Tree Tree;

// root: stays the caller's. whiteouts: the tree is a layer: 0/0 devices are whiteouts, and a directory that takes the
// place of anything else becomes opaque. frame: keeps what would be removed; NULL: it is removed.
Tree *tree_open(int root, bool whiteouts, FrameWriter *frame, Arena *arena);
void tree_close(Tree **tree);
#define CLEANUP_TREE CLEANUP(tree_close) Tree *

// Goes to the directory that the first `count` parts name. What is missing is made (0755, the caller's), what is no
// directory is replaced by one.
MUST_CHECK bool tree_enter(Tree *tree, const TreePath *path, size_t count, Error *error);
// Leaves all directories. Without it their modes and times are not set.
MUST_CHECK bool tree_finish(Tree *tree, Error *error);

// The current directory, open for reading.
int tree_directory(const Tree *tree);
// True when files that are made here get the group of the directory (set-group-id).
bool tree_is_group_inherited(const Tree *tree);
// The current directory was given a default ACL.
void tree_note_default_acl(Tree *tree);
// Takes from `name`, just made in the current directory, the ACLs that it got from there.
MUST_CHECK bool tree_disinherit(const Tree *tree, const char *name, Error *error);
// How many directories were made, those that no entry names among them.
uint64_t tree_made(const Tree *tree);
// What the current directory is to have when it is left.
void tree_set_attributes(Tree *tree, mode_t mode, struct timespec modified);
// The current directory hides what lower layers have in it. Only for a place below the root.
MUST_CHECK bool tree_set_opaque(Tree *tree, Error *error);

// Takes away what has the name `name` in the current directory, trees too.
MUST_CHECK bool tree_remove(Tree *tree, const char *name, Error *error);
// Makes `name` hide what lower layers have under it, beside what this tree has or will have.
MUST_CHECK bool tree_whiteout(Tree *tree, const char *name, Error *error);
// The directory that holds the last part of `path`; the last part need not be there. -1 when it is not in the tree.
int tree_open_parent(const Tree *tree, const TreePath *path);
bool tree_is_whiteout(const Tree *tree, const struct stat *status);

#endif
