#include "store/state/staging.h"

#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/crypto.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/interrupt.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define LOWER_CASE "abcdefghijklmnopqrstuvwxyz"
#define DIGITS     "0123456789"

#define RETIRED_PREFIX ".retired-"

#define BOOT_BYTES_MAX      100
#define PROC_STAT_BYTES_MAX 4096
// proc_pid_stat(5): the start time is field 22, the 20th behind the program's name in parentheses.
#define START_TIME_FIELD 20

// When the process started, in clock ticks since boot; false when there is no such process.
static bool read_start_time(const char *pid, Arena *arena, const char **ret)
{
	CLEANUP_ERROR gone = { 0 };
	const char *text = NULL;
	const char *path = arena_printf(arena, "/proc/%s/stat", pid);
	if (!file_read(AT_FDCWD, path, PROC_STAT_BYTES_MAX, arena, &text, NULL, &gone))
		return false;
	const char *rest = strrchr(text, ')'); // the name itself may hold parentheses and blanks
	for (int field = 0; rest && field < START_TIME_FIELD; field++)
		rest = strchr(rest + 1, ' ');
	if (!rest)
		return false;
	*ret = arena_strndup(arena, rest + 1, strspn(rest + 1, DIGITS));
	return true;
}

bool staging_name(const char *kind, Arena *arena, const char **ret_name, Error *error)
{
	assert(kind[0] != '\0' && text_has_only(kind, LOWER_CASE));
	const char *pid = arena_printf(arena, "%ld", (long)getpid());
	const char *start_time = NULL;
	if (!read_start_time(pid, arena, &start_time))
		return error_set(error, ERROR_SYSTEM,
				 "/proc does not show this process: is it mounted?");
	uint32_t random = 0;
	if (!crypto_random(&random, sizeof(random), error))
		return false;
	*ret_name = arena_printf(arena, ".%s-%s-%s-%08x", kind, pid, start_time, random);
	return true;
}

bool staging_make_directory(int directory, const char *kind, mode_t mode, Arena *arena,
			    const char **ret_name, int *ret_fd, Error *error)
{
	const char *name = NULL;
	if (!staging_name(kind, arena, &name, error))
		return false;
	if (mkdirat(directory, name, mode) < 0)
		return error_set_errno(error, errno, "make the directory '%s'", name);
	CLEANUP_FD fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, mode) < 0)
		return error_set_errno(error, errno, "open the directory '%s'", name);
	*ret_name = name;
	*ret_fd = steal_fd(&fd);
	return true;
}

static bool rename_durably(int directory, const char *from, const char *to, unsigned flags,
			   Error *error)
{
	if (renameat2(directory, from, directory, to, flags) < 0)
		return error_set_errno(error, errno, "rename '%s' to '%s'", from, to);
	if (fsync(directory) < 0)
		return error_set_errno(error, errno, "sync the directory of '%s'", to);
	return true;
}

bool staging_publish(int directory, const char *staged, const char *name, Error *error)
{
	return rename_durably(directory, staged, name, RENAME_NOREPLACE, error);
}

bool staging_exchange(int directory, const char *staged, const char *name, Error *error)
{
	return rename_durably(directory, staged, name, RENAME_EXCHANGE, error);
}

bool staging_discard(int directory, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *trash = NULL;
	if (!staging_name("trash", scratch, &trash, error))
		return false;
	if (renameat(directory, name, directory, trash) < 0)
		return error_set_errno(error, errno, "remove '%s'", name);
	if (!file_tree_remove(directory, trash, error))
		return error_wrap(error, "delete what was '%s'", name);
	return true;
}

// What identifies this boot; false when the kernel does not say.
static bool read_boot(Arena *arena, const char **ret)
{
	CLEANUP_ERROR unknown = { 0 };
	const char *text = NULL;
	if (!file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", BOOT_BYTES_MAX, arena, &text,
		       NULL, &unknown))
		return false;
	*ret = arena_strndup(arena, text, strcspn(text, "\n"));
	return true;
}

