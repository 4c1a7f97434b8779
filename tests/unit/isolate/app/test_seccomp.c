#include "isolate/app/seccomp.h"

#include "isolate/app/capability.h"
#include "isolate/guest/spec.h"
#include "pkg/sys/file.h"
#include "pkg/sys/kernel/seccomp.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
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

// --- what every app is denied

static long call_query(void)
{
	return syscall(SYS_personality, PER_LINUX);
}

static long call_linux32(void)
{
	return syscall(SYS_personality, PER_LINUX32);
}

static long call_mkdir(void)
{
	return syscall(SYS_mkdirat, AT_FDCWD, "/proc/none", 02755);
}

// Refused before anything is looked up: no file of these names is anywhere.
#define NOWHERE "/proc/none"

static long call_fchmodat(void)
{
	return syscall(SYS_fchmodat, AT_FDCWD, NOWHERE, 02755);
}

static long call_fchmodat_plain(void)
{
	return syscall(SYS_fchmodat, AT_FDCWD, NOWHERE, 01777);
}

static long call_fchmod(void)
{
	return syscall(SYS_fchmod, -1, 06000);
}

static long call_mknodat(void)
{
	return syscall(SYS_mknodat, AT_FDCWD, NOWHERE, S_IFREG | 04755, 0);
}

static long call_create(void)
{
	return syscall(SYS_openat, AT_FDCWD, NOWHERE, O_WRONLY | O_CREAT, 04755);
}

static long call_create_plain(void)
{
	return syscall(SYS_openat, AT_FDCWD, NOWHERE, O_WRONLY | O_CREAT, 0755);
}

static long call_temporary(void)
{
	return syscall(SYS_openat, AT_FDCWD, NOWHERE, O_WRONLY | O_TMPFILE, 02755);
}

// The mode is garbage then.
static long call_open_only(void)
{
	return syscall(SYS_openat, AT_FDCWD, NOWHERE, O_RDONLY | O_DIRECTORY, 06755);
}

static long call_openat2(void)
{
	return syscall(SYS_openat2, AT_FDCWD, NOWHERE, NULL, 0);
}

static long call_fchmodat2(void)
{
	return syscall(452, AT_FDCWD, NOWHERE, 04755, 0);
}

static bool compile_app(Test *test, bool makes_plain_files, Span profile, Span *ret)
{
	CLEANUP_BUFFER program = { 0 };
	CLEANUP_BUFFER joined = { 0 };
	if (!seccomp_compile_app(makes_plain_files, &program, &test->error) ||
	    !seccomp_program_join((Span){ program.data, program.length }, profile, &joined,
				  &test->error))
		return false;
	const size_t length = joined.length;
	*ret = (Span){ buffer_take(&joined, test->arena), length };
	return true;
}

static const struct {
	const char *name;
	long (*call)(void);
	int usual; // errno
	int plain;
} app_calls[] = {
	{ "getpid", call_getpid, 0, 0 },
	{ "personality of Linux", call_query, 0, 0 },
	{ "another personality", call_linux32, EPERM, EPERM },
	{ "keys", call_keyctl, EPERM, EPERM },
	{ "mkdir drops the bits by itself", call_mkdir, ENOENT, ENOENT },
	{ "fchmodat", call_fchmodat, ENOENT, EPERM },
	{ "fchmodat without", call_fchmodat_plain, ENOENT, ENOENT },
	{ "fchmod", call_fchmod, EBADF, EPERM },
	{ "mknodat", call_mknodat, ENOENT, EPERM },
	{ "openat", call_create, ENOENT, EPERM },
	{ "openat without", call_create_plain, ENOENT, ENOENT },
	{ "openat with O_TMPFILE", call_temporary, ENOENT, EPERM },
	{ "openat of what is there", call_open_only, ENOENT, ENOENT },
	{ "openat2", call_openat2, EINVAL, ENOSYS },
	{ "fchmodat2", call_fchmodat2, ENOENT, ENOSYS },
};

TEST(seccomp_app_program_denies_what_no_profile_allows)
{
	Span usual = { 0 }, plain = { 0 };
	CHECK(compile_app(test, false, (Span){ 0 }, &usual));
	CHECK(compile_app(test, true, (Span){ 0 }, &plain));
	for (size_t i = 0; i < COUNT(app_calls); i++) {
		CHECK_TEXT(arena_printf(test->arena, "%s: %d %d", app_calls[i].name,
					errno_under(usual, app_calls[i].call),
					errno_under(plain, app_calls[i].call)),
			   arena_printf(test->arena, "%s: %d %d", app_calls[i].name,
					app_calls[i].usual, app_calls[i].plain));
	}
}

TEST(seccomp_app_program_asks_the_profile_about_the_rest)
{
	Span profile = { 0 }, joined = { 0 };
	CHECK(compile_default(test, capability_default, &profile));
	CHECK(compile_app(test, true, profile, &joined));
	CHECK(joined.len > profile.len && joined.len <= SPEC_FILTER_MAX * SPEC_FILTER_BYTES);
	CHECK(errno_under(joined, call_getpid) == 0);
	CHECK(errno_under(joined, call_unshare) == EPERM);
	CHECK(errno_under(joined, call_clone3) == ENOSYS);
	CHECK(errno_under(joined, call_fchmod) == EPERM);
	CHECK(errno_under(joined, call_linux32) == EPERM);
}

TEST(seccomp_programs_that_are_too_long_together)
{
	CLEANUP_BUFFER joined = { 0 };
	const Span half = { arena_alloc(test->arena, 17000), 17000 };
	CHECK_ERROR(seccomp_program_join(half, half, &joined, &test->error),
		    "the seccomp program has more than 4096 instructions");
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
