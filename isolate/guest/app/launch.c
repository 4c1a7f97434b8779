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

// Both ends of the pipes that lead to the parent.
typedef struct Pipes {
	int out[2];
	int err[2];
	int failure[2];
} Pipes;

static bool prepare(const Application *application, const char *root, SpecFailure *failure)
{
	return view_enter(application, root, failure) &&
	       filesystem_enter_directory(application, failure) &&
	       (!application_has(application, SPEC_READ_ONLY_ROOT) ||
		filesystem_lock_root(failure));
}

static bool connect_stdio(const Pipes *pipes, SpecFailure *failure)
{
	const int null = sys_open(AT_FDCWD, "/dev/null", O_RDONLY, 0);
	if (null < 0)
		return failure_set(failure, null, "open", "/dev/null");
	CALL3(dup3, null, STDIN, 0);
	CALL3(dup3, pipes->out[1], STDOUT, 0);
	CALL3(dup3, pipes->err[1], STDERR, 0);
	return true;
}

// The parent may have died before PR_SET_PDEATHSIG took hold: then nobody holds the read end any more.
static bool is_parent_gone(const Pipes *pipes)
{
	struct pollfd fd = { .fd = pipes->failure[1] };
	const struct __kernel_timespec now = { 0 };
	return sys_poll(&fd, 1, &now) > 0 && (fd.revents & POLLERR);
}

static void __attribute__((noreturn))
run_child(const Application *application, const char *root, const Pipes *pipes)
{
	CALL2(prctl, PR_SET_PDEATHSIG, SIGKILL);
	sys_close(pipes->failure[0]);
	if (is_parent_gone(pipes))
		sys_exit(SPEC_EXIT_START_ERROR);
	CALL0(setsid);

	SpecFailure failure = { 0 };
	if (prepare(application, root, &failure) && connect_stdio(pipes, &failure)) {
		close_others_on_exec();
		if (launch_become(application, &failure))
			launch_execute(application, &failure);
	}
	sys_write(pipes->failure[1], &failure, sizeof(failure));
	sys_exit(failure.exit_status);
}

// --- the parent

static long open_pipes(Pipes *ret)
{
	const long results[] = { CALL2(pipe2, ret->out, O_CLOEXEC),
				 CALL2(pipe2, ret->err, O_CLOEXEC),
				 CALL2(pipe2, ret->failure, O_CLOEXEC) };
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (results[i] < 0)
			return results[i];
	}
	return 0;
}

// The application owns its pipes, so that it may open /dev/stdout again as any user.
static bool give_pipes(const Application *application, const Pipes *pipes, SpecFailure *failure)
{
	const uint32_t uid = application->header->uid, gid = application->header->gid;
	long result = CALL3(fchown, pipes->out[1], uid, gid);
	if (result == 0)
		result = CALL3(fchown, pipes->err[1], uid, gid);
	return result < 0 ? failure_set(failure, result, "give the output away", "") : true;
}

static unsigned long namespaces(const Application *application)
{
	return CLONE_NEWNS | (application_has(application, SPEC_OWN_PIDS) ? CLONE_NEWPID : 0) |
	       (application_has(application, SPEC_OWN_IPC) ? CLONE_NEWIPC : 0) |
	       (application_has(application, SPEC_OWN_CGROUP) ? CLONE_NEWCGROUP : 0);
}

static void close_all(const Pipes *pipes)
{
	const int *fds = &pipes->out[0];
	for (size_t i = 0; i < sizeof(*pipes) / sizeof(int); i++)
		sys_close(fds[i]);
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
	Pipes pipes;
	const long result = open_pipes(&pipes);
	if (result < 0)
		return failure_set(failure, result, "make the pipes", "");
	if (!give_pipes(application, &pipes, failure)) {
		close_all(&pipes);
		return false;
	}

	const long pid = CALL2(clone, namespaces(application) | SIGCHLD, 0);
	if (pid == 0)
		run_child(application, root, &pipes);
	if (pid < 0) {
		close_all(&pipes);
		return failure_set(failure, pid, "make the namespaces", "");
	}

	sys_close(pipes.out[1]);
	sys_close(pipes.err[1]);
	sys_close(pipes.failure[1]);
	const bool has_failed = read_failure(pipes.failure[0], failure) == sizeof(*failure);
	sys_close(pipes.failure[0]);
	if (has_failed) {
		CALL4(wait4, pid, 0, 0, 0);
		sys_close(pipes.out[0]);
		sys_close(pipes.err[0]);
		return false;
	}
	CALL3(fcntl, pipes.out[0], F_SETFL, O_NONBLOCK);
	CALL3(fcntl, pipes.err[0], F_SETFL, O_NONBLOCK);
	*ret = (Launched){ .pid = (int)pid, .out = pipes.out[0], .err = pipes.err[0] };
	return true;
}
