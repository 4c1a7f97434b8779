#include "pkg/machine/app_status.h"

#include "isolate/guest/spec.h"
#include "pkg/base/path.h"
#include "pkg/machine/machine.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

#define RECORD_BYTES_MAX (64 * 1024)

bool app_status_load(const Host *host, const char *machine, const char *app, Arena *arena,
		     AppRecord *ret, Error *error)
{
	CLEANUP_FD directory = -1;
	CLEANUP_FD fd = -1;
	const char *text = NULL;
	const char *path = path_join(arena, machine_run_directory(host, machine, arena), "status");
	return file_open_directory(AT_FDCWD, path, &directory, error) &&
	       file_open_plain_in_root(
		       directory, arena_printf(arena, "%s/" SPEC_STATUS_RECORD, app), &fd, error) &&
	       file_read_fd(fd, RECORD_BYTES_MAX, arena, &text, NULL, error) &&
	       app_record_parse(text, arena, ret, error);
}
