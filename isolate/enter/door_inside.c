// The far side of the door: what runs in the two processes that go through it.
#include "isolate/enter/door.h"

#include "isolate/enter/terminal.h"
#include "isolate/guest/spec.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static _Noreturn void refuse(const Door *door, int os_errno, const char *what)
{
	SpecFailure failure = { .os_errno = os_errno, .exit_status = SPEC_EXIT_START_ERROR };
	memcpy(failure.what, what, strnlen(what, sizeof(failure.what) - 1));
	if (write(door->failure[1], &failure, sizeof(failure)) < 0)
		_exit(SPEC_EXIT_NOT_FOUND);
	_exit(SPEC_EXIT_START_ERROR);
}

static void keep_on_exec(int fd)
{
	fcntl(fd, F_SETFD, 0);
}

// A session of its own: without a controlling terminal of ours there is no way to put characters into our input
// (TIOCSTI).
static void take_stdio(const Door *door, int slave)
{
	setsid();
	if (slave < 0)
		return;
	if (ioctl(slave, TIOCSCTTY, 0) < 0 || dup2(slave, STDIN_FILENO) < 0 ||
	    dup2(slave, STDOUT_FILENO) < 0 || dup2(slave, STDERR_FILENO) < 0)
		refuse(door, errno, "take the terminal");
}

static _Noreturn void run_command(const Door *door, int slave)
{
	take_stdio(door, slave);
	char spec[DECIMAL_MAX(int)], failure[DECIMAL_MAX(int)];
	snprintf(spec, sizeof(spec), "%d", door->spec);
	snprintf(failure, sizeof(failure), "%d", door->failure[1]);
	keep_on_exec(door->spec);
	keep_on_exec(door->failure[1]);

	char name[] = "sdme-isolate", mode[] = "exec";
	char *arguments[] = { name, mode, spec, failure, NULL };
	char *environment[] = { NULL };
	syscall(SYS_execveat, door->program, "", arguments, environment, AT_EMPTY_PATH);
	refuse(door, errno, "execute sdme-isolate");
}

// One byte, and a descriptor beside it.
typedef struct FdMessage {
	char byte;
	struct iovec data;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct msghdr message;
} FdMessage;

// The message points into `self`.
static struct msghdr *message_init(FdMessage *self)
{
	*self = (FdMessage){
		.data = { &self->byte, sizeof(self->byte) },
		.message = { .msg_iov = &self->data,
			     .msg_iovlen = 1,
			     .msg_control = self->control,
			     .msg_controllen = sizeof(self->control) },
	};
	return &self->message;
}

static void send_fd(int channel, int fd)
{
	FdMessage storage;
	const struct msghdr *message = message_init(&storage);
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	sendmsg(channel, message, MSG_NOSIGNAL);
}

static int receive_fd(int channel)
{
	FdMessage storage;
	struct msghdr *message = message_init(&storage);
	if (recvmsg(channel, message, MSG_CMSG_CLOEXEC) <= 0)
		return -1;
	const struct cmsghdr *header = CMSG_FIRSTHDR(message);
	int fd = -1;
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

static int make_terminal(const Door *door, const Enter *enter)
{
	CLEANUP_ERROR error = { 0 };
	int master = -1, slave = -1;
	if (!terminal_make(enter->spec->uid, &master, &slave, &error))
		refuse(door, error.os_errno, "make a terminal in /dev/pts");
	send_fd(door->channel[1], master);
	close(master);
	return slave;
}

void door_go_through(const Door *door, const Enter *enter)
{
	// Nobody inside looks into a process that still has our memory.
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (door->cgroup >= 0 && write(door->cgroup, "0", 1) < 0)
		refuse(door, errno, "join the cgroup");
	if (setns(door->process, door->namespaces) < 0)
		refuse(door, errno, "join the namespaces");
	// Root of the user namespace: who is nobody there would lose all capabilities by executing a program.
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		refuse(door, errno, "become root inside");
	if (fchdir(door->root) < 0 || chroot(".") < 0 || chdir("/") < 0)
		refuse(door, errno, "enter the root directory");
	const int slave = enter->stdio == ENTER_TERMINAL ? make_terminal(door, enter) : -1;

	// In the pid namespace, and still for our parent to wait for.
	const pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		run_command(door, slave);
	if (pid < 0)
		refuse(door, errno, "start a process");
	_exit(write(door->started[1], &pid, sizeof(pid)) == sizeof(pid) ? 0 : 1);
}

int door_receive_terminal(const Door *door)
{
	return receive_fd(door->channel[0]);
}
