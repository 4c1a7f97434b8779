// Ends a program at a chosen point: LD_PRELOAD=stoppoint.so SDME_STOP_AT=17 kills it before the 17th call that changes
// something outside of it. Counted are calls that make, rename or remove files, put them on the disk, lock, mount, execute,
// or tell systemd to do something. SDME_STOP_SIGNAL: the number of another signal; the program goes on if it survives.
// SDME_STOP_TWICE: the signal comes twice. SDME_STOP_LOG: file to which the names of the calls are appended.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static long number_of(const char *variable, long otherwise)
{
	const char *text = getenv(variable);
	return text ? atol(text) : otherwise;
}

static void note(const char *call, const char *detail)
{
	const char *path = getenv("SDME_STOP_LOG");
	if (!path)
		return;
	char line[512];
	const int length = snprintf(line, sizeof(line), "%s %s\n", call, detail ? detail : "");
	const int fd =
		(int)syscall(SYS_open, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || length < 0)
		return;
	syscall(SYS_write, fd, line, (size_t)length);
	syscall(SYS_close, fd);
}

static void point(const char *call, const char *detail)
{
	static long count;
	const long wanted = number_of("SDME_STOP_AT", 0);
	const int signal_number = (int)number_of("SDME_STOP_SIGNAL", SIGKILL);
	if (++count == wanted) {
		raise(signal_number);
		if (getenv("SDME_STOP_TWICE"))
			raise(signal_number);
	}
	note(call, detail);
}

#define NEXT(name) __typeof__(&name) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define COUNTED(type, name, parameters, arguments, detail)                                         \
	type name parameters                                                                       \
	{                                                                                          \
		NEXT(name);                                                                        \
		point(#name, detail);                                                              \
		return next arguments;                                                             \
	}

// clang-format off
COUNTED(int, renameat, (int from_fd, const char *from, int to_fd, const char *to), (from_fd, from, to_fd, to), to)
COUNTED(int, renameat2, (int from_fd, const char *from, int to_fd, const char *to, unsigned flags), (from_fd, from, to_fd, to, flags), to)
COUNTED(int, unlink, (const char *path), (path), path)
COUNTED(int, unlinkat, (int fd, const char *path, int flags), (fd, path, flags), path)
COUNTED(int, rmdir, (const char *path), (path), path)
COUNTED(int, mkdirat, (int fd, const char *path, mode_t mode), (fd, path, mode), path)
COUNTED(int, symlinkat, (const char *target, int fd, const char *path), (target, fd, path), path)
COUNTED(int, linkat, (int from_fd, const char *from, int to_fd, const char *to, int flags), (from_fd, from, to_fd, to, flags), to)
COUNTED(int, fsync, (int fd), (fd), NULL)
COUNTED(int, fdatasync, (int fd), (fd), NULL)
COUNTED(int, syncfs, (int fd), (fd), NULL)
COUNTED(int, flock, (int fd, int operation), (fd, operation), NULL)
COUNTED(int, unshare, (int flags), (flags), NULL)
COUNTED(int, mount, (const char *source, const char *target, const char *type, unsigned long flags, const void *data), (source, target, type, flags, data), target)
COUNTED(int, move_mount, (int from_fd, const char *from, int to_fd, const char *to, unsigned flags), (from_fd, from, to_fd, to, flags), to)
COUNTED(int, execve, (const char *path, char *const argv[], char *const envp[]), (path, argv, envp), path)
COUNTED(ssize_t, send, (int fd, const void *bytes, size_t length, int flags), (fd, bytes, length, flags), NULL)
COUNTED(ssize_t, sendto, (int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t to_length), (fd, bytes, length, flags, to, to_length), NULL)
// clang-format on

// The method of a D-Bus message that changes something, for the log.
static const char *method_in(const struct msghdr *message)
{
	static const char *const methods[] = {
		"StartUnit",       "StopUnit",          "RestartUnit",     "Reload",
		"ReloadUnit",      "KillUnit",          "EnableUnitFiles", "DisableUnitFiles",
		"ResetFailedUnit", "SetUnitProperties", "TerminateMachine"
	};
	for (size_t i = 0; i < message->msg_iovlen; i++) {
		const struct iovec *part = &message->msg_iov[i];
		for (size_t j = 0; j < sizeof(methods) / sizeof(methods[0]); j++) {
			// With its final NUL, so that StartUnit is not found in StartUnitReplace.
			if (memmem(part->iov_base, part->iov_len, methods[j],
				   strlen(methods[j]) + 1))
				return methods[j];
		}
	}
	return NULL;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	NEXT(sendmsg);
	const char *method = method_in(message);
	if (method) // how many questions sdme asks depends on how fast the answers come
		point("sendmsg", method);
	return next(fd, message, flags);
}

static int open_at(const char *call, int fd, const char *path, int flags, mode_t mode)
{
	if (flags & O_CREAT)
		point(call, path);
	int (*next)(int, const char *, int, ...) =
		(int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, "openat64");
	return next(fd, path, flags, mode);
}

#define OPEN_AT(name)                                                                              \
	int name(int fd, const char *path, int flags, ...)                                         \
	{                                                                                          \
		va_list more;                                                                      \
		va_start(more, flags);                                                             \
		const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;      \
		va_end(more);                                                                      \
		return open_at("openat", fd, path, flags, mode);                                   \
	}

#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list more;                                                                      \
		va_start(more, flags);                                                             \
		const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;      \
		va_end(more);                                                                      \
		return open_at("open", AT_FDCWD, path, flags, mode);                               \
	}

OPEN_AT(openat)
OPEN_AT(openat64)
OPEN(open)
OPEN(open64)
