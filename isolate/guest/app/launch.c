#include "isolate/guest/app/launch.h"

#include "isolate/guest/app/filesystem.h"
#include "isolate/guest/app/identity.h"
#include "isolate/guest/app/view.h"
#include "isolate/guest/base/line.h"

enum {
	UMASK = 022,
	CLOSE_ON_EXEC = 1 << 2, // CLOSE_RANGE_CLOEXEC
	FDS_WITHOUT_CLOSE_RANGE = 1024,
	KERNEL_SIGACTION_BYTES = 32, // all zeros: SIG_DFL, no flags, empty mask
};

// What Docker gives to images without a PATH.
static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

void launch_block_signals(void)
{
	const uint64_t all = ~UINT64_C(0);
	CALL4(rt_sigprocmask, SIG_SETMASK, &all, 0, SIGNAL_SET_BYTES);
}

// systemd ignores SIGPIPE in services, and we block everything: the application starts with neither.
static void reset_signals(void)
{
	const char zeros[KERNEL_SIGACTION_BYTES] = { 0 };
	for (int i = 1; i <= SIGNAL_COUNT; i++)
		CALL4(rt_sigaction, i, zeros, 0, SIGNAL_SET_BYTES);
	const uint64_t none = 0;
	CALL4(rt_sigprocmask, SIG_SETMASK, &none, 0, SIGNAL_SET_BYTES);
}

static void close_others_on_exec(void)
{
	if (CALL3(close_range, FIRST_OTHER_FD, ~0u, CLOSE_ON_EXEC) == 0)
		return;
	for (int fd = FIRST_OTHER_FD; fd < FDS_WITHOUT_CLOSE_RANGE; fd++)
		CALL3(fcntl, fd, F_SETFD, FD_CLOEXEC);
}

static bool has_slash(const char *text)
{
	for (; *text; text++) {
		if (*text == '/')
			return true;
	}
	return false;
}

static int exit_status(long result)
{
	switch (-result) {
	case ENOENT:
	case ENOTDIR:
		return SPEC_EXIT_NOT_FOUND;
	case EACCES:
	case EPERM:
	case ENOEXEC:
	case EISDIR:
		return SPEC_EXIT_NOT_EXECUTABLE;
	default:
		return SPEC_EXIT_START_ERROR;
	}
}

// Returns only on failure. ENOENT of a file that is there speaks of its interpreter.
static long execute(const Application *application, const char *path, SpecFailure *failure)
{
	const long result = CALL3(execve, path, application->arguments, application->environment);
	const bool is_there = CALL3(faccessat, AT_FDCWD, path, 0) == 0;
	if (result == -ENOENT && is_there)
		failure_set(failure, result, "find the interpreter of", path);
	else
		failure_set(failure, result, "exec", application->arguments[0]);
	failure->exit_status = exit_status(result);
	return result == -ENOENT && is_there ? -ENOEXEC : result;
}

// Joins the next directory of `path` and the name. Returns what follows it, NULL behind the last one.
static const char *next_candidate(const char *path, const char *name, Line *ret)
{
	size_t length = 0;
	while (path[length] && path[length] != ':')
		length++;
	ret->length = 0;
	line_add_bytes(ret, length ? path : ".", length ? length : 1);
	line_add(ret, "/");
	line_add(ret, name);
	return path[length] ? path + length + 1 : NULL;
}

// As execvp(3): the first file that can be executed; one that may not be is remembered.
static void search(const Application *application, SpecFailure *failure)
{
	const char *path = environment_get(application->environment, "PATH");
	SpecFailure denied = { 0 };
	for (const char *rest = path ? path : default_path; rest;) {
		Line candidate;
		rest = next_candidate(rest, application->arguments[0], &candidate);
		const long result = execute(application, candidate.text, failure);
		if (result == -EACCES)
			denied = *failure;
		else if (result != -ENOENT && result != -ENOTDIR)
			return;
	}
	if (denied.os_errno)
		*failure = denied;
}

