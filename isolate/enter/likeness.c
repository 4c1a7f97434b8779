#include "isolate/enter/likeness.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>

enum {
	VALUE_BYTES_MAX = 64,
	SCHEDULING_BYTES = 56, // struct sched_attr, version 1
	PROCESSORS_BYTES = 1024,
};

static bool is_refused(int os_errno)
{
	return os_errno == EPERM || os_errno == EACCES;
}

// As the kernel has it: the C library makes an enumeration of the number.
static bool exchange_limit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *ret)
{
	return syscall(SYS_prlimit64, pid, resource, limit, ret) == 0;
}

static bool take_limit(pid_t pid, int resource, Error *error)
{
	struct rlimit wanted, own;
	if (!exchange_limit(pid, resource, NULL, &wanted) ||
	    !exchange_limit(0, resource, NULL, &own))
		return error_set_errno(error, errno, "read limit %d", resource);
	if (exchange_limit(0, resource, &wanted, NULL))
		return true;
	// Only CAP_SYS_RESOURCE raises the hard limit.
	wanted.rlim_max = wanted.rlim_max < own.rlim_max ? wanted.rlim_max : own.rlim_max;
	wanted.rlim_cur = wanted.rlim_cur < wanted.rlim_max ? wanted.rlim_cur : wanted.rlim_max;
	return exchange_limit(0, resource, &wanted, NULL) ||
	       error_set_errno(error, errno, "set limit %d", resource);
}

static bool take_limits(pid_t pid, Error *error)
{
	for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
		if (!take_limit(pid, resource, error))
			return false;
	}
	return true;
}

// Policy, nice and priority.
static bool take_scheduling(pid_t pid, Error *error)
{
	_Alignas(uint64_t) unsigned char attributes[SCHEDULING_BYTES] = { 0 };
	if (syscall(SYS_sched_getattr, pid, attributes, sizeof(attributes), 0) < 0 ||
	    (syscall(SYS_sched_setattr, 0, attributes, 0) < 0 && !is_refused(errno)))
		return error_set_errno(error, errno, "take its scheduling");
	return true;
}

static bool take_processors(pid_t pid, Error *error)
{
	unsigned long mask[PROCESSORS_BYTES / sizeof(unsigned long)] = { 0 };
	const long length = syscall(SYS_sched_getaffinity, pid, sizeof(mask), mask);
	if (length < 0 || syscall(SYS_sched_setaffinity, 0, length, mask) < 0)
		return error_set_errno(error, errno, "take its processors");
	return true;
}

static bool take_disk_priority(pid_t pid, Error *error)
{
	const long priority = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid);
	if (priority < 0 ||
	    (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, priority) < 0 && !is_refused(errno)))
		return error_set_errno(error, errno, "take its disk priority");
	return true;
}

// A file of /proc/PID, written into that of the calling process. A kernel without it has nothing to take.
static bool take_file(pid_t pid, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *from = arena_printf(scratch, "/proc/%ld/%s", (long)pid, name);
	const char *to = arena_printf(scratch, "/proc/self/%s", name);
	const char *value = NULL;
	size_t length = 0;
	CLEANUP_FD fd = open(to, O_WRONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return true;
	if (!file_read(AT_FDCWD, from, VALUE_BYTES_MAX, scratch, &value, &length, error))
		return false;
	if (fd < 0 || (write(fd, value, length) < 0 && !is_refused(errno)))
		return error_set_errno(error, errno, "write '%s'", to);
	return true;
}

static bool take_personality(pid_t pid, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = arena_printf(scratch, "/proc/%ld/personality", (long)pid);
	const char *text = NULL;
	if (!file_read(AT_FDCWD, path, VALUE_BYTES_MAX, scratch, &text, NULL, error))
		return false;
	uint32_t value = 0;
	for (; *text && *text != '\n'; text++)
		value = value << 4 | (uint32_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	return personality(value) >= 0 || error_set_errno(error, errno, "set the personality");
}

// Ours may hold keys; a kernel without keys has no keyrings either.
static bool leave_keyring(Error *error)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
		return error_set_errno(error, errno, "make a session keyring");
	return true;
}

bool likeness_take(pid_t pid, Error *error)
{
	return leave_keyring(error) && take_scheduling(pid, error) && take_processors(pid, error) &&
	       take_disk_priority(pid, error) && take_personality(pid, error) &&
	       take_file(pid, "oom_score_adj", error) && take_file(pid, "timerslack_ns", error) &&
	       take_file(pid, "coredump_filter", error) && take_limits(pid, error);
}
