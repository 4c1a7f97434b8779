#include "isolate/app/seccomp.h"

#include "isolate/app/capability.h"
#include "isolate/guest/spec.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

// The errno of a call in a process that has loaded the program; 0 when it succeeds, -1 when the program cannot be
// loaded or the process was killed.
static int errno_under(Span program, long (*call)(void))
{
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		CLEANUP_ERROR error = { 0 };
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		    !seccomp_load_program(program, &error))
			_exit(255);
		const long result = call();
		_exit(result < 0 ? errno : 0);
	}
	int status = 0;
	waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) != 255 ? WEXITSTATUS(status) : -1;
}

static long call_getpid(void)
{
	return syscall(SYS_getpid);
}

static long call_unshare(void)
{
	return syscall(SYS_unshare, CLONE_NEWUSER);
}

static long call_clone3(void)
{
	return syscall(SYS_clone3, NULL, 0);
}

static long call_clone_user(void)
{
	return syscall(SYS_clone, CLONE_NEWUSER, 0, 0, 0, 0);
}

static long call_keyctl(void)
{
	return syscall(SYS_keyctl, 0, 0, 0, 0, 0);
}

static long call_future(void)
{
	return syscall(1000);
}

static long call_vsock(void)
{
	return syscall(SYS_socket, 40, 1, 0);
}

static long call_reboot(void)
{
	return syscall(SYS_reboot, 0, 0, 0, NULL);
}

static bool compile(Test *test, const char *json, uint64_t capabilities, Span *ret)
{
	CLEANUP_BUFFER program = { 0 };
	if (!seccomp_compile_profile(json, strlen(json), capabilities, &program, &test->error))
		return false;
	const size_t length = program.length;
	*ret = (Span){ buffer_take(&program, test->arena), length };
	return true;
}

static bool compile_default(Test *test, uint64_t capabilities, Span *ret)
{
	const char *json = NULL;
	return file_read(AT_FDCWD, "isolate/app/seccomp-default.json", 1 << 20, test->arena, &json,
			 NULL, &test->error) &&
	       compile(test, json, capabilities, ret);
}

TEST(seccomp_default_profile_confines)
{
	Span program = { 0 };
	CHECK(compile_default(test, capability_default, &program));
	CHECK(program.len % SPEC_FILTER_BYTES == 0 &&
	      program.len <= SPEC_FILTER_MAX * SPEC_FILTER_BYTES);
	CHECK(errno_under(program, call_getpid) == 0);
	CHECK(errno_under(program, call_unshare) == EPERM);
	CHECK(errno_under(program, call_clone_user) == EPERM);
	CHECK(errno_under(program, call_keyctl) == EPERM);
	CHECK(errno_under(program, call_vsock) == EPERM);
	CHECK(errno_under(program, call_clone3) == ENOSYS);
	CHECK(errno_under(program, call_future) == ENOSYS);
}

TEST(seccomp_default_profile_follows_capabilities)
{
	Span program = { 0 };
	const uint64_t more = capability_default | CAPABILITY_BIT(CAPABILITY_SYS_ADMIN);
	CHECK(compile_default(test, more, &program));
	CHECK(errno_under(program, call_clone3) == EINVAL);
	CHECK(errno_under(program, call_keyctl) == EPERM);
}

TEST(seccomp_machine_program_lets_a_machine_end)
{
	CLEANUP_BUFFER program = { 0 };
	CHECK(seccomp_compile_machine(&program, &test->error));
	const Span span = { program.data, program.length };
	CHECK(errno_under(span, call_keyctl) == EPERM);
	CHECK(errno_under(span, call_reboot) == EINVAL || errno_under(span, call_reboot) == EPERM);
	CHECK(errno_under(span, call_clone3) == EINVAL);
	CHECK(errno_under(span, call_future) == ENOSYS);
}

TEST(seccomp_profile_of_oci_with_arguments)
{
	Span program = { 0 };
	CHECK(compile(
		test,
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\"],"
		"\"syscalls\":[{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":97,"
		"\"args\":[{\"index\":0,\"value\":40,\"op\":\"SCMP_CMP_EQ\"}]},"
		"{\"names\":[\"no_such_call\",\"keyctl\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"}]}",
		0, &program));
	CHECK(errno_under(program, call_vsock) == 97);
	CHECK(errno_under(program, call_keyctl) == -1);
	CHECK(errno_under(program, call_getpid) == 0);
}

TEST(seccomp_profile_faults)
{
	Span program = { 0 };
	CHECK_ERROR(compile(test, "{}", 0, &program),
		    "seccomp profile: defaultAction: unknown action ''");
	CHECK_ERROR(
		compile(test, "{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}", 0, &program),
		"seccomp profile: defaultAction: 'SCMP_ACT_NOTIFY' needs an agent that decides");
	CHECK_ERROR(
		compile(test,
			"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],"
			"\"action\":\"SCMP_ACT_TRAP\",\"args\":[{\"index\":6,\"op\":\"SCMP_CMP_EQ\"}]}]}",
			0, &program),
		"seccomp profile: syscalls[0]: args: index is not in 0..5");
	CHECK_ERROR(
		compile(test,
			"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_VAX\"]}",
			0, &program),
		"seccomp profile: architectures: libseccomp does not know architecture "
		"'SCMP_ARCH_VAX'");
}
