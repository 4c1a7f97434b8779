#include "isolate/enter/enter.h"

#include "isolate/enter/door.h"
#include "isolate/enter/process_status.h"
#include "isolate/enter/streams.h"
#include "isolate/guest/spec.h"
#include "pkg/base/clock.h"
#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum {
	CGROUP_BYTES_MAX = 1 << 20,
	INSIST_MS = 1000, // a second request to end within this time kills
	FDS_BEFORE_STREAMS = 2,
};

static int wait_status(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFSIGNALED(status) ? SPEC_EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool set_failure(const SpecFailure *failure, Error *error)
{
	const char *what = failure->what, *subject = failure->subject;
	CLEANUP_ERROR reason = { 0 };
	CLEANUP_BUFFER text = { 0 };
	buffer_add(&text, what);
	if (*subject)
		buffer_printf(&text, " '%s'", subject);
	if (!failure->os_errno)
		return error_set(error, ERROR_FAILED, "%s", buffer_text(&text));
	error_set_errno(&reason, failure->os_errno, "%s", buffer_text(&text));
	return error_set(error, ERROR_FAILED, "%s", reason.message);
}

// False when a signal or the time limit comes first. The process has ended in any case.
static bool wait_for_joiner(const Enter *enter, pid_t joiner, int *ret_status, Error *error)
{
	struct pollfd fd = { .fd = (int)syscall(SYS_pidfd_open, joiner, 0), .events = POLLIN };
	CLEANUP_FD process = fd.fd;
	const uint64_t timeout_us = enter->timeout_ms ? enter->timeout_ms * 1000 : UINT64_MAX;
	int ready = 0;
	const bool is_done = process >= 0 && interrupt_poll(&fd, 1, timeout_us, &ready, error);
	if (ready == 0)
		kill(joiner, SIGKILL);
	*ret_status = wait_status(joiner);
	return is_done || error->code != ERROR_NONE ? is_done
						    : error_set_errno(error, errno, "wait");
}

// Waits for the process that goes in. ret: the command, a child of ours like it.
static bool wait_for_start(const Enter *enter, const Door *door, pid_t joiner, pid_t *ret,
			   Error *error)
{
	SpecExec answer = { 0 };
	int status = 0;
	if (!wait_for_joiner(enter, joiner, &status, error) || !door_answer(door, &answer, error))
		return false;
	if (answer.pid > 0) {
		*ret = answer.pid;
		return true;
	}
	if (*answer.failure.what)
		return set_failure(&answer.failure, error);
	return error_set(error, ERROR_FAILED,
			 "the process that goes in ended without a word, with status %d", status);
}

// Starts the command. ret_own: our ends of its streams, -1 for those that it does not have.
static bool start(const Enter *enter, Door *door, pid_t *ret, int ret_own[SPEC_STREAMS_MAX],
		  Error *error)
{
	const pid_t joiner = door_send(door, enter);
	if (joiner < 0)
		return error_set_errno(error, errno, "start a process in its cgroup");
	file_close(&door->channel[1]);
	if (!wait_for_start(enter, door, joiner, ret, error))
		return false;
	door_receive_streams(door, ret_own);
	return true;
}

// The command while it runs.
typedef struct Watch {
	pid_t pid;
	int process; // pidfd
	int signals; // signalfd
	Streams streams;
	int64_t end_ms;   // -1: no time limit
	int64_t asked_ms; // when a signal asked it to end; 0: never
} Watch;

static void forward(Watch *watch, int signal_number)
{
	if (signal_number == SIGWINCH && watch->streams.has_terminal) {
		streams_resize(&watch->streams);
		return;
	}
	const bool asks = signal_number == SIGINT || signal_number == SIGTERM;
	const int64_t now = (int64_t)clock_ms();
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
	const int64_t left = watch->end_ms - (int64_t)clock_ms();
	return left > 0 ? (int)(left < 60000 ? left : 60000) : 0;
}

// Waits for the command, signals and streams, and does what can be done. False when the time is up.
static bool watch_once(Watch *watch, int timeout_ms, bool *ret_has_ended)
{
	struct pollfd fds[FDS_BEFORE_STREAMS + STREAMS_FDS] = {
		{ .fd = watch->process, .events = POLLIN },
		{ .fd = watch->signals, .events = POLLIN },
	};
	streams_watch(&watch->streams, fds + FDS_BEFORE_STREAMS);
	const int ready = poll(fds, COUNT(fds), timeout_ms);
	if (ready <= 0)
		return ready < 0;
	if (fds[1].revents)
		read_signals(watch);
	streams_work(&watch->streams, fds + FDS_BEFORE_STREAMS);
	*ret_has_ended = fds[0].revents != 0;
	return true;
}

// Until the command has ended. False when its time is over.
static bool watch_command(Watch *watch)
{
	bool has_ended = false;
	while (!has_ended) {
		const int left = time_left(watch);
		if (!watch_once(watch, left, &has_ended) && time_left(watch) == 0)
			return false;
	}
	return true;
}

// What the command left in its streams; whoever does not want to wait for a slow reader sends a signal.
static void watch_rest(Watch *watch)
{
	bool has_ended = true;
	streams_end(&watch->streams);
	file_close(&watch->process);
	watch->asked_ms = 0;
	while (!watch->asked_ms &&
	       watch_once(watch, streams_have_bytes(&watch->streams) ? -1 : 0, &has_ended))
		continue;
}

static const int forwarded[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				 SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH };

static void forwarded_set(sigset_t *ret)
{
	sigemptyset(ret);
	for (size_t i = 0; i < COUNT(forwarded); i++)
		sigaddset(ret, forwarded[i]);
}

static bool watch_open(Watch *watch, const sigset_t *signals, uint64_t timeout_ms, Error *error)
{
	watch->process = (int)syscall(SYS_pidfd_open, watch->pid, 0);
	watch->signals = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
	watch->end_ms = timeout_ms ? (int64_t)clock_ms() + (int64_t)timeout_ms : -1;
	if (watch->process < 0 || watch->signals < 0)
		return error_set_errno(error, errno, "watch the command");
	return true;
}

static void watch_close(Watch *watch)
{
	file_close(&watch->process);
	file_close(&watch->signals);
	streams_close(&watch->streams);
}

// Until the command has ended, of itself or because its time is over.
static bool run_watched(const Enter *enter, pid_t pid, const int own[SPEC_STREAMS_MAX],
			const sigset_t *signals, bool *ret_in_time, int *ret_status, Error *error)
{
	Watch watch = { .pid = pid, .process = -1, .signals = -1 };
	const bool is_ready =
		streams_open(&watch.streams, own, enter->stdio == ENTER_TERMINAL, error) &&
		watch_open(&watch, signals, enter->timeout_ms, error);
	// One that came too early for signalfd.
	if (interrupt_signal())
		forward(&watch, interrupt_signal());
	*ret_in_time = is_ready && watch_command(&watch);
	if (*ret_in_time)
		watch_rest(&watch);
	else
		kill(-pid, SIGKILL);
	*ret_status = wait_status(pid);
	watch_close(&watch);
	return is_ready;
}

bool enter_run(const Enter *enter, int *ret_status, Error *error)
{
	CLEANUP_DOOR door = DOOR_CLOSED;
	pid_t pid = -1;
	int own[SPEC_STREAMS_MAX];
	if (!door_open(enter, &door, error) || !start(enter, &door, &pid, own, error))
		return error_wrap(error, "enter");

	sigset_t signals, before;
	forwarded_set(&signals);
	sigprocmask(SIG_BLOCK, &signals, &before);
	bool is_in_time = false;
	int status = 0;
	const bool has_run = run_watched(enter, pid, own, &signals, &is_in_time, &status, error);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (!has_run)
		return error_wrap(error, "enter");
	if (!is_in_time)
		return error_set(error, ERROR_TIMEOUT, "the command took longer than %llu ms",
				 (unsigned long long)enter->timeout_ms);
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
