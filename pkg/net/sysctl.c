#include "pkg/net/sysctl.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define SYSCTL_ROOT     "/proc/sys/net"
#define VALUE_BYTES_MAX 4096

bool sysctl_set(const char *name, const char *value, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = path_join(scratch, SYSCTL_ROOT, name);
	CLEANUP_FD fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s'", path);
	return file_write_fd(fd, value, strlen(value), error) ||
	       error_wrap(error, "set '%s' to '%s'", path, value);
}

bool sysctl_set_if_known(const char *name, const char *value, Error *error)
{
	return sysctl_set(name, value, error) || error_forgive(error, ERROR_NOT_FOUND);
}

bool sysctl_is(const char *name, const char *value)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR ignored = { 0 }; // what cannot be read is not as wanted
	const char *text = NULL;
	return file_read(AT_FDCWD, path_join(scratch, SYSCTL_ROOT, name), VALUE_BYTES_MAX, scratch,
			 &text, NULL, &ignored) &&
	       text_equal(text, arena_printf(scratch, "%s\n", value));
}
