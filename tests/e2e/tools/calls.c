// Says of calls that reach the kernel as a whole whether the caller may make them: "NAME allowed" or "NAME: why not".
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	long number;
	long first;
} calls[] = {
	{ "io_uring_setup", SYS_io_uring_setup, 0 },
	{ "userfaultfd", SYS_userfaultfd, 1 },
	{ "keyctl", SYS_keyctl, 0 },
	{ "bpf", SYS_bpf, 0 },
	{ "perf_event_open", SYS_perf_event_open, 0 },
	{ "kcmp", SYS_kcmp, 1 },
	{ "move_pages", SYS_move_pages, 0 },
	{ "clock_settime", SYS_clock_settime, 0 },
	{ "swapoff", SYS_swapoff, 0 },
	{ "acct", SYS_acct, 1 },
	{ "syslog", SYS_syslog, 10 },
	{ "open_by_handle_at", SYS_open_by_handle_at, -1 },
	{ "setns", SYS_setns, -1 },
	{ "mount", SYS_mount, 0 },
	{ "unshare", SYS_unshare, 0 },
	{ "pidfd_getfd", SYS_pidfd_getfd, -1 },
	{ "process_vm_writev", SYS_process_vm_writev, 1 },
};

int main(void)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		errno = 0;
		const long result = syscall(calls[i].number, calls[i].first, 0, 0, 0, 0, 0);
		printf("%s %s\n", calls[i].name, result < 0 ? strerror(errno) : "allowed");
	}
	return 0;
}