bool staging_replace(int directory, const char *staged, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *boot = NULL;
	uint32_t random = 0;
	if (!read_boot(scratch, &boot))
		return error_set(error, ERROR_SYSTEM, "/proc does not show the boot_id");
	if (!crypto_random(&random, sizeof(random), error))
		return false;
	// Whoever is killed in between leaves nothing that goes too early.
	const char *retired = arena_printf(scratch, RETIRED_PREFIX "%s-%08x", boot, random);
	return rename_durably(directory, staged, retired, RENAME_NOREPLACE, error) &&
	       staging_exchange(directory, retired, name, error);
}

static bool is_retired_long_ago(const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *boot = NULL;
	return text_starts_with(name, RETIRED_PREFIX) && read_boot(scratch, &boot) &&
	       !text_starts_with(name + strlen(RETIRED_PREFIX), boot);
}

// The four parts of ".KIND-PID-STARTTIME-RANDOM". False for any other name.
static bool split_name(const char *name, Arena *arena, const char *parts[4])
{
	static const char *const allowed[4] = { LOWER_CASE, DIGITS, DIGITS, DIGITS "abcdef" };
	if (name[0] != '.')
		return false;
	const char *rest = name + 1;
	for (size_t i = 0; i < 4; i++) {
		const size_t length = strspn(rest, allowed[i]);
		if (length == 0 || rest[length] != (i < 3 ? '-' : '\0'))
			return false;
		parts[i] = arena_strndup(arena, rest, length);
		rest += length + 1;
	}
	return true;
}

bool staging_is_name(const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *parts[4];
	return split_name(name, scratch, parts);
}

// The PID in ".NAME.PID.new", what file_replace leaves when it is killed; NULL for any other name.
static const char *temporary_pid(const char *name, Arena *arena)
{
	if (name[0] != '.' || !text_ends_with(name, ".new"))
		return NULL;
	char *text = arena_strndup(arena, name, strlen(name) - strlen(".new"));
	const char *dot = strrchr(text, '.');
	return dot > text && dot[1] && text_has_only(dot + 1, DIGITS) ? dot + 1 : NULL;
}

bool staging_is_temporary(const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	return staging_is_name(name) || temporary_pid(name, scratch);
}

bool staging_is_stale(const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *parts[4];
	const char *start_time = NULL;
	if (split_name(name, scratch, parts))
		return !read_start_time(parts[1], scratch, &start_time) ||
		       !text_equal(start_time, parts[2]);
	if (is_retired_long_ago(name))
		return true;
	const char *pid = temporary_pid(name, scratch);
	return pid && !read_start_time(pid, scratch, &start_time);
}

// ".NAME.PID.new" has no start time in its name, and after a reboot the PID is soon somebody else's.
static bool is_of_earlier_boot(int directory, const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	struct stat status;
	struct timespec now = { 0 }, up = { 0 };
	if (!temporary_pid(name, scratch) ||
	    fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    clock_gettime(CLOCK_REALTIME, &now) < 0 || clock_gettime(CLOCK_BOOTTIME, &up) < 0)
		return false;
	return status.st_mtim.tv_sec < now.tv_sec - up.tv_sec;
}

bool staging_collect_at(int directory, size_t *ret_count, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	if (!file_list(directory, ".", scratch, &names, error))
		return false;
	size_t count = 0;
	bool is_done = true;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP_ERROR failure = { 0 };
		const char *name = names.items[i];
		if (!staging_is_stale(name) && !is_of_earlier_boot(directory, name))
			continue;
		if (interrupt_check(&failure) && file_tree_remove(directory, name, &failure))
			count++;
		else if (is_done)
			is_done = error_set(error, failure.code, "collect '%s': %s", name,
					    failure.message);
		if (failure.code == ERROR_INTERRUPTED)
			break;
	}
	if (ret_count)
		*ret_count = count;
	return is_done;
}

bool staging_tidy(int directory, Error *error)
{
	CLEANUP_ERROR left_behind = { 0 };
	return staging_collect_at(directory, NULL, &left_behind) || interrupt_check(error);
}

bool staging_collect(const Host *host, LayoutDirectory directory, size_t *ret_count, Error *error)
{
	CLEANUP_FD fd = -1;
	return layout_open(host, directory, &fd, error) && staging_collect_at(fd, ret_count, error);
}
