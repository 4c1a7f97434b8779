#include "isolate/enter/terminal.h"

#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

enum {
	INPUT_FROM,
	INPUT_TO,
	OUTPUT_FROM,
	OUTPUT_TO,
	PTMX_MAJOR = 5,
	PTMX_MINOR = 2
};

// What a terminal driver takes for the end of input (^D).
static const char end_of_input = 4;

// --- bytes on their way

static bool has_bytes(const Relay *relay)
{
	return relay->done < relay->length;
}

static void relay_watch(const Relay *relay, struct pollfd *from, struct pollfd *to)
{
	const bool is_full = has_bytes(relay);
	*from = (struct pollfd){ .fd = is_full ? -1 : relay->from, .events = POLLIN };
	*to = (struct pollfd){ .fd = is_full ? relay->to : -1, .events = POLLOUT };
}

static void relay_fill(Relay *relay)
{
	const ssize_t got = read(relay->from, relay->data, sizeof(relay->data));
	if (got > 0) {
		relay->length = (size_t)got;
		relay->done = 0;
	} else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
		relay->from = -1;
	}
}

static void relay_drain(Relay *relay)
{
	const ssize_t put =
		write(relay->to, relay->data + relay->done, relay->length - relay->done);
	if (put > 0) {
		relay->done += (size_t)put;
	} else if (put < 0 && errno != EINTR && errno != EAGAIN) {
		relay->to = relay->from = -1;
		relay->length = relay->done = 0;
	}
}

static void relay_work(Relay *relay, const struct pollfd *from, const struct pollfd *to)
{
	if (to->fd >= 0 && to->revents)
		relay_drain(relay);
	if (from->fd >= 0 && from->revents)
		relay_fill(relay);
}

// --- our terminal

static bool make_raw(Terminal *terminal, Error *error)
{
	if (!isatty(STDIN_FILENO))
		return true;
	if (tcgetattr(STDIN_FILENO, &terminal->before) < 0)
		return error_set_errno(error, errno, "read the mode of the terminal");
	struct termios raw = terminal->before;
	cfmakeraw(&raw);
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0)
		return error_set_errno(error, errno, "set the mode of the terminal");
	terminal->is_raw = true;
	return true;
}

bool terminal_open(Terminal *terminal, int master, Error *error)
{
	terminal->master = master;
	terminal->is_raw = false;
	terminal->input = (Relay){ .from = STDIN_FILENO, .to = master };
	terminal->output = (Relay){ .from = master, .to = STDOUT_FILENO };
	terminal_resize(terminal);
	return make_raw(terminal, error);
}

void terminal_close(Terminal *terminal)
{
	if (terminal->is_raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
	terminal->is_raw = false;
}

void terminal_resize(const Terminal *terminal)
{
	struct winsize size;
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(terminal->master, TIOCSWINSZ, &size);
}

void terminal_watch(const Terminal *terminal, struct pollfd fds[TERMINAL_FDS])
{
	relay_watch(&terminal->input, &fds[INPUT_FROM], &fds[INPUT_TO]);
	relay_watch(&terminal->output, &fds[OUTPUT_FROM], &fds[OUTPUT_TO]);
}

void terminal_work(Terminal *terminal, const struct pollfd fds[TERMINAL_FDS])
{
	const bool had_input = terminal->input.from >= 0;
	relay_work(&terminal->input, &fds[INPUT_FROM], &fds[INPUT_TO]);
	relay_work(&terminal->output, &fds[OUTPUT_FROM], &fds[OUTPUT_TO]);
	// Our stdin is a file or pipe that has ended: a terminal has no end, but a character that means it.
	if (had_input && terminal->input.from < 0 && terminal->input.to >= 0) {
		terminal->input.data[0] = end_of_input;
		terminal->input.length = 1;
		terminal->input.done = 0;
	}
}

void terminal_finish(Terminal *terminal)
{
	Relay *output = &terminal->output;
	for (;;) {
		while (has_bytes(output)) {
			struct pollfd fd = { .fd = output->to, .events = POLLOUT };
			poll(&fd, 1, -1);
			relay_drain(output);
		}
		struct pollfd fd = { .fd = output->from, .events = POLLIN };
		if (output->from < 0 || poll(&fd, 1, 0) <= 0)
			return;
		relay_fill(output);
	}
}

// --- a new terminal

static bool is_real(int master)
{
	struct stat found;
	struct statfs place;
	return fstat(master, &found) == 0 && S_ISCHR(found.st_mode) &&
	       found.st_rdev == makedev(PTMX_MAJOR, PTMX_MINOR) && fstatfs(master, &place) == 0 &&
	       (unsigned long)place.f_type == DEVPTS_SUPER_MAGIC;
}

bool terminal_make(uid_t uid, int *ret_master, int *ret_slave, Error *error)
{
	CLEANUP_FD master =
		open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (master < 0)
		return error_set_errno(error, errno, "open '/dev/pts/ptmx'");
	if (!is_real(master))
		return error_set(error, ERROR_INVALID, "'/dev/pts/ptmx' is no terminal");

	const int unlocked = 0;
	if (ioctl(master, TIOCSPTLCK, &unlocked) < 0)
		return error_set_errno(error, errno, "unlock a terminal");
	CLEANUP_FD slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || fchown(slave, uid, (gid_t)-1) < 0)
		return error_set_errno(error, errno, "open a terminal");
	*ret_master = steal_fd(&master);
	*ret_slave = steal_fd(&slave);
	return true;
}
