// The gate in a real seccomp program: what the kernel lets pass.
#include "isolate/enter/gate.h"

#include "pkg/sys/kernel/seccomp.h"
#include "tests/unit/test.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define PASSWORD UINT64_C(0x0123456789abcdef)

static bool print_program(Test *test, Buffer *ret)
{
	static const char *const denied[] = { "clone", "clone3", "setsid", "prctl", "ioctl" };
	CLEANUP_SECCOMP_FILTER filter = NULL;
	if (!seccomp_filter_open((SeccompAction){ .kind = SECCOMP_ALLOW }, &filter, &test->error))
		return false;
	for (size_t i = 0; i < COUNT(denied); i++) {
		if (!seccomp_filter_add_rule(filter, denied[i],
					     (SeccompAction){ SECCOMP_ERRNO, EXDEV }, NULL, 0,
					     &test->error))
			return false;
	}
	return seccomp_filter_print(filter, -1, ret, &test->error);
}

static bool passes(long call, long first, long second, uint64_t password)
{
	errno = 0;
	syscall(call, first, second, 0, 0, 0, password);
	return errno != EXDEV;
}

// In a process of its own, as a program is there for good. The number of the first surprise, or 0.
static int look(void)
{
	const uint64_t others[] = { 0, PASSWORD + 1, PASSWORD & UINT32_MAX, PASSWORD >> 32 << 32 };
	for (size_t i = 0; i < COUNT(others); i++) {
		if (passes(SYS_setsid, 0, 0, others[i]) ||
		    passes(SYS_prctl, PR_SET_PDEATHSIG, 0, others[i]) ||
		    passes(SYS_ioctl, 0, TIOCSCTTY, others[i]))
			return (int)i + 1;
	}
	if (passes(SYS_prctl, PR_SET_DUMPABLE, 0, PASSWORD) ||
	    passes(SYS_ioctl, 0, TIOCSTI, PASSWORD) || passes(SYS_clone, SIGCHLD, 0, PASSWORD))
		return 10; // another meaning
	if (!passes(SYS_setsid, 0, 0, PASSWORD) ||
	    !passes(SYS_prctl, PR_SET_PDEATHSIG, 0, PASSWORD) ||
	    !passes(SYS_ioctl, 0, TIOCSCTTY, PASSWORD))
		return 20;
	return passes(SYS_getpid, 0, 0, 0) ? 0 : 30;
}

TEST(gate_opens_for_its_password_alone)
{
	CLEANUP_BUFFER program = { 0 };
	CLEANUP_BUFFER gated = { 0 };
	CHECK(print_program(test, &program));
	gate_print((Span){ program.data, program.length }, PASSWORD, &gated);
	const pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(seccomp_filter_load((Span){ gated.data, gated.length }, &test->error) ? look()
											    : 99);
	}
	int status = 0;
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status));
	CHECK(WEXITSTATUS(status) == 0);
}

TEST(gate_of_no_program_is_none)
{
	CLEANUP_BUFFER gated = { 0 };
	gate_print((Span){ 0 }, PASSWORD, &gated);
	CHECK(gated.length == 0);
}
