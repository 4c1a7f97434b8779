#include "pkg/sys/file.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void file_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

// Reads up to `size` bytes; fewer only at the end of the file. -1 with errno on failure.
static ssize_t read_full(int fd, char *bytes, size_t size)
{
	size_t have = 0;
	while (have < size) {
		const ssize_t got = read(fd, bytes + have, size - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

bool file_read_fd(int fd, size_t max, Arena *arena, const char **ret, size_t *ret_length,
		  Error *error)
{
	CLEANUP_BUFFER content = { 0 };
	char block[16 * 1024];
	for (;;) {
		const ssize_t got = read_full(fd, block, sizeof(block));
		if (got < 0)
			return error_set_errno(error, errno, "read");
		if ((size_t)got > max - content.length)
			return error_set(error, ERROR_LIMIT, "larger than %zu bytes", max);
		buffer_add_bytes(&content, block, (size_t)got);
		if ((size_t)got < sizeof(block))
			break;
	}

	if (ret_length)
		*ret_length = content.length;
	*ret = buffer_take(&content, arena);
	return true;
}

bool file_read(int directory, const char *path, size_t max, Arena *arena, const char **ret,
	       size_t *ret_length, Error *error)
{
	CLEANUP_FD fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s'", path);
	if (!file_read_fd(fd, max, arena, ret, ret_length, error))
		return error_wrap(error, "'%s'", path);
	return true;
}

void file_discard(int fd)
{
	char bytes[64 * 1024];
	const ssize_t length = read(fd, bytes, sizeof(bytes));
	(void)length; // nothing there is as good
}

bool file_write_fd(int fd, const void *bytes, size_t length, Error *error)
{
	const char *rest = bytes;
	while (length > 0) {
		const ssize_t put = write(fd, rest, length);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_set_errno(error, errno, "write");
		rest += put;
		length -= (size_t)put;
	}
	return true;
}

// The name next to `path` under which its new content is prepared: hidden, and marked with the id of our thread, which
// nobody else has. That of the first thread is the PID; store/state/staging.c takes what has the id of no thread away.
static char *staging_path(Arena *arena, const char *path)
{
	const char *name = path_name(path);
	return arena_printf(arena, "%.*s.%s.%ld.new", (int)(name - path), path, name,
			    (long)gettid());
}

static bool sync_parent(int directory, const char *path, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD parent =
		openat(directory, path_parent(scratch, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0 || fsync(parent) < 0)
		return error_set_errno(error, errno, "sync the directory of '%s'", path);
	return true;
}

static bool stage(int directory, const char *path, const void *bytes, size_t length, mode_t mode,
		  bool is_durable, Error *error)
{
	CLEANUP_FD fd = openat(directory, path,
			       O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return error_set_errno(error, errno, "create '%s'", path);
	if (fchmod(fd, mode) < 0)
		return error_set_errno(error, errno, "set the mode of '%s'", path);
	if (!file_write_fd(fd, bytes, length, error))
		return error_wrap(error, "'%s'", path);
	if (is_durable && fsync(fd) < 0)
		return error_set_errno(error, errno, "sync '%s'", path);
	return true;
}

static bool replace(int directory, const char *path, const void *bytes, size_t length, mode_t mode,
		    bool is_durable, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *staged = staging_path(scratch, path);
	if (!stage(directory, staged, bytes, length, mode, is_durable, error)) {
		unlinkat(directory, staged, 0);
		return false;
	}
	if (renameat(directory, staged, directory, path) < 0) {
		const int os_errno = errno;
		unlinkat(directory, staged, 0);
		return error_set_errno(error, os_errno, "replace '%s'", path);
	}
	return is_durable ? sync_parent(directory, path, error) : true;
}

bool file_replace(int directory, const char *path, const void *bytes, size_t length, mode_t mode,
		  Error *error)
{
	return replace(directory, path, bytes, length, mode, /* is_durable= */ true, error);
}

bool file_replace_volatile(int directory, const char *path, const void *bytes, size_t length,
			   mode_t mode, Error *error)
{
	return replace(directory, path, bytes, length, mode, /* is_durable= */ false, error);
}

bool file_replace_link(int directory, const char *path, const char *target, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *staged = staging_path(scratch, path);
	unlinkat(directory, staged, 0);
	if (symlinkat(target, directory, staged) < 0)
		return error_set_errno(error, errno, "link '%s' to '%s'", path, target);
	if (renameat(directory, staged, directory, path) < 0) {
		const int os_errno = errno;
		unlinkat(directory, staged, 0);
		return error_set_errno(error, os_errno, "replace '%s'", path);
	}
	return true;
}

bool file_make_directories(int directory, const char *path, mode_t mode, Error *error)
{
	if (mkdirat(directory, path, mode) == 0 || errno == EEXIST)
		return true;
	if (errno != ENOENT)
		return error_set_errno(error, errno, "make the directory '%s'", path);

	CLEANUP_ARENA scratch = arena_new();
	if (!file_make_directories(directory, path_parent(scratch, path), mode, error))
		return false;
	if (mkdirat(directory, path, mode) < 0 && errno != EEXIST)
		return error_set_errno(error, errno, "make the directory '%s'", path);
	return true;
}

bool file_open_directory(int directory, const char *path, int *ret_fd, Error *error)
{
	const int fd = openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "open the directory '%s'", path);
	*ret_fd = fd;
	return true;
}

bool file_lock(int fd, const char *path, Error *error)
{
	while (flock(fd, LOCK_EX) < 0) {
		if (errno != EINTR)
			return error_set_errno(error, errno, "lock '%s'", path);
	}
	return true;
}

static void close_stream(DIR **stream)
{
	if (*stream)
		closedir(*stream);
}

// A stream over the open directory `fd`, which it takes over.
static bool open_stream(int *fd, DIR **ret_stream, Error *error)
{
	DIR *stream = fdopendir(*fd);
	if (!stream)
		return error_set_errno(error, errno, "read a directory");
	*fd = -1;
	*ret_stream = stream;
	return true;
}

bool file_list(int directory, const char *path, Arena *arena, Texts *ret_names, Error *error)
{
	return file_list_at_most(directory, path, SIZE_MAX, arena, ret_names, error);
}

bool file_list_at_most(int directory, const char *path, size_t max, Arena *arena, Texts *ret_names,
		       Error *error)
{
	CLEANUP_FD fd = -1;
	CLEANUP(close_stream) DIR *stream = NULL;
	if (!file_open_directory(directory, path, &fd, error) || !open_stream(&fd, &stream, error))
		return false;

	Texts names = { 0 };
	errno = 0;
	for (const struct dirent *entry; (entry = readdir(stream));) {
		if (!path_is_name(entry->d_name))
			continue;
		if (names.count == max)
			return error_set(error, ERROR_LIMIT, "more than %zu files in '%s'", max,
					 path);
		texts_add(arena, &names, arena_strdup(arena, entry->d_name));
	}
	if (errno != 0)
		return error_set_errno(error, errno, "list '%s'", path);
	texts_sort(&names);
	*ret_names = names;
	return true;
}

bool file_exists(int directory, const char *path)
{
	struct stat status;
	return fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

int64_t file_modified_us(int directory, const char *path)
{
	struct stat status;
	if (fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	return (int64_t)status.st_mtim.tv_sec * 1000000 + status.st_mtim.tv_nsec / 1000;
}

int file_openat2(int directory, const char *path, int flags, mode_t mode, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.mode = mode,
		.resolve = resolve,
	};
	long fd = -1;
	// EAGAIN: a rename raced with the resolution of ".." (openat2(2)); the kernel asks for another try.
	for (int attempt = 0; attempt < 64; attempt++) {
		fd = syscall(SYS_openat2, directory, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return (int)fd;
}

bool file_open_in_root(int root, const char *path, int flags, mode_t mode, int *ret_fd,
		       Error *error)
{
	const int fd =
		file_openat2(root, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s' in its root", path);
	*ret_fd = fd;
	return true;
}

// Opens for reading what has been found, if it is a file.
static bool open_plain(int place, const char *path, int *ret_fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	struct stat status;
	if (fstat(place, &status) < 0)
		return error_set_errno(error, errno, "look at '%s'", path);
	if (!S_ISREG(status.st_mode))
		return error_set(error, ERROR_INVALID, "'%s' is not a file", path);
	const int fd =
		open(file_descriptor_path(scratch, place), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s' in its root", path);
	*ret_fd = fd;
	return true;
}

bool file_open_plain_in_root(int root, const char *path, int *ret_fd, Error *error)
{
	CLEANUP_FD place = -1;
	return file_open_in_root(root, path, O_PATH, 0, &place, error) &&
	       open_plain(place, path, ret_fd, error);
}

bool file_open_plain_beneath(int directory, const char *path, int *ret_fd, Error *error)
{
	CLEANUP_FD place =
		file_openat2(directory, path, O_PATH | O_NOFOLLOW, 0,
			     RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	if (place < 0 && errno == ELOOP)
		return error_set(error, ERROR_INVALID, "'%s' is a link", path);
	if (place < 0)
		return error_set_errno(error, errno, "open '%s'", path);
	return open_plain(place, path, ret_fd, error);
}

void file_raise_descriptor_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	// Where it is refused, the first open(2) too many says so.
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

char *file_descriptor_path(Arena *arena, int fd)
{
	return arena_printf(arena, "/proc/self/fd/%d", fd);
}
