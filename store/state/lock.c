#include "store/state/lock.h"

#include "pkg/base/clock.h"
#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"
#include "store/state/layout.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

static const char *const kind_words[LOCK_KIND_COUNT] = {
	[LOCK_FS] = "fs",           [LOCK_CONTAINERS] = "containers", [LOCK_PODS] = "pods",
	[LOCK_SECRETS] = "secrets", [LOCK_CONFIGMAPS] = "configmaps", [LOCK_VOLUMES] = "volumes",
	[LOCK_IMAGES] = "images",   [LOCK_LAYERS] = "layers",
};

// Between two tries of a lock that another holds.
#define RETRY_FIRST_MS 2
#define RETRY_LAST_MS  50

#define PROC_LOCKS_BYTES_MAX (4u * 1024 * 1024)
#define COMMAND_BYTES_MAX    4096

const char *lock_kind_to_text(LockKind kind)
{
	return kind_words[kind];
}

static const char *lock_path(const Host *host, LockKind kind, const char *name, Arena *arena)
{
	return path_join(arena, layout_path_of(host, LAYOUT_LOCKS, kind_words[kind], arena),
			 arena_printf(arena, "%s.lock", layout_file_name(name, arena)));
}

static bool open_lock_file(const char *path, int *ret_fd, Error *error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == ENOENT) {
		CLEANUP_ARENA scratch = arena_new();
		if (!file_make_directories(AT_FDCWD, path_parent(scratch, path), 0700, error))
			return false;
		fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
	if (fd < 0)
		return error_set_errno(error, errno, "open the lock '%s'", path);
	*ret_fd = fd;
	return true;
}

// True when `path` still names the open file: a holder may have removed it together with its object.
static bool is_current(int fd, const char *path)
{
	struct stat ours, theirs;
	return fstat(fd, &ours) == 0 && lstat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
	       ours.st_ino == theirs.st_ino;
}

typedef enum Try {
	TRY_TAKEN,
	TRY_HELD_BY_ANOTHER,
	TRY_FAILED,
} Try;

