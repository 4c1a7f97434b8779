#include "isolate/guest/app/streams.h"

#include "isolate/guest/base/system.h"

#include <asm/ioctls.h>
#include <asm/termios.h>
#include <linux/magic.h>
#include <linux/uio.h>

enum {
	MEMORY_MAJOR = 1,
	NULL_MINOR = 3,
	TERMINAL_MAJOR = 5,
	PTMX_MINOR = 2,
	MESSAGE_RIGHTS = 1, // SCM_RIGHTS
	SOCKET_LEVEL = 1,   // SOL_SOCKET
};

// What the C library calls struct msghdr and struct cmsghdr.
typedef struct Message {
	void *name;
	uint32_t name_length;
	struct iovec *data;
	size_t data_count;
	void *control;
	size_t control_length;
	uint32_t flags;
} Message;

typedef struct Rights {
	size_t length;
	int level;
	int type;
	int fds[SPEC_STREAMS_MAX];
} Rights;

static long send_fds(int channel, const int *fds, size_t count)
{
	char byte = 0;
	struct iovec data = { &byte, sizeof(byte) };
	Rights rights = {
		offsetof(Rights, fds) + count * sizeof(int), SOCKET_LEVEL, MESSAGE_RIGHTS, { 0 }
	};
	memcpy(rights.fds, fds, count * sizeof(int));
	const Message message = {
		.data = &data,
		.data_count = 1,
		.control = &rights,
		.control_length = rights.length,
	};
	return CALL3(sendmsg, channel, &message, 0);
}

static bool is_device(int fd, uint32_t major, uint32_t minor)
{
	struct statx found;
	return CALL5(statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &found) == 0 &&
	       (found.stx_mode & TYPE_MASK) == TYPE_CHARACTERS && found.stx_rdev_major == major &&
	       found.stx_rdev_minor == minor;
}

// Whatever root of the application made of its /dev: what is opened with our rights is a device of this number, or nothing.
static int open_device(const char *path, int flags, uint32_t major, uint32_t minor,
		       SpecFailure *failure)
{
	const int fd = sys_open(AT_FDCWD, path, flags | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW, 0);
	if (fd < 0)
		failure_set(failure, fd, "open", path);
	else if (!is_device(fd, major, minor))
		failure_set(failure, ENODEV, "open", path);
	else
		return fd;
	return -1;
}

static bool take(int fd, int target)
{
	const bool is_taken = CALL3(dup3, fd, target, 0) >= 0;
	sys_close(fd);
	return is_taken;
}

// --- pipes

// A pipe that the command's user may open again (/dev/stdout). *ret_other: the end that is not the command's.
static long make_pipe(int target, const SpecHeader *header, int *ret_other)
{
	int ends[2];
	const int own = target == STDIN ? 0 : 1;
	long result = CALL2(pipe2, ends, O_CLOEXEC);
	if (result == 0)
		result = CALL3(fchown, ends[own], header->uid, header->gid);
	if (result == 0 && !take(ends[own], target))
		result = -EMFILE;
	*ret_other = ends[1 - own];
	return result;
}

static bool make_pipes(const SpecHeader *header, size_t count, int others[SPEC_STREAMS_MAX],
		       SpecFailure *failure)
{
	static const int targets[] = {
		[SPEC_STREAM_OUT] = STDOUT,
		[SPEC_STREAM_ERR] = STDERR,
		[SPEC_STREAM_IN] = STDIN,
	};
	for (size_t i = 0; i < count; i++) {
		const long result = make_pipe(targets[i], header, &others[i]);
		if (result < 0)
			return failure_set(failure, result, "make the pipes", "");
	}
	return true;
}

// Nothing to read: /dev/null, or where the application has taken its /dev away, a pipe at its end.
static bool take_nothing(const SpecHeader *header, SpecFailure *failure)
{
	SpecFailure ignored = { 0 };
	int other = open_device("/dev/null", O_RDONLY, MEMORY_MAJOR, NULL_MINOR, &ignored);
	if (other >= 0 && take(other, STDIN))
		return true;
	const long result = make_pipe(STDIN, header, &other);
	sys_close(other);
	return result < 0 ? failure_set(failure, result, "make the pipes", "") : true;
}

// --- a terminal

static bool is_terminal_file_system(int fd)
{
	struct statfs found;
	return CALL2(fstatfs, fd, &found) == 0 && found.f_type == DEVPTS_SUPER_MAGIC;
}

// The slave of a new terminal, or a negative errno.
static long open_slave(int master, const SpecExec *exec, const SpecHeader *header)
{
	const struct winsize size = { .ws_row = exec->rows, .ws_col = exec->columns };
	const int unlocked = 0;
	long result = CALL3(ioctl, master, TIOCSPTLCK, &unlocked);
	if (result == 0)
		result = CALL3(ioctl, master, TIOCSWINSZ, &size);
	if (result == 0)
		result = CALL3(ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (result < 0)
		return result;
	const long given = CALL3(fchown, result, header->uid, -1);
	return given < 0 ? given : result;
}

static bool take_terminal(const SpecExec *exec, const SpecHeader *header, int *ret_master,
			  SpecFailure *failure)
{
	static const char path[] = "/dev/pts/ptmx";
	*ret_master = open_device(path, O_RDWR, TERMINAL_MAJOR, PTMX_MINOR, failure);
	if (*ret_master < 0)
		return false;
	if (!is_terminal_file_system(*ret_master))
		return failure_set(failure, ENODEV, "open", path);
	const long slave = open_slave(*ret_master, exec, header);
	if (slave < 0)
		return failure_set(failure, slave, "make a terminal in", "/dev/pts");
	for (int target = STDIN; target <= STDERR; target++)
		CALL3(dup3, slave, target, 0);
	sys_close((int)slave);
	return true;
}

bool streams_open(const SpecExec *exec, const SpecHeader *header, int channel, SpecFailure *failure)
{
	static const size_t counts[] = {
		[SPEC_STREAMS_OUT] = 2, [SPEC_STREAMS_ALL] = 3, [SPEC_STREAMS_TERM] = 1
	};
	const size_t count = counts[exec->streams];
	int others[SPEC_STREAMS_MAX];
	const bool is_made =
		exec->streams == SPEC_STREAMS_TERM
			? take_terminal(exec, header, &others[SPEC_STREAM_OUT], failure)
			: make_pipes(header, count, others, failure) &&
				  (exec->streams == SPEC_STREAMS_ALL ||
				   take_nothing(header, failure));
	if (!is_made)
		return false;
	const long result = send_fds(channel, others, count);
	for (size_t i = 0; i < count; i++)
		sys_close(others[i]);
	return result < 0 ? failure_set(failure, result, "send the streams", "") : true;
}
