#include "isolate/guest/app/stdio.h"

#include "isolate/guest/app/device.h"
#include "isolate/guest/app/terminal.h"
#include "isolate/guest/base/rights.h"

#include <asm/ioctls.h>

enum {
	TERMINAL_ENDS = 2, // ours, the application's
};

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

// Makes it the controlling one of our session, and the application's own.
static bool connect_terminal(const Application *application, const Stdio *stdio,
			     SpecFailure *failure)
{
	int ends[TERMINAL_ENDS];
	const struct winsize unknown = { 0 };
	if (!terminal_open(application->header, unknown, &ends[0], &ends[1], failure))
		return false;
	long result = CALL3(ioctl, ends[1], TIOCSCTTY, 0);
	if (result == 0)
		result = rights_send(stdio->handover[1], ends, TERMINAL_ENDS);
	if (result < 0)
		return failure_set(failure, result, "hand over the terminal", "");
	terminal_take(ends[1]);
	return true;
}

// --- connecting

bool stdio_connect(const Application *application, const Stdio *stdio, SpecFailure *failure)
{
	if (application_has(application, SPEC_TERMINAL))
		return connect_terminal(application, stdio, failure);
	const int in = stdio->in[0] >= 0 ? stdio->in[0] : device_open_null();
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
	if (stdio->handover[0] >= 0 && rights_receive(stdio->handover[0], terminal, TERMINAL_ENDS))
		*ret = (StdioKept){ terminal[1], terminal[0], -1 };
	unblock(ret->out);
	unblock(ret->err);
	stdio_close(stdio);
}
