// Commands beside a real application of tests/unit/guest.h: as root only.
#include "isolate/enter/enter.h"

#include "isolate/app/record.h"
#include "isolate/enter/process_status.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/guest.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

enum {
	OUTPUT_MAX = 1 << 20
};

// What a command wrote to its stdout and stderr.
typedef struct Run {
	int status;
	const char *output;
} Run;

static pid_t application(Guest *guest)
{
	return (pid_t)strtol(guest_record(guest, "PID"), NULL, 10);
}

// The command as the application itself would run it.
static AppSpec command(Guest *guest, const char *script)
{
	AppSpec spec = guest->spec;
	guest_script(guest, script);
	spec.is_verbatim = true;
	spec.arguments = guest->spec.arguments;
	return spec;
}

// enter_run with stdin of /dev/null, and stdout and stderr in a file.
static bool run(Guest *guest, const Enter *enter, Run *ret)
{
	const char *path = path_join(guest->arena, test_directory(guest->test), "output");
	fflush(stdout);
	CLEANUP_FD null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	CLEANUP_FD file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	CLEANUP_FD in = dup(0);
	CLEANUP_FD out = dup(1);
	CLEANUP_FD err = dup(2);
	dup2(null, 0);
	dup2(file, 1);
	dup2(file, 2);
	const bool is_done = enter_run(enter, &ret->status, &guest->test->error);
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	ret->output = guest_content(guest, path, NULL);
	return is_done;
}

#define START(guest)                                                                               \
	GUEST(guest);                                                                              \
	guest_script(guest, "while :; do busybox sleep 1; done");                                  \
	guest_start(guest);                                                                        \
	CHECK(guest_wait_for(guest, "STATE", "running"))

#define ENTER(guest, script)                                                                       \
	AppSpec spec = command(guest, script);                                                     \
	Enter enter = { .pid = application(guest),                                                 \
			.like = guest->pid,                                                        \
			.cgroup = "",                                                              \
			.program = guest->program,                                                 \
			.spec = &spec };                                                           \
	Run ran = { 0 }

static void end(Guest *guest)
{
	kill(guest->pid, SIGKILL);
	guest_wait(guest);
}

TEST(enter_shares_the_application)
{
	START(guest);
	ENTER(guest, "echo $1; cat /proc/1/comm; busybox readlink /proc/self/ns/ipc; ls -d /bin; "
		     "grep -E 'CapPrm|CapBnd|NoNew' /proc/self/status; exit 9");
	CHECK(run(guest, &enter, &ran));
	CHECK(ran.status == 9);
	const char *ipc = arena_printf(test->arena, "/proc/%d/ns/ipc", (int)application(guest));
	char link[64] = "";
	CHECK(readlink(ipc, link, sizeof(link) - 1) > 0);
	CHECK_TEXT(ran.output, arena_printf(test->arena,
					    "\nsh\n%s\n/bin\nCapPrm:\t00000000a80425fb\n"
					    "CapBnd:\t00000000a80425fb\nNoNewPrivs:\t1\n",
					    link));
	end(guest);
}

TEST(enter_as_the_user_of_the_application)
{
	START(guest);
	guest_user(guest, 1000, 2000);
	ENTER(guest, "id -u; id -g; grep CapEff /proc/self/status; echo $HELLO; busybox pwd");
	spec.working_directory = "/work";
	*app_variables_push(test->arena, &spec.environment) =
		(AppVariable){ .name = "HELLO", .value = "two words" };
	CHECK(run(guest, &enter, &ran));
	CHECK_TEXT(ran.output, "1000\n2000\nCapEff:\t0000000000000000\ntwo words\n/work\n");
	end(guest);
}

