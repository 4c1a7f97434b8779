// pkg/base/path.h - path texts. Nothing here looks at a file system.
#ifndef PKG_BASE_PATH_H
#define PKG_BASE_PATH_H

#include "pkg/base/arena.h"

// "a" and "b" give "a/b"; a slash at the seam is not doubled.
char *path_join(Arena *arena, const char *directory, const char *name);
// The part behind the last slash; "" for "/" and for a text that ends in a slash.
const char *path_name(const char *path);
// The part before the last slash: "/a/b" gives "/a", "/a" gives "/", "a" gives ".".
char *path_parent(Arena *arena, const char *path);
bool path_is_absolute(const char *path);
// True when one of the slash-separated parts is "..".
bool path_has_dotdot(const char *path);
// A single file name: not empty, no slash, not "." or "..", at most 255 bytes.
bool path_is_name(const char *name);
// `path` without empty and "." parts and without a slash at the end; ".." parts are kept. "/" stays "/", "" gives ".".
char *path_clean(Arena *arena, const char *path);
// True when `path` is `ancestor` or lies below it; both clean.
bool path_is_below(const char *path, const char *ancestor);

#endif
