#include "isolate/enter/enter.h"

#include "isolate/enter/door.h"
#include "isolate/enter/process_status.h"
#include "isolate/enter/terminal.h"
#include "isolate/guest/spec.h"
#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

enum {
	CGROUP_BYTES_MAX = 1 << 20,
	INSIST_MS = 1000, // a second request to end within this time kills
	FDS_BEFORE_TERMINAL = 2,
};

static int wait_status(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFSIGNALED(status) ? SPEC_EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

// What the inside had to say. False when it said nothing.
static bool read_failure(const Door *door, SpecFailure *ret)
{
	const ssize_t got = read(door->failure[0], ret, sizeof(*ret));
	ret->what[sizeof(ret->what) - 1] = ret->subject[sizeof(ret->subject) - 1] = '\0';
	return got == sizeof(*ret);
}

static bool set_failure(const SpecFailure *failure, Error *error)
{
	if (*failure->subject)
		error_set(error, ERROR_FAILED, "%s '%s'", failure->what, failure->subject);
	else
		error_set(error, ERROR_FAILED, "%s", failure->what);
	CLEANUP_ERROR reason = { 0 };
	if (failure->os_errno) {
		error_set_errno(&reason, failure->os_errno, "%s", error->message);
		error_clear(error);
		error_set(error, ERROR_FAILED, "%s", reason.message);
	}
	return false;
}

// Starts the command; its pid is that of our child.
static bool start(const Enter *enter, Door *door, pid_t *ret, Error *error)
{
	const pid_t joiner = fork();
	if (joiner == 0)
		door_go_through(door, enter);
	if (joiner < 0)
		return error_set_errno(error, errno, "start a process");
	file_close(&door->started[1]);
	file_close(&door->failure[1]);
	file_close(&door->channel[1]);
	wait_status(joiner);

	pid_t pid = 0;
	if (read(door->started[0], &pid, sizeof(pid)) == sizeof(pid)) {
		*ret = pid;
		return true;
	}
	SpecFailure failure = { 0 };
	if (read_failure(door, &failure))
		return set_failure(&failure, error);
	return error_set(error, ERROR_FAILED, "the process that joins ended without a word");
}

// The command while it runs.
typedef struct Watch {
	pid_t pid;
	int process; // pidfd
	int signals; // signalfd
	bool has_terminal;
	Terminal terminal;
	int64_t end_ms;   // -1: no time limit
	int64_t asked_ms; // when a signal asked it to end; 0: never
} Watch;

static int64_t now_ms(void)
{
	struct timespec now = { 0 };
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void forward(Watch *watch, int signal_number)
{
	if (signal_number == SIGWINCH && watch->has_terminal) {
		terminal_resize(&watch->terminal);
		return;
	}
	const bool asks = signal_number == SIGINT || signal_number == SIGTERM;
	const int64_t now = now_ms();
	const bool insists = asks && watch->asked_ms && now - watch->asked_ms < INSIST_MS;
	watch->asked_ms = asks ? now : watch->asked_ms;
	kill(-watch->pid, insists ? SIGKILL : signal_number);
}

static void read_signals(Watch *watch)
{
	struct signalfd_siginfo info;
	while (read(watch->signals, &info, sizeof(info)) == sizeof(info))
		forward(watch, (int)info.ssi_signo);
}

static int time_left(const Watch *watch)
{
	if (watch->end_ms < 0)
		return -1;
	const int64_t left = watch->end_ms - now_ms();
	return left > 0 ? (int)(left < 60000 ? left : 60000) : 0;
}

// Until the command has ended. False when its time is over.
static bool watch_command(Watch *watch)
{
	for (;;) {
		struct pollfd fds[FDS_BEFORE_TERMINAL + TERMINAL_FDS] = {
			{ .fd = watch->process, .events = POLLIN },
			{ .fd = watch->signals, .events = POLLIN },
		};
		nfds_t count = FDS_BEFORE_TERMINAL;
		if (watch->has_terminal) {
			terminal_watch(&watch->terminal, fds + FDS_BEFORE_TERMINAL);
			count += TERMINAL_FDS;
		}
		if (poll(fds, count, time_left(watch)) < 0)
			continue;
		if (fds[1].revents)
			read_signals(watch);
		if (watch->has_terminal)
			terminal_work(&watch->terminal, fds + FDS_BEFORE_TERMINAL);
		if (fds[0].revents)
			return true;
		if (time_left(watch) == 0)
			return false;
	}
}

static const int forwarded[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				 SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH };

static void forwarded_set(sigset_t *ret)
{
	sigemptyset(ret);
	for (size_t i = 0; i < COUNT(forwarded); i++)
		sigaddset(ret, forwarded[i]);
}

static bool run_watched(const Enter *enter, Door *door, const sigset_t *signals, bool *ret_in_time,
			int *ret_status, Error *error)
{
	Watch watch = { .end_ms = -1 };
	if (!start(enter, door, &watch.pid, error))
		return false;
	CLEANUP_FD process = (int)syscall(SYS_pidfd_open, watch.pid, 0);
	CLEANUP_FD signal_fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
	CLEANUP_FD master = -1;
	watch.process = process;
	watch.signals = signal_fd;
	watch.end_ms = enter->timeout_ms ? now_ms() + (int64_t)enter->timeout_ms : -1;
	bool is_ready = process >= 0 && signal_fd >= 0;
	if (enter->stdio == ENTER_TERMINAL) {
		master = door_receive_terminal(door);
		watch.has_terminal = is_ready =
			is_ready && master >= 0 && terminal_open(&watch.terminal, master, error);
	}

	*ret_in_time = is_ready && watch_command(&watch);
	if (!*ret_in_time)
		kill(-watch.pid, SIGKILL);
	*ret_status = wait_status(watch.pid);
	if (watch.has_terminal)
		terminal_finish(&watch.terminal);
	terminal_close(&watch.terminal);
	if (!is_ready && error->code == ERROR_NONE)
		return error_set_errno(error, errno, "watch the command");
	return is_ready;
}

bool enter_run(const Enter *enter, int *ret_status, Error *error)
{
	CLEANUP_DOOR door = DOOR_CLOSED;
	if (!door_open(enter, &door, error))
		return error_wrap(error, "enter");

	sigset_t signals, before;
	forwarded_set(&signals);
	sigprocmask(SIG_BLOCK, &signals, &before);
	bool is_in_time = false;
	int status = 0;
	const bool has_run = run_watched(enter, &door, &signals, &is_in_time, &status, error);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (!has_run)
		return error_wrap(error, "enter");
	if (!is_in_time)
		return error_set(error, ERROR_TIMEOUT, "the command took longer than %llu ms",
				 (unsigned long long)enter->timeout_ms);
	SpecFailure failure = { 0 };
	if (read_failure(&door, &failure)) {
		set_failure(&failure, error);
		return error_wrap(error, "enter");
	}
	*ret_status = status;
	return true;
}

// --- who and where

bool enter_machine_spec(pid_t pid, Arena *arena, AppSpec *ret, Error *error)
{
	ProcessStatus status = { 0 };
	if (!process_status_load(pid, &status, error))
		return false;
	static const AppVariable variables[] = {
		{ .name = "PATH",
		  .value = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
		{ .name = "HOME", .value = "/root" },
		{ .name = "USER", .value = "root" },
		{ .name = "LOGNAME", .value = "root" },
		{ .name = "SHELL", .value = "/bin/sh" },
		{ .name = "LANG", .value = "C.UTF-8" },
	};
	*ret = (AppSpec){
		.identifier = "exec",
		.kind = APP_KIND_EXEC,
		.is_verbatim = true,
		.capabilities = capability_sets(status.bounding, 0, /* is_ambient= */ false),
	};
	for (size_t i = 0; i < COUNT(variables); i++)
		*app_variables_push(arena, &ret->environment) = variables[i];
	return true;
}

bool enter_cgroup(pid_t pid, Arena *arena, const char **ret, Error *error)
{
	const char *path = arena_printf(arena, "/proc/%ld/cgroup", (long)pid);
	const char *text = NULL;
	if (!file_read(AT_FDCWD, path, CGROUP_BYTES_MAX, arena, &text, NULL, error))
		return error_wrap(error, "the cgroup of process %ld", (long)pid);
	const char *cgroup = process_cgroup_parse(text, arena);
	*ret = cgroup ? path_join(arena, "/sys/fs/cgroup", cgroup + 1) : "";
	return true;
}

bool enter_find_pid(const char *cgroup, uint32_t machine_pid, pid_t *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = path_join(scratch, cgroup, "cgroup.procs");
	const char *text = NULL;
	if (!file_read(AT_FDCWD, path, CGROUP_BYTES_MAX, scratch, &text, NULL, error))
		return false;
	while (*text) {
		const size_t length = strcspn(text, "\n");
		uint32_t pid = 0;
		if (!number_parse_u32(arena_strndup(scratch, text, length), path, INT32_MAX, &pid,
				      error))
			return false;
		// One that has ended meanwhile is none that we look for.
		CLEANUP_ERROR gone = { 0 };
		ProcessStatus status = { 0 };
		if (process_status_load((pid_t)pid, &status, &gone) &&
		    status.machine_pid == machine_pid) {
			*ret = (pid_t)pid;
			return true;
		}
		text += length + (text[length] == '\n');
	}
	return error_set(error, ERROR_NOT_FOUND, "no process %u in '%s'", machine_pid, cgroup);
}
