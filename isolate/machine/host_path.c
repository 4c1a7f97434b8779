#include "isolate/machine/host_path.h"

#include "isolate/machine/host_link.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

static const struct {
	mode_t format;
	const char *words;
} path_types[] = {
	[PLAN_PATH_ANY] = { 0, NULL },
	[PLAN_PATH_DIRECTORY_OR_CREATE] = { S_IFDIR, "a directory" },
	[PLAN_PATH_DIRECTORY] = { S_IFDIR, "a directory" },
	[PLAN_PATH_FILE_OR_CREATE] = { S_IFREG, "a file" },
	[PLAN_PATH_FILE] = { S_IFREG, "a file" },
	[PLAN_PATH_SOCKET] = { S_IFSOCK, "a socket" },
	[PLAN_PATH_CHARACTER_DEVICE] = { S_IFCHR, "a character device" },
	[PLAN_PATH_BLOCK_DEVICE] = { S_IFBLK, "a block device" },
};

// Kubernetes leaves a path without a type to the runtime, and all of those make a directory. Not where the kernel says what
// there is: a directory in the place of a device would keep that out when it is plugged in.
static bool is_made_as_directory(const PlanVolume *volume)
{
	static const char *const kernels[] = { "/dev", "/proc", "/sys" };
	CLEANUP_ARENA scratch = arena_new();
	if (volume->path_type != PLAN_PATH_ANY)
		return volume->path_type == PLAN_PATH_DIRECTORY_OR_CREATE;
	for (size_t i = 0; i < COUNT(kernels); i++) {
		if (path_is_below(path_clean(scratch, volume->path), kernels[i]))
			return false;
	}
	return true;
}

static bool is_made_as_file(const PlanVolume *volume)
{
	return volume->path_type == PLAN_PATH_FILE_OR_CREATE;
}

static bool refuse_path(const PlanVolume *volume, int os_errno, Error *error)
{
	if (os_errno == ELOOP)
		return error_set(error, ERROR_INVALID,
				 "hostPath '%s' leads through a symbolic link that was not there "
				 "when the Pod was applied; apply it again if that is meant",
				 volume->path);
	return error_set_errno(error, os_errno, "hostPath '%s'", volume->path);
}

// A file is made in a directory that is there, a directory with all that lead to it. Neither through a link.
static bool make_host_path(const PlanVolume *volume, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD parent = -1;
	CLEANUP_FD made = -1;
	const FileRootNew wanted = { .is_file = is_made_as_file(volume),
				     .mode = is_made_as_file(volume) ? 0644 : 0755,
				     .uid = geteuid(),
				     .gid = getegid() };
	const char *from = wanted.is_file ? path_parent(scratch, volume->path) : "/";
	if (file_exists(AT_FDCWD, volume->path) ||
	    (!is_made_as_directory(volume) && !is_made_as_file(volume)))
		return true;
	parent = file_openat2(AT_FDCWD, from, O_PATH | O_DIRECTORY, 0, RESOLVE_NO_SYMLINKS);
	if (parent < 0)
		return refuse_path(volume, errno, error);
	if (file_root_make(parent, wanted.is_file ? path_name(volume->path) : volume->path, &wanted,
			   &made, error))
		return true;
	const int os_errno = error->os_errno;
	error_clear(error);
	return refuse_path(volume, os_errno, error);
}

// A link of udev's names a device. What else lies in /dev might be a container's.
static int open_late(const char *path)
{
	struct stat status;
	CLEANUP_FD fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0)
		return -1;
	errno = ELOOP;
	return S_ISDIR(status.st_mode) ? -1 : steal_fd(&fd);
}

static int open_path(const char *path)
{
	const int fd = file_openat2(AT_FDCWD, path, O_PATH, 0, RESOLVE_NO_SYMLINKS);
	return fd < 0 && errno == ELOOP && host_link_is_followed_late(path) ? open_late(path) : fd;
}

static bool open_existing(const PlanVolume *volume, int *ret_fd, Error *error)
{
	CLEANUP_FD fd = open_path(volume->path);
	struct stat status;
	if (fd < 0 || fstat(fd, &status) < 0)
		return refuse_path(volume, errno, error);
	if (volume->path_type != PLAN_PATH_ANY &&
	    (status.st_mode & S_IFMT) != path_types[volume->path_type].format)
		return error_set(error, ERROR_INVALID, "hostPath type check failed: %s is not %s",
				 volume->path, path_types[volume->path_type].words);
	*ret_fd = steal_fd(&fd);
	return true;
}

bool host_path_open(const PlanVolume *volume, int *ret_fd, Error *error)
{
	return make_host_path(volume, error) && open_existing(volume, ret_fd, error);
}

static bool check_makeable(const PlanVolume *volume, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *parent = path_parent(scratch, path_clean(scratch, volume->path));
	for (;;) {
		CLEANUP_FD fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			return true;
		const int os_errno = errno;
		if (os_errno != ENOENT || !is_made_as_directory(volume))
			return error_set_errno(error, os_errno, "hostPath '%s': '%s'", volume->path,
					       parent);
		parent = path_parent(scratch, parent);
	}
}

bool host_path_check(const PlanVolume *volume, bool *ret_is_made, Error *error)
{
	CLEANUP_FD fd = -1;
	const bool can_be_made = is_made_as_directory(volume) || is_made_as_file(volume);
	*ret_is_made = can_be_made && !file_exists(AT_FDCWD, volume->path);
	return *ret_is_made ? check_makeable(volume, error) : open_existing(volume, &fd, error);
}
