#include "pkg/sys/process.h"

#include "pkg/base/clock.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define OUTPUT_BYTES_DEFAULT (1024u * 1024)

// How often a wait looks at the interrupt flag, should the signal have come just before poll(2).
#define POLL_STEP_MS 200

static const char *const default_environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", NULL
};

// A process that runs, and what it has said so far.
typedef struct Running {
	pid_t pid;  // 0 once reaped
	int fds[2]; // its stdout and stderr; -1 at their end
	Buffer texts[2];
} Running;

// Ends the whole group: a tool's own children keep the pipes open otherwise.
static void kill_running(Running *running)
{
	if (running->pid > 0) {
		kill(-running->pid, SIGKILL);
		kill(running->pid, SIGKILL); // it may not lead its group yet
		while (waitpid(running->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
		running->pid = 0;
	}
	for (size_t i = 0; i < 2; i++) {
		file_close(&running->fds[i]);
		buffer_clear(&running->texts[i]);
	}
}

// A descriptor that reads as `input`.
static bool open_input(const char *input, int *ret_fd, Error *error)
{
	CLEANUP_FD fd = input ? memfd_create("input", MFD_CLOEXEC)
			      : open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "open the input");
	if (input && !file_write_fd(fd, input, strlen(input), error))
		return false;
	if (input && lseek(fd, 0, SEEK_SET) < 0)
		return error_set_errno(error, errno, "rewind the input");
	*ret_fd = steal_fd(&fd);
	return true;
}

static void destroy_actions(posix_spawn_file_actions_t *actions)
{
	posix_spawn_file_actions_destroy(actions);
}

static void destroy_attributes(posix_spawnattr_t *attributes)
{
	posix_spawnattr_destroy(attributes);
}

// posix_spawn of the process in a group of its own, with default signals. 0 or an errno.
static int spawn(const Process *process, int input, const int outputs[2], pid_t *ret_pid)
{
	CLEANUP(destroy_actions) posix_spawn_file_actions_t actions;
	CLEANUP(destroy_attributes) posix_spawnattr_t attributes;
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);

	sigset_t none, defaults;
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);

	int problem = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	for (int i = 0; i < 2 && problem == 0; i++)
		problem = posix_spawn_file_actions_adddup2(&actions, outputs[i], STDOUT_FILENO + i);
	if (problem != 0)
		return problem;
	// posix_spawn takes char *const[], and changes nothing.
	const char *const *environment =
		process->environment ? process->environment : default_environment;
	return posix_spawn(ret_pid, process->argv[0], &actions, &attributes,
			   (char *const *)(uintptr_t)process->argv,
			   (char *const *)(uintptr_t)environment);
}

static bool start(const Process *process, Running *running, Error *error)
{
	CLEANUP_FD input = -1;
	if (!open_input(process->input, &input, error))
		return false;
	CLEANUP_FD output = -1;
	CLEANUP_FD errors = -1;
	int *const writers[2] = { &output, &errors };
	for (size_t i = 0; i < 2; i++) {
		int ends[2];
		if (pipe2(ends, O_CLOEXEC) < 0)
			return error_set_errno(error, errno, "make a pipe");
		running->fds[i] = ends[0];
		*writers[i] = ends[1];
	}
	const int problem = spawn(process, input, (int[2]){ output, errors }, &running->pid);
	if (problem != 0) {
		running->pid = 0;
		return error_set_errno(error, problem, "run '%s'", process->argv[0]);
	}
	return true;
}

static bool read_some(Running *running, size_t which, size_t max, Error *error)
{
	char block[16 * 1024];
	const ssize_t got = read(running->fds[which], block, sizeof(block));
	if (got < 0 && errno == EINTR)
		return true;
	if (got < 0)
		return error_set_errno(error, errno, "read its output");
	if (got == 0)
		file_close(&running->fds[which]);
	if ((size_t)got > max - running->texts[which].length)
		return error_set(error, ERROR_LIMIT, "it prints more than %zu bytes", max);
	buffer_add_bytes(&running->texts[which], block, (size_t)got);
	return true;
}

// Waits for output, up to the next look at the clock and the interrupt flag.
static bool collect_step(Running *running, size_t max, Error *error)
{
	struct pollfd fds[2] = { { .fd = running->fds[0], .events = POLLIN },
				 { .fd = running->fds[1], .events = POLLIN } };
	const int ready = poll(fds, 2, POLL_STEP_MS);
	if (ready < 0 && errno != EINTR)
		return error_set_errno(error, errno, "wait for its output");
	for (size_t i = 0; i < 2 && ready > 0; i++) {
		if (fds[i].revents != 0 && !read_some(running, i, max, error))
			return false;
	}
	return interrupt_check(error);
}

// Takes the exit status if there is one. A process may close its outputs long before it ends.
static bool reap(Running *running, int *ret_status, Error *error)
{
	const pid_t reaped = waitpid(running->pid, ret_status, WNOHANG);
	if (reaped < 0 && errno != EINTR)
		return error_set_errno(error, errno, "wait for it");
	if (reaped == running->pid)
		running->pid = 0;
	return true;
}

static bool check_deadline(const Process *process, uint64_t started_ms, Error *error)
{
	if (process->timeout_ms == 0 || clock_ms() - started_ms < process->timeout_ms)
		return true;
	return error_set(error, ERROR_TIMEOUT, "it did not end within %llu ms",
			 (unsigned long long)process->timeout_ms);
}

