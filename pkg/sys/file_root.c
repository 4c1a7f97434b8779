#include "pkg/sys/file_root.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

// As many as the kernel follows (MAXSYMLINKS).
#define LINKS_MAX 40

#define DIRECTORY_MODE 0755

static int open_plainly(int root, const char *path, int flags, mode_t mode)
{
	return file_openat2(root, path, flags | O_NOFOLLOW, mode,
			    RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
}

// --- where a path leads

// What the link at `path` says; NULL when there is none.
static bool read_link(int root, const char *path, Arena *arena, const char **ret, Error *error)
{
	char target[PATH_MAX];
	struct stat status;
	CLEANUP_FD fd = open_plainly(root, path, O_PATH, 0);
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_set_errno(error, errno, "'%s'", path);
	if (!S_ISLNK(status.st_mode))
		return true;
	const ssize_t length = readlinkat(fd, "", target, sizeof(target));
	if (length < 0)
		return error_set_errno(error, errno, "read the link '%s'", path);
	*ret = arena_strndup(arena, target, (size_t)length);
	return true;
}

// Of "a/b": takes "a" away. NULL at the end.
static const char *take_name(const char **rest, Arena *arena)
{
	const char *name = *rest + strspn(*rest, "/");
	const size_t length = strcspn(name, "/");
	*rest = name + length;
	return length > 0 ? arena_strndup(arena, name, length) : NULL;
}

static const char *step(const char *from, const char *name, Arena *arena)
{
	if (text_equal(name, "."))
		return from;
	return text_equal(name, "..") ? path_parent(arena, from) : path_join(arena, from, name);
}

bool file_root_resolve(int root, const char *path, Arena *arena, const char **ret, Texts *links,
		       Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *place = "/", *rest = path, *name = NULL;
	size_t followed = 0;
	while ((name = take_name(&rest, scratch))) {
		const char *next = step(place, name, scratch), *target = NULL;
		if (!read_link(root, next, scratch, &target, error))
			return false;
		if (!target) {
			place = next;
			continue;
		}
		if (++followed > LINKS_MAX)
			return error_set(error, ERROR_INVALID,
					 "the symbolic link '%s' leads in a circle", next);
		if (links)
			texts_add(arena, links, arena_strdup(arena, next));
		rest = arena_printf(scratch, "%s/%s", target, rest);
		place = path_is_absolute(target) ? "/" : place;
	}
	*ret = arena_strdup(arena, place);
	return true;
}

// --- the place

static bool own(int directory, const char *name, const FileRootNew *wanted, Error *error)
{
	if (fchownat(directory, name, wanted->uid, wanted->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "set the owner of '%s'", name);
	return true;
}

// Somebody else may make it at the same time: then it is theirs.
static bool make_entry(int parent, const char *name, const FileRootNew *wanted, Error *error)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	CLEANUP_FD file = wanted->is_file ? openat(parent, name, flags, wanted->mode) : -1;
	const bool is_made = wanted->is_file ? file >= 0 : mkdirat(parent, name, wanted->mode) == 0;
	if (is_made)
		return own(parent, name, wanted, error);
	return errno == EEXIST || error_set_errno(error, errno, "make '%s'", name);
}

static bool make_missing(int root, const char *resolved, const FileRootNew *wanted, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD parent = -1;
	const FileRootNew above = { .mode = wanted->is_file ? DIRECTORY_MODE : wanted->mode,
				    .uid = wanted->uid,
				    .gid = wanted->gid };
	return file_root_make(root, path_parent(scratch, resolved), &above, &parent, error) &&
	       make_entry(parent, path_name(resolved), wanted, error);
}

bool file_root_make(int root, const char *resolved, const FileRootNew *wanted, int *ret_fd,
		    Error *error)
{
	const int flags = O_PATH | (wanted->is_file ? 0 : O_DIRECTORY);
	int fd = open_plainly(root, resolved, flags, 0);
	if (fd < 0 && errno == ENOENT) {
		if (!make_missing(root, resolved, wanted, error))
			return false;
		fd = open_plainly(root, resolved, flags, 0);
	}
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s' in its root", resolved);
	*ret_fd = fd;
	return true;
}

bool file_root_make_directories(int root, const char *path, mode_t mode, uid_t uid, gid_t gid,
				int *ret_fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD fd = -1;
	const char *resolved = NULL;
	const FileRootNew wanted = { .mode = mode, .uid = uid, .gid = gid };
	if (!file_root_resolve(root, path, scratch, &resolved, NULL, error) ||
	    !file_root_make(root, resolved, &wanted, &fd, error))
		return error_wrap(error, "make the directory '%s'", path);
	if (ret_fd)
		*ret_fd = steal_fd(&fd);
	return true;
}
