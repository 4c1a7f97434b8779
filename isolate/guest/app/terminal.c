#include "isolate/guest/app/terminal.h"

#include "isolate/guest/app/device.h"

#include <asm/ioctls.h>
#include <linux/magic.h>

enum {
	TERMINAL_MAJOR = 5,
	PTMX_MINOR = 2,
};

static const char ptmx[] = "/dev/pts/ptmx";

static bool is_terminal_file_system(int fd)
{
	struct statfs found;
	return CALL2(fstatfs, fd, &found) == 0 && found.f_type == DEVPTS_SUPER_MAGIC;
}

// Or a negative errno.
static long open_slave(int master, const SpecHeader *header, const struct winsize *size)
{
	const int unlocked = 0;
	long result = CALL3(ioctl, master, TIOCSPTLCK, &unlocked);
	if (result == 0)
		result = CALL3(ioctl, master, TIOCSWINSZ, size);
	if (result == 0)
		result = CALL3(ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (result < 0)
		return result;
	const long given = CALL3(fchown, result, header->uid, -1);
	return given < 0 ? given : result;
}

bool terminal_open(const SpecHeader *header, struct winsize size, int *ret_master, int *ret_slave,
		   SpecFailure *failure)
{
	const int master = device_open(ptmx, O_RDWR, TERMINAL_MAJOR, PTMX_MINOR);
	if (master < 0)
		return failure_set(failure, master, "open", ptmx);
	if (!is_terminal_file_system(master))
		return failure_set(failure, ENODEV, "open", ptmx);
	const long slave = open_slave(master, header, &size);
	if (slave < 0)
		return failure_set(failure, slave, "make a terminal in", "/dev/pts");
	*ret_master = master;
	*ret_slave = (int)slave;
	return true;
}

void terminal_take(int slave)
{
	for (int target = STDIN; target <= STDERR; target++)
		CALL3(dup3, slave, target, 0);
	sys_close(slave);
}