// Until its outputs are closed and it has ended.
static bool wait_for_end(const Process *process, Running *running, int *ret_status, Error *error)
{
	const size_t max = process->output_max ? process->output_max : OUTPUT_BYTES_DEFAULT;
	const uint64_t started_ms = clock_ms();
	while (running->fds[0] >= 0 || running->fds[1] >= 0) {
		if (!collect_step(running, max, error) ||
		    !check_deadline(process, started_ms, error))
			return false;
	}
	for (;;) {
		if (!reap(running, ret_status, error))
			return false;
		if (running->pid == 0)
			return true;
		if (!interrupt_check(error) || !check_deadline(process, started_ms, error))
			return false;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
}

bool process_run(const Process *process, Arena *arena, ProcessResult *ret, Error *error)
{
	assert(process->argv[0][0] == '/');
	CLEANUP(kill_running) Running running = { .fds = { -1, -1 } };
	int status = 0;
	if (!start(process, &running, error))
		return false;
	if (!wait_for_end(process, &running, &status, error))
		return error_wrap(error, "run '%s'", process->argv[0]);

	const size_t length = running.texts[0].length; // buffer_take empties the buffer
	*ret = (ProcessResult){
		.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		.signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.output_length = length,
		.output = buffer_take(&running.texts[0], arena),
		.errors = buffer_take(&running.texts[1], arena),
	};
	return true;
}

// The last line that is not empty.
static const char *last_line(const char *text, Arena *arena)
{
	size_t end = strlen(text);
	while (end > 0 && text[end - 1] == '\n')
		end--;
	size_t start = end;
	while (start > 0 && text[start - 1] != '\n')
		start--;
	CLEANUP_BUFFER line = { 0 };
	buffer_add_printable(&line, text + start, end - start);
	return buffer_take(&line, arena);
}

bool process_run_checked(const Process *process, Arena *arena, ProcessResult *ret, Error *error)
{
	ProcessResult result;
	if (!process_run(process, arena, &result, error))
		return false;
	const char *words = last_line(result.errors, arena);
	const char *separator = words[0] ? ": " : "";
	if (result.signal_number != 0)
		return error_set(error, ERROR_FAILED, "'%s' was ended by signal %d%s%s",
				 process->argv[0], result.signal_number, separator, words);
	if (result.exit_status != 0)
		return error_set(error, ERROR_FAILED, "'%s' failed with status %d%s%s",
				 process->argv[0], result.exit_status, separator, words);
	*ret = result;
	return true;
}

// --- with its output on stderr

// /proc shows the processes of the new namespace, as whoever looks there expects.
static bool enter_proc(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0 &&
	       mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}

// The signal comes only for a parent that dies from now on. One that is dead already has left its end of the pipe.
static bool die_with_parent(int alive, int writing)
{
	struct pollfd parent = { .fd = alive, .events = POLLIN };
	close(writing);
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && poll(&parent, 1, 0) == 0;
}

NORETURN static void become(const Process *process, int alive, int writing)
{
	const char *const *environment =
		process->environment ? process->environment : default_environment;
	const int input = open("/dev/null", O_RDONLY);
	sigset_t none;
	sigemptyset(&none);
	if (die_with_parent(alive, writing) && enter_proc() && input >= 0 &&
	    dup2(input, STDIN_FILENO) >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 &&
	    setpgid(0, 0) == 0 && signal(SIGPIPE, SIG_DFL) != SIG_ERR &&
	    sigprocmask(SIG_SETMASK, &none, NULL) == 0)
		execve(process->argv[0], (char *const *)(uintptr_t)process->argv,
		       (char *const *)(uintptr_t)environment);
	_exit(127);
}

// Until the process has ended, or a signal says not to wait for it.
static bool wait_visibly(pid_t pid, Error *error)
{
	CLEANUP_FD pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd fds = { .fd = pidfd, .events = POLLIN };
	int ready = 0;
	if (pidfd < 0)
		return error_set_errno(error, errno, "open the process");
	while (ready == 0) {
		if (!interrupt_check(error) || !interrupt_poll(&fds, 1, UINT64_MAX, &ready, error))
			return false;
	}
	return true;
}

bool process_run_visibly(const Process *process, Error *error)
{
	assert(process->argv[0][0] == '/');
	CLEANUP(kill_running) Running running = { .fds = { -1, -1 } };
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_errno(error, errno, "make a pipe");
	CLEANUP_FD alive = ends[0];
	CLEANUP_FD writing = ends[1];
	// As fork(2); the child is the first process of a namespace, and the kernel ends all others with it.
	running.pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, NULL, NULL,
				     NULL, NULL);
	if (running.pid < 0)
		return error_set_errno(error, errno, "start '%s'", process->argv[0]);
	if (running.pid == 0)
		become(process, alive, writing);
	if (!wait_visibly(running.pid, error))
		return error_wrap(error, "run '%s'", process->argv[0]);

	int status = 0;
	while (running.pid != 0) {
		if (!reap(&running, &status, error))
			return error_wrap(error, "run '%s'", process->argv[0]);
	}
	if (WIFSIGNALED(status))
		return error_set(error, ERROR_FAILED, "'%s' was ended by signal %d",
				 process->argv[0], WTERMSIG(status));
	return WEXITSTATUS(status) == 0 ||
	       error_set(error, ERROR_FAILED, "'%s' failed with status %d", process->argv[0],
			 WEXITSTATUS(status));
}