bool launch_become(const Application *application, SpecFailure *failure)
{
	CALL1(umask, UMASK);
	reset_signals();
	if (!identity_assume_user(application, failure))
		return false;
	// Only now: a change of the user clears it.
	CALL2(prctl, PR_SET_PDEATHSIG, SIGKILL);
	return identity_confine(application, failure);
}

void launch_execute(const Application *application, SpecFailure *failure)
{
	const char *name = application->arguments[0];
	if (*name == '\0' || has_slash(name))
		execute(application, name, failure);
	else
		search(application, failure);
}

// --- the child

// Both ends of what leads to the parent.
typedef struct Channels {
	Stdio stdio;
	int failure[2];
} Channels;

static bool prepare(const Application *application, const char *root, SpecFailure *failure)
{
	return view_enter(application, root, failure) &&
	       filesystem_enter_directory(application, failure) &&
	       (!application_has(application, SPEC_READ_ONLY_ROOT) ||
		filesystem_lock_root(failure));
}

// The parent may have died before PR_SET_PDEATHSIG took hold: then nobody holds the read end any more.
static bool is_parent_gone(const Channels *channels)
{
	struct pollfd fd = { .fd = channels->failure[1] };
	const struct __kernel_timespec now = { 0 };
	return sys_poll(&fd, 1, &now) > 0 && (fd.revents & POLLERR);
}

static void __attribute__((noreturn))
run_child(const Application *application, const char *root, const Channels *channels)
{
	CALL2(prctl, PR_SET_PDEATHSIG, SIGKILL);
	sys_close(channels->failure[0]);
	if (is_parent_gone(channels))
		sys_exit(SPEC_EXIT_START_ERROR);
	CALL0(setsid);

	SpecFailure failure = { 0 };
	if (prepare(application, root, &failure) &&
	    stdio_connect(application, &channels->stdio, &failure)) {
		close_others_on_exec();
		if (launch_become(application, &failure))
			launch_execute(application, &failure);
	}
	sys_write(channels->failure[1], &failure, sizeof(failure));
	sys_exit(failure.exit_status);
}

// --- the parent

static unsigned long namespaces(const Application *application)
{
	return CLONE_NEWNS | (application_has(application, SPEC_OWN_PIDS) ? CLONE_NEWPID : 0) |
	       (application_has(application, SPEC_OWN_IPC) ? CLONE_NEWIPC : 0) |
	       (application_has(application, SPEC_OWN_CGROUP) ? CLONE_NEWCGROUP : 0);
}

static bool open_channels(const Application *application, Channels *ret, SpecFailure *failure)
{
	if (!stdio_open(application, &ret->stdio, failure))
		return false;
	const long result = CALL2(pipe2, ret->failure, O_CLOEXEC);
	if (result == 0)
		return true;
	stdio_close(&ret->stdio);
	return failure_set(failure, result, "make a pipe", "");
}

static void close_channels(const Channels *channels)
{
	stdio_close(&channels->stdio);
	sys_close(channels->failure[0]);
	sys_close(channels->failure[1]);
}

static long read_failure(int fd, SpecFailure *ret)
{
	long got;
	do {
		got = sys_read(fd, ret, sizeof(*ret));
	} while (got == -EINTR);
	return got;
}

bool launch(const Application *application, const char *root, Launched *ret, SpecFailure *failure)
{
	Channels channels;
	if (!open_channels(application, &channels, failure))
		return false;
	const long pid = CALL2(clone, namespaces(application) | SIGCHLD, 0);
	if (pid == 0)
		run_child(application, root, &channels);
	if (pid < 0) {
		close_channels(&channels);
		return failure_set(failure, pid, "make the namespaces", "");
	}

	sys_close(channels.failure[1]);
	const bool has_failed = read_failure(channels.failure[0], failure) == sizeof(*failure);
	sys_close(channels.failure[0]);
	if (has_failed) {
		CALL4(wait4, pid, 0, 0, 0);
		stdio_close(&channels.stdio);
		return false;
	}
	ret->pid = (int)pid;
	stdio_keep(&channels.stdio, &ret->stdio);
	return true;
}
