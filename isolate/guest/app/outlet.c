#include "isolate/guest/app/outlet.h"

#include <asm/ioctls.h>
#include <asm/socket.h>
#include <linux/sockios.h>

enum {
	BUFFER_BYTES = 208 * 1024,
	PATIENCE_US = 30 * 1000000, // on a busy host, beside others who write much
	LOOK_NS = 1000000000,
	FIRST_PAUSE_NS = 50 * 1000, // what journald needs for a line
	LAST_PAUSE_NS = 10 * 1000000,
};

typedef struct Progress {
	long unread;
	int64_t till_us; // since boot: for so long it may stay as it is
} Progress;

void outlet_open(void)
{
	const int size = BUFFER_BYTES;
	CALL5(setsockopt, STDOUT, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

// What the reader has not taken, in bytes of the kernel's; negative when our stdout is none of journald's.
static long unread(void)
{
	int bytes = 0;
	const long result = CALL3(ioctl, STDOUT, SIOCOUTQ, &bytes);
	return result < 0 ? result : bytes;
}

static Progress begin(void)
{
	return (Progress){ unread(), sys_clock(CLOCK_SINCE_BOOT) + PATIENCE_US };
}

// False when the reader has taken nothing for too long.
static bool goes_on(Progress *progress)
{
	const Progress now = begin();
	if (now.unread != progress->unread)
		*progress = now;
	return now.till_us - PATIENCE_US < progress->till_us;
}

// What poll says of our stdout within that time; 0: nothing.
static long look(short events, long time_ns)
{
	struct pollfd fd = { .fd = STDOUT, .events = events };
	const struct __kernel_timespec time = { .tv_sec = time_ns / LOOK_NS,
						.tv_nsec = time_ns % LOOK_NS };
	return sys_poll(&fd, 1, &time);
}

bool outlet_wait_for_room(void)
{
	Progress progress = begin();
	while (look(POLLOUT, LOOK_NS) == 0) {
		if (!goes_on(&progress))
			return false;
	}
	return true;
}

// There is no event for this. Ends early when the reader hangs up.
static bool wait_until_taken(void)
{
	Progress progress = begin();
	for (long pause_ns = FIRST_PAUSE_NS; progress.unread > 0;) {
		if (look(0, pause_ns) != 0 || !goes_on(&progress))
			return false;
		pause_ns = pause_ns * 2 < LAST_PAUSE_NS ? pause_ns * 2 : LAST_PAUSE_NS;
	}
	return true;
}

bool outlet_settle(void)
{
	if (unread() < 0)
		return true;
	// journald drops an empty line: once it has taken this one, all before are kept.
	return wait_until_taken() && sys_write(STDOUT, "\n", 1) == 1 && wait_until_taken() &&
	       look(0, 0) == 0;
}
