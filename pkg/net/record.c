#include "pkg/net/record.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// Some 60 bytes a port.
#define RECORD_BYTES_MAX (4 * 1024 * 1024)

bool record_lock(const char *run_dir, int *ret_fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = path_join(scratch, run_dir, "network.lock");
	CLEANUP_FD fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s'", path);
	if (!file_lock(fd, path, error))
		return false;
	*ret_fd = steal_fd(&fd);
	return true;
}

static bool load(const char *run_dir, const char *name, Arena *arena, const char **ret,
		 Error *error)
{
	const char *path = path_join(arena, run_dir, name);
	CLEANUP_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		*ret = "";
		return true;
	}
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s'", path);
	if (!file_read_fd(fd, RECORD_BYTES_MAX, arena, ret, NULL, error))
		return error_wrap(error, "'%s'", path);
	return true;
}

static bool save(const char *run_dir, const char *name, const char *text, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return file_replace_volatile(AT_FDCWD, path_join(scratch, run_dir, name), text,
				     strlen(text), 0600, error);
}

bool record_load_ready(const char *run_dir, Arena *arena, const char **ret, Error *error)
{
	return load(run_dir, "network.ready", arena, ret, error);
}

bool record_save_ready(const char *run_dir, const char *text, Error *error)
{
	return save(run_dir, "network.ready", text, error);
}

bool record_load_ports(const char *run_dir, Arena *arena, Publications *ret, Error *error)
{
	const char *text = NULL;
	if (!load(run_dir, "network.ports", arena, &text, error))
		return false;
	if (!publications_parse(text, arena, ret, error))
		return error_wrap(error, "'%s/network.ports'", run_dir);
	return true;
}

bool record_save_ports(const char *run_dir, const Publications *publications, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return save(run_dir, "network.ports", publications_print(publications, scratch), error);
}