// One try. On TRY_HELD_BY_ANOTHER *ret_fd is the open lock file.
static Try try_lock(const char *path, bool is_shared, int *ret_fd, Error *error)
{
	for (;;) {
		CLEANUP_FD fd = -1;
		if (!open_lock_file(path, &fd, error))
			return TRY_FAILED;
		const bool is_taken = flock(fd, (is_shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0;
		if (!is_taken && errno != EWOULDBLOCK && errno != EINTR) {
			error_set_errno(error, errno, "lock '%s'", path);
			return TRY_FAILED;
		}
		if (is_taken && !is_current(fd, path))
			continue;
		*ret_fd = steal_fd(&fd);
		return is_taken ? TRY_TAKEN : TRY_HELD_BY_ANOTHER;
	}
}

// One line of /proc/locks: "12: FLOCK  ADVISORY  WRITE 4711 fe:00:2049 0 EOF"; "->" before the type marks a waiter.
// Returns the PID when the line is a held flock on the file whose third word ends in `file`, else 0.
static uint32_t holder_in_line(const char *line, const char *file, Arena *arena)
{
	Texts words = { 0 };
	for (const char *rest = line + strspn(line, " "); *rest;) {
		const size_t length = strcspn(rest, " ");
		texts_add(arena, &words, arena_strndup(arena, rest, length));
		rest += length;
		rest += strspn(rest, " ");
	}
	if (words.count < 6 || !text_equal(words.items[1], "FLOCK") ||
	    !text_ends_with(words.items[5], file))
		return 0;

	CLEANUP_ERROR ignored = { 0 };
	uint32_t pid = 0; // stays 0 for a holder in another PID namespace
	return number_parse_u32(words.items[4], "pid", UINT32_MAX, &pid, &ignored) ? pid : 0;
}

static uint32_t holder_in_table(const char *table, const char *file, Arena *arena)
{
	for (const char *line = table; *line;) {
		const size_t length = strcspn(line, "\n");
		const uint32_t holder =
			holder_in_line(arena_strndup(arena, line, length), file, arena);
		if (holder > 0)
			return holder;
		line += length + (line[length] == '\n' ? 1 : 0);
	}
	return 0;
}

// The PID of a process that holds a lock on the file; 0 when it cannot be told.
static uint32_t find_holder(int fd, Arena *arena)
{
	CLEANUP_ERROR ignored = { 0 };
	struct stat status;
	const char *table = NULL;
	if (fstat(fd, &status) < 0 || !file_read(AT_FDCWD, "/proc/locks", PROC_LOCKS_BYTES_MAX,
						 arena, &table, NULL, &ignored))
		return 0;

	const uintmax_t inode = status.st_ino;
	const char *exact = arena_printf(arena, "%02x:%02x:%ju", major(status.st_dev),
					 minor(status.st_dev), inode);
	const uint32_t holder = holder_in_table(table, exact, arena);
	if (holder > 0)
		return holder;
	// btrfs shows stat(2) another device than the lock table; an equal number elsewhere costs a wrong PID in an error.
	return holder_in_table(table, arena_printf(arena, ":%ju", inode), arena);
}

// " (sdme kube apply)": the program and its words up to the first option. What follows may be a secret.
static const char *describe_process(uint32_t pid, Arena *arena)
{
	CLEANUP_ERROR ignored = { 0 };
	const char *command = NULL;
	size_t length = 0;
	const char *path = arena_printf(arena, "/proc/%u/cmdline", pid);
	if (!file_read(AT_FDCWD, path, COMMAND_BYTES_MAX, arena, &command, &length, &ignored) ||
	    length == 0)
		return "";

	CLEANUP_BUFFER text = { 0 };
	const char *program = path_name(command);
	buffer_add_printable(&text, program, strlen(program));
	for (size_t i = strlen(command) + 1; i < length; i += strlen(command + i) + 1) {
		if (command[i] == '-' || command[i] == '\0')
			break;
		buffer_add_char(&text, ' ');
		buffer_add_printable(&text, command + i, strlen(command + i));
	}
	return arena_printf(arena, " (%s)", buffer_text(&text));
}

static bool refuse_busy(const LockRequest *request, int fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const uint32_t holder = find_holder(fd, scratch);
	if (holder == 0)
		return error_set(error, ERROR_BUSY, "'%s' is locked by another process",
				 request->name);
	return error_set(error, ERROR_BUSY, "'%s' is locked by process %u%s", request->name, holder,
			 describe_process(holder, scratch));
}

static void sleep_ms(uint64_t milliseconds)
{
	const struct timespec pause = {
		.tv_sec = (time_t)(milliseconds / 1000),
		.tv_nsec = (long)(milliseconds % 1000) * 1000000,
	};
	nanosleep(&pause, NULL);
}

// Polls: flock(2) itself knows no timeout, and SIGALRM is no library's to take.
static bool wait_for_lock(const LockRequest *request, const char *path, int *ret_fd, Error *error)
{
	const uint64_t deadline = clock_ms() + request->timeout_ms;
	for (uint64_t pause = RETRY_FIRST_MS;;
	     pause = pause * 2 < RETRY_LAST_MS ? pause * 2 : RETRY_LAST_MS) {
		CLEANUP_FD fd = -1;
		const Try result = try_lock(path, request->is_shared, &fd, error);
		if (result == TRY_FAILED)
			return false;
		if (result == TRY_TAKEN) {
			*ret_fd = steal_fd(&fd);
			return true;
		}
		if (clock_ms() >= deadline)
			return refuse_busy(request, fd, error);
		sleep_ms(pause);
		if (!interrupt_check(error))
			return error_wrap(error, "wait for the lock of '%s'", request->name);
	}
}

// Two processes that both kept this order cannot wait for each other. A lock that is not waited for may be out of order.
static bool is_in_order(const Lock *outer, const LockRequest *request)
{
	if (!outer || outer->fd < 0 || request->timeout_ms == 0)
		return true;
	return outer->kind < request->kind ||
	       (outer->kind == request->kind && strcmp(outer->name, request->name) < 0);
}

bool lock_take(const Host *host, const LockRequest *request, Lock *ret_lock, Error *error)
{
	assert(is_in_order(request->outer, request));
	if (!path_is_name(request->name) || strlen(request->name) > LOCK_NAME_MAX)
		return error_set(error, ERROR_INVALID, "'%s' cannot be a name", request->name);

	CLEANUP_ARENA scratch = arena_new();
	Lock lock = { .fd = -1, .kind = request->kind, .is_exclusive = !request->is_shared };
	memcpy(lock.name, request->name, strlen(request->name) + 1);
	const char *path = lock_path(host, request->kind, request->name, scratch);
	if (!wait_for_lock(request, path, &lock.fd, error))
		return false;
	*ret_lock = lock;
	return true;
}

void lock_release(Lock *lock)
{
	file_close(&lock->fd);
}

void lock_release_and_remove(const Host *host, Lock *lock)
{
	if (lock->fd < 0)
		return;
	assert(lock->is_exclusive);
	CLEANUP_ARENA scratch = arena_new();
	unlink(lock_path(host, lock->kind, lock->name, scratch));
	lock_release(lock);
}
