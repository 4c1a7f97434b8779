#include "isolate/machine/app_log.h"

#include "isolate/machine/machine.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"

#include <errno.h>
#include <fcntl.h>

#define LIFE_BYTES_MAX 256

static const char *logs_path(const Host *host, const char *machine, Arena *arena)
{
	return path_join(arena, machine_directory(host, machine, arena), APP_LOGS_DIRECTORY);
}

const char *app_log_directory(const Host *host, const char *machine, const char *app, Arena *arena)
{
	return path_join(arena, logs_path(host, machine, arena), app);
}

static bool is_life(int logs, const char *generation, Arena *arena)
{
	CLEANUP_ERROR ignored = { 0 }; // without the mark they are of none
	const char *life = NULL;
	return file_read(logs, APP_LOGS_LIFE, LIFE_BYTES_MAX, arena, &life, NULL, &ignored) &&
	       text_equal(life, generation);
}

// The mark comes last: what was killed in between is done again.
static bool begin_life(int logs, const char *generation, Arena *arena, Error *error)
{
	Texts names = { 0 };
	if (!file_list(logs, ".", arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (!file_tree_remove_path(logs, names.items[i], error))
			return false;
	}
	return file_replace_volatile(logs, APP_LOGS_LIFE, generation, strlen(generation), 0644,
				     error);
}

bool app_logs_prepare(const Host *host, const char *machine, const char *generation, int *ret_fd,
		      Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD logs = -1;
	const char *path = logs_path(host, machine, scratch);
	if (!file_make_directories(AT_FDCWD, path, 0755, error) ||
	    !file_open_directory(AT_FDCWD, path, &logs, error) ||
	    (!is_life(logs, generation, scratch) && !begin_life(logs, generation, scratch, error)))
		return error_wrap(error, "prepare the logs");
	*ret_fd = steal_fd(&logs);
	return true;
}

bool app_logs_end_life(const Host *host, const char *machine, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = path_join(scratch, logs_path(host, machine, scratch), APP_LOGS_LIFE);
	return unlink(path) == 0 || errno == ENOENT ||
	       error_set_errno(error, errno, "remove '%s'", path);
}
