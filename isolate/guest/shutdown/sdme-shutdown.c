// isolate/guest/shutdown/sdme-shutdown.c - what PID 1 of a machine becomes when its units have stopped, in the place of
// systemd-shutdown. That one stops and counts processes, runs what lies in a directory, and loads a library of 3 MB for it; in
// a machine nothing is mounted that must be unmounted, and nothing runs but the journal. It gets SIGTERM and its time, and the
// kernel does the rest: reboot(2) in a pid namespace kills what is in it.
// The first argument is systemd-shutdown's: "poweroff", "halt", "reboot", "exit".
#include "isolate/guest/base/line.h"
#include "isolate/guest/base/system.h"

#include <linux/reboot.h>
#include <linux/wait.h>

#define PATIENCE_SECONDS 10

// All that is left are our children, or become so when their parents end. True when there is none.
static bool has_reaped_all(void)
{
	long child;
	do
		child = CALL4(wait4, -1, 0, WNOHANG, 0);
	while (child > 0);
	return child < 0;
}

static void end_processes(void)
{
	const uint64_t children = UINT64_C(1) << (SIGCHLD - 1);
	const struct __kernel_timespec patience = { .tv_sec = PATIENCE_SECONDS };
	CALL4(rt_sigprocmask, SIG_BLOCK, &children, 0, SIGNAL_SET_BYTES);
	sys_kill(-1, SIGTERM);
	sys_kill(-1, SIGCONT);
	while (!has_reaped_all()) {
		// Late is who lets none of the others end for so long.
		if (CALL4(rt_sigtimedwait, &children, 0, &patience, SIGNAL_SET_BYTES) < 0)
			return;
	}
}

int guest_main(int count, char **arguments, char **environment)
{
	(void)environment;
	const bool comes_again = count > 1 && text_equal(arguments[1], "reboot");
	end_processes();
	CALL4(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
	      comes_again ? LINUX_REBOOT_CMD_RESTART : LINUX_REBOOT_CMD_POWER_OFF, 0);
	return 1;
}