TEST(enter_leaves_nothing_of_ours_open)
{
	START(guest);
	ENTER(guest,
	      "ls -l /proc/self/fd 2>/dev/null | busybox awk '{ print $9 }' | busybox xargs; "
	      "busybox readlink /proc/self/exe; echo sessions $(busybox tty)");
	CHECK(run(guest, &enter, &ran));
	CHECK_TEXT(ran.output,
		   "0 1 2 3\n/bin/busybox\nsessions not a tty\n"); // 3: the directory that ls reads
	end(guest);
}

TEST(enter_in_a_terminal)
{
	START(guest);
	guest_user(guest, 1000, 2000);
	ENTER(guest, "busybox tty; echo again > /dev/tty; cat; echo end");
	enter.stdio = ENTER_TERMINAL;
	CHECK(run(guest, &enter, &ran));
	CHECK_TEXT(ran.output, "/dev/pts/0\r\nagain\r\nend\r\n");
	CHECK(ran.status == 0);
	end(guest);
}

TEST(enter_says_what_cannot_be_executed)
{
	START(guest);
	ENTER(guest, "");
	spec.arguments = (Texts){ 0 };
	texts_add(test->arena, &spec.arguments, "nothing");
	CHECK(run(guest, &enter, &ran));
	CHECK(ran.status == 127);
	CHECK_TEXT(ran.output, "sdme: exec 'nothing': No such file or directory\n");
	end(guest);
}

TEST(enter_with_a_directory_that_is_missing)
{
	START(guest);
	ENTER(guest, "");
	spec.working_directory = "/nowhere";
	CHECK_ERROR(run(guest, &enter, &ran),
		    "enter: enter the working directory '/nowhere': No such file or directory");
	end(guest);
}

TEST(enter_death_by_signal_and_time_limit)
{
	START(guest);
	ENTER(guest, "kill -KILL $$");
	CHECK(run(guest, &enter, &ran));
	CHECK(ran.status == 137);

	spec = command(guest, "busybox sleep 100 | busybox sleep 100");
	enter.timeout_ms = 100;
	CHECK_ERROR(run(guest, &enter, &ran), "the command took longer than 100 ms");
	end(guest);
}

TEST(enter_a_process_that_is_gone)
{
	START(guest);
	ENTER(guest, "");
	end(guest);
	for (int i = 0; i < 200 && kill(enter.pid, 0) == 0; i++)
		guest_sleep_ms(5);
	CHECK(!run(guest, &enter, &ran));
	CHECK(strstr(test->error.message, "enter: "));
	error_clear(&test->error);
}

TEST(process_status_of_the_kernel)
{
	static const char text[] =
		"Name:\tsh\nPPid:\t4710\nNSpid:\t4711\t23\t1\nCapBnd:\t00000000a80425fb\n";
	ProcessStatus status = { 0 };
	CHECK(process_status_parse(text, &status, &test->error));
	CHECK(status.machine_pid == 23 && status.parent == 4710 &&
	      status.bounding == UINT64_C(0xa80425fb));
	CHECK(process_status_parse("PPid:\t0\nNSpid:\t7\nCapBnd:\t0000000000000000\n", &status,
				   &test->error));
	CHECK(status.machine_pid == 0);
	CHECK_ERROR(
		process_status_parse("PPid:\t0\nNSpid:\t7\nCapBnd:\t00\n", &status, &test->error),
		"'00' is no set of capabilities");
	CHECK_ERROR(process_status_parse("", &status, &test->error), "no status of a process");
	CHECK_TEXT(process_cgroup_parse("1:cpu:/x\n0::/machine.slice/a b\n", test->arena),
		   "/machine.slice/a b");
	CHECK(!process_cgroup_parse("1:cpu:/x\n", test->arena));
}

TEST(enter_machine_takes_the_bounding_set)
{
	AppSpec spec = { 0 };
	CHECK(enter_machine_spec(getpid(), test->arena, &spec, &test->error));
	ProcessStatus status = { 0 };
	CHECK(process_status_load(getpid(), &status, &test->error));
	CHECK(spec.uid == 0 && spec.capabilities.permitted == status.bounding);
}
