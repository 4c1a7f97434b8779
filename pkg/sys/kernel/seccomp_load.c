// Apart from seccomp.c, so that a program that only loads one does not link libseccomp.
#include "pkg/sys/kernel/seccomp.h"

#include "pkg/base/arena.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

bool seccomp_filter_load(Span program, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	// An arena aligns for any type, so the bytes can be instructions.
	struct sock_filter *instructions = arena_alloc(scratch, program.len + 1);
	memcpy(instructions, program.ptr, program.len);
	const struct sock_fprog loaded = {
		.len = (unsigned short)(program.len / sizeof(struct sock_filter)),
		.filter = instructions,
	};
	// As systemd and runc: a filter is no reason to switch off the processor's speculation.
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &loaded) <
	    0)
		return error_set_errno(error, errno, "load a seccomp program");
	return true;
}
