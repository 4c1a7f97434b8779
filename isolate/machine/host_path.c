#include "isolate/machine/host_path.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
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

static bool make_host_path(const PlanVolume *volume, Error *error)
{
	if (file_exists(AT_FDCWD, volume->path))
		return true;
	if (is_made_as_directory(volume))
		return file_make_directories(AT_FDCWD, volume->path, 0755, error);
	if (volume->path_type == PLAN_PATH_FILE_OR_CREATE) {
		CLEANUP_FD fd = open(volume->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0)
			return error_set_errno(error, errno, "create '%s'", volume->path);
	}
	return true;
}

static bool open_existing(const PlanVolume *volume, int *ret_fd, Error *error)
{
	CLEANUP_FD fd = open(volume->path, O_PATH | O_CLOEXEC);
	struct stat status;
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_set_errno(error, errno, "hostPath '%s'", volume->path);
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

// A file is made in a directory that is there, a directory with all that lead to it.
static bool check_makeable(const PlanVolume *volume, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *parent = path_parent(scratch, path_clean(scratch, volume->path));
	for (;;) {
		CLEANUP_FD fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			return true;
		const int os_errno = errno;
		// A link that leads nowhere is there.
		if (os_errno != ENOENT || !is_made_as_directory(volume) ||
		    file_exists(AT_FDCWD, parent))
			return error_set_errno(error, os_errno, "hostPath '%s': '%s'", volume->path,
					       parent);
		parent = path_parent(scratch, parent);
	}
}

bool host_path_check(const PlanVolume *volume, bool *ret_is_made, Error *error)
{
	CLEANUP_FD fd = -1;
	const bool can_be_made =
		is_made_as_directory(volume) || volume->path_type == PLAN_PATH_FILE_OR_CREATE;
	*ret_is_made = can_be_made && !file_exists(AT_FDCWD, volume->path);
	return *ret_is_made ? check_makeable(volume, error) : open_existing(volume, &fd, error);
}
