// The far side of the door: the process that goes in, until it is sdme-isolate.
#include "isolate/enter/door.h"

#include "isolate/enter/likeness.h"
#include "pkg/sys/file.h"
#include "pkg/sys/kernel/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static NORETURN void refuse(const Door *door, int os_errno, const char *what)
{
	SpecExec answer = { .failure = { .os_errno = os_errno } };
	memcpy(answer.failure.what, what, strnlen(what, sizeof(answer.failure.what) - 1));
	if (pwrite(door->page, &answer, sizeof(answer), 0) < 0)
		_exit(SPEC_EXIT_NOT_FOUND);
	_exit(SPEC_EXIT_START_ERROR);
}

static void refuse_error(const Door *door, const Error *error)
{
	refuse(door, 0, error->message);
}

// Out of our session, and so without our terminal; then as an application is started.
static void take_place(const Door *door, const Enter *enter)
{
	CLEANUP_ERROR error = { 0 };
	setsid();
	if (!likeness_take(enter->like, &error) ||
	    (enter->filter.len > 0 && !seccomp_filter_load(enter->filter, &error)))
		refuse_error(door, &error);
}

static int duplicate(const Door *door, int fd)
{
	const int copy = fcntl(fd, F_DUPFD_CLOEXEC, SPEC_EXEC_END);
	if (copy < 0)
		refuse(door, errno, "keep a descriptor");
	return copy;
}

// Whatever is open besides goes with execve. Returns the program.
static int arrange(Door *door)
{
	const int kept[SPEC_EXEC_END] = {
		[SPEC_EXEC_SPEC] = duplicate(door, door->spec),
		[SPEC_EXEC_PAGE] = duplicate(door, door->page),
		[SPEC_EXEC_CHANNEL] = duplicate(door, door->channel[1]),
		[SPEC_EXEC_PROCESS] = duplicate(door, door->process),
		[SPEC_EXEC_ROOT] = duplicate(door, door->root),
	};
	const int program = duplicate(door, door->program);
	const int null = duplicate(door, open("/dev/null", O_RDWR | O_CLOEXEC));
	door->page = kept[SPEC_EXEC_PAGE];
	for (int fd = 0; fd < SPEC_EXEC_END; fd++) {
		if (dup2(fd < SPEC_EXEC_SPEC ? null : kept[fd], fd) < 0)
			refuse(door, errno, "arrange the descriptors");
	}
	door->page = SPEC_EXEC_PAGE;
	if (syscall(SYS_close_range, SPEC_EXEC_END, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		refuse(door, errno, "close what is open");
	return program;
}

static NORETURN void go_through(Door door, const Enter *enter)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	take_place(&door, enter);
	const int program = arrange(&door);
	char name[] = "sdme-isolate", mode[] = "exec";
	char *arguments[] = { name, mode, NULL };
	char *environment[] = { NULL };
	syscall(SYS_execveat, program, "", arguments, environment, AT_EMPTY_PATH);
	refuse(&door, errno, "execute sdme-isolate");
}

// Who is born in a cgroup need not be moved there, for which the kernel waits for every processor.
pid_t door_send(const Door *door, const Enter *enter)
{
	struct clone_args how = { .exit_signal = SIGCHLD };
	if (door->cgroup >= 0) {
		how.flags = CLONE_INTO_CGROUP;
		how.cgroup = (__u64)door->cgroup;
	}
	const pid_t pid = (pid_t)syscall(SYS_clone3, &how, sizeof(how));
	if (pid == 0)
		go_through(*door, enter);
	return pid;
}
