#include "isolate/guest/app/stdio.h"

#include <asm/ioctls.h>
#include <linux/uio.h>

enum {
	TERMINAL_ENDS = 2, // ours, the application's
	SOCKET_LEVEL = 1,
	SOCKET_RIGHTS = 1,
	WITHOUT_WAITING = 0x40,
	CLOSE_RECEIVED_ON_EXEC = 0x40000000,
};

// What sendmsg(2) and recvmsg(2) take, and one control message with descriptors.
typedef struct Message {
	void *name;
	uint32_t name_bytes;
	struct iovec *parts;
	size_t part_count;
	void *control;
	size_t control_bytes;
	unsigned flags;
} Message;

typedef struct Rights {
	size_t bytes;
	int level;
	int type;
	int fds[TERMINAL_ENDS];
} Rights;

static const Stdio none = { { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };

static void close_fd(int fd)
{
	if (fd >= 0)
		sys_close(fd);
}

void stdio_close(const Stdio *stdio)
{
	const int *fds = &stdio->in[0];
	for (size_t i = 0; i < sizeof(*stdio) / sizeof(int); i++)
		close_fd(fds[i]);
}

// --- before the child

// The application owns its ends, so that it may open /dev/stdout again as any user.
static long open_pipe(const Application *application, int mine, int ends[2])
{
	const uint32_t uid = application->header->uid, gid = application->header->gid;
	const long result = CALL2(pipe2, ends, O_CLOEXEC);
	return result < 0 ? result : CALL3(fchown, ends[1 - mine], uid, gid);
}

static long open_ends(const Application *application, Stdio *stdio)
{
	if (application_has(application, SPEC_TERMINAL))
		return CALL4(socketpair, SOCKET_UNIX, SOCKET_DATAGRAM | O_CLOEXEC, 0,
			     stdio->handover);
	long result = open_pipe(application, 0, stdio->out);
	if (result == 0)
		result = open_pipe(application, 0, stdio->err);
	if (result == 0 && application_has(application, SPEC_STDIN))
		result = open_pipe(application, 1, stdio->in);
	return result;
}

bool stdio_open(const Application *application, Stdio *ret, SpecFailure *failure)
{
	*ret = none;
	const long result = open_ends(application, ret);
	if (result == 0)
		return true;
	stdio_close(ret);
	return failure_set(failure, result, "make the standard input and outputs", "");
}

// --- the terminal

static Message message_of(struct iovec *part, Rights *rights)
{
	return (Message){
		.parts = part, .part_count = 1, .control = rights, .control_bytes = sizeof(*rights)
	};
}

static long send_terminal(int socket, const int ends[TERMINAL_ENDS])
{
	char byte = 0;
	struct iovec part = { &byte, 1 };
	Rights rights = { sizeof(rights), SOCKET_LEVEL, SOCKET_RIGHTS, { ends[0], ends[1] } };
	const Message message = message_of(&part, &rights);
	const long result = CALL3(sendmsg, socket, &message, 0);
	return result < 0 ? result : 0;
}

static bool receive_terminal(int socket, int ret_ends[TERMINAL_ENDS])
{
	char byte = 0;
	struct iovec part = { &byte, 1 };
	Rights rights = { 0 };
	Message message = message_of(&part, &rights);
	const long got = CALL3(recvmsg, socket, &message, WITHOUT_WAITING | CLOSE_RECEIVED_ON_EXEC);
	if (got != 1 || rights.bytes != sizeof(rights) || rights.type != SOCKET_RIGHTS)
		return false;
	memcpy(ret_ends, rights.fds, sizeof(rights.fds));
	return true;
}

// Both ends of a new terminal, of which the second is the controlling one of our session and the application's own.
static long make_terminal(const Application *application, int ret_ends[TERMINAL_ENDS])
{
	const int unlocked = 0;
	const int ours = sys_open(AT_FDCWD, "/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW, 0);
	if (ours < 0)
		return ours;
	long result = CALL3(ioctl, ours, TIOCSPTLCK, &unlocked);
	if (result == 0)
		result = CALL3(ioctl, ours, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (result < 0)
		return result;
	ret_ends[0] = ours;
	ret_ends[1] = (int)result;
	result = CALL3(fchown, ret_ends[1], application->header->uid, -1);
	return result < 0 ? result : CALL3(ioctl, ret_ends[1], TIOCSCTTY, 0);
}

static bool connect_terminal(const Application *application, const Stdio *stdio,
			     SpecFailure *failure)
{
	int ends[TERMINAL_ENDS];
	long result = make_terminal(application, ends);
	if (result == 0)
		result = send_terminal(stdio->handover[1], ends);
	if (result < 0)
		return failure_set(failure, result, "make the terminal", "");
	for (int fd = STDIN; fd <= STDERR; fd++)
		CALL3(dup3, ends[1], fd, 0);
	return true;
}

// --- connecting

bool stdio_connect(const Application *application, const Stdio *stdio, SpecFailure *failure)
{
	if (application_has(application, SPEC_TERMINAL))
		return connect_terminal(application, stdio, failure);
	const int in =
		stdio->in[0] >= 0 ? stdio->in[0] : sys_open(AT_FDCWD, "/dev/null", O_RDONLY, 0);
	if (in < 0)
		return failure_set(failure, in, "open", "/dev/null");
	CALL3(dup3, in, STDIN, 0);
	CALL3(dup3, stdio->out[1], STDOUT, 0);
	CALL3(dup3, stdio->err[1], STDERR, 0);
	return true;
}

static void unblock(int fd)
{
	if (fd >= 0)
		CALL3(fcntl, fd, F_SETFL, O_NONBLOCK);
}

void stdio_keep(Stdio *stdio, StdioKept *ret)
{
	int terminal[TERMINAL_ENDS];
	*ret = (StdioKept){ stdio->in[1], stdio->out[0], stdio->err[0] };
	stdio->in[1] = stdio->out[0] = stdio->err[0] = -1;
	if (stdio->handover[0] >= 0 && receive_terminal(stdio->handover[0], terminal))
		*ret = (StdioKept){ terminal[1], terminal[0], -1 };
	unblock(ret->out);
	unblock(ret->err);
	stdio_close(stdio);
}
