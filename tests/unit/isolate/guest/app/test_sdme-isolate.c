#include "isolate/app/seccomp.h"
#include "isolate/guest/spec.h"
#include "isolate/log/part.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/guest.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define FILE_MAX (4u << 20)

TEST(output_lines_carry_their_stream)
{
	GUEST(guest);
	guest_script(guest, "echo one; echo two >&2; busybox printf 'no end'");
	CHECK(guest_run(guest) == 0);
	CHECK(strstr(guest_output(guest), "<6>one\n"));
	CHECK(strstr(guest_output(guest), "<3>two\n"));
	CHECK(strstr(guest_output(guest), "<6>no end\n"));
	CHECK_TEXT(guest_errors(guest), "");
}

// What follows the time, "stdout F …", of the line at `at`; NULL when it has none.
static const char *after_time(const char *at)
{
	const char *form = "dddd-dd-ddTdd:dd:dd.dddddd000Z ";
	for (size_t i = 0; form[i]; i++) {
		const bool is_right =
			form[i] == 'd' ? at[i] >= '0' && at[i] <= '9' : at[i] == form[i];
		if (!is_right)
			return NULL;
	}
	return at + strlen(form);
}

// The log without the times; "" when a line is none.
static const char *plain_log(const Guest *guest, const char *name)
{
	CLEANUP_BUFFER text = { 0 };
	for (const char *at = guest_log(guest, name); *at;) {
		const char *rest = after_time(at);
		if (!rest)
			return "";
		const size_t length = strcspn(rest, "\n") + 1;
		buffer_add_bytes(&text, rest, length);
		at = rest + length;
	}
	return buffer_take(&text, guest->arena);
}

static size_t count_lines(const char *text, const char *start)
{
	size_t count = 0;
	for (; *text; text += strcspn(text, "\n") + 1)
		count += text_starts_with(text, start) ? 1 : 0;
	return count;
}

TEST(log_has_every_byte)
{
	GUEST(guest);
	guest_script(guest,
		     "busybox printf '\\n a\\n  \\nb\\t\\nc\\r\\n\\r\\nlast '; echo err >&2");
	CHECK(guest_run(guest) == 0);
	CHECK(count_lines(plain_log(guest, "0.0.log"), "stderr F err\n") == 1);
	const char *text = plain_log(guest, "0.0.log");
	CHECK(strstr(text, "stdout F \nstdout F  a\nstdout F   \nstdout F b\t\nstdout F c\r\n"
			   "stdout F \r\n"));
	CHECK(strstr(text, "stdout P last \n"));
	CHECK_TEXT(guest_record(guest, "LOG_IS_PARTIAL"), "0");
}

TEST(log_of_two_streams_has_whole_lines)
{
	GUEST(guest);
	guest_script(
		guest,
		"(busybox yes out | head -n 20000) & (busybox yes err | head -n 20000 >&2); wait");
	CHECK(guest_run(guest) == 0);
	const char *text = plain_log(guest, "0.0.log");
	CHECK(count_lines(text, "stdout F out\n") == 20000);
	CHECK(count_lines(text, "stderr F err\n") == 20000);
}

TEST(log_has_long_lines_in_pieces_and_nul_bytes)
{
	GUEST(guest);
	guest_script(guest,
		     "busybox printf 'a\\0b\\n'; head -c 40000 /dev/zero | tr '\\0' x; echo");
	CHECK(guest_run(guest) == 0);
	size_t length = 0;
	const char *path = path_join(guest->arena, guest->log, "0.0.log");
	const char *bytes = guest_content(guest, path, &length);
	const char *nul = after_time(bytes);
	CHECK(nul && memcmp(nul, "stdout F a\0b\n", 13) == 0);
	const size_t head = strlen("2026-01-31T12:00:00.123456000Z stdout P ");
	CHECK(length == head * 4 + 4 + 40000 + 3);
	CHECK(count_lines(nul + 13, "") == 3);
	CHECK(text_starts_with(after_time(nul + 13), "stdout P xxx"));
	CHECK(text_starts_with(after_time(bytes + length - (40000 - 2 * 16384) - head - 1),
			       "stdout F xxx"));
}

TEST(log_goes_on_in_another_part_and_keeps_the_newest)
{
	GUEST(guest);
	guest->spec.log_part_bytes = 64 << 10;
	guest->spec.log_parts = 3;
	guest_script(guest, "busybox seq 100000 120000");
	CHECK(guest_run(guest) == 0);
	Texts names = { 0 };
	CHECK(file_list(AT_FDCWD, guest->log, test->arena, &names, &test->error));
	CHECK(names.count == 3);
	const char *last = guest_log(guest, names.items[2]);
	CHECK(text_ends_with(last, " stdout F 120000\n"));
	size_t total = 0;
	for (size_t i = 0; i < names.count; i++)
		total += strlen(guest_log(guest, names.items[i]));
	CHECK(total <= 3 * (64 << 10));
}

TEST(log_of_each_instance_is_its_own_and_the_last_two_are_kept)
{
	GUEST(guest);
	guest->spec.backoff_base_ms = guest->spec.backoff_max_ms = 1;
	for (int i = 0; i < 3; i++) {
		guest_script(guest, arena_printf(test->arena, "echo run %d; exit 1", i));
		CHECK(guest_run(guest) == 1);
	}
	Texts names = { 0 };
	CHECK(file_list(AT_FDCWD, guest->log, test->arena, &names, &test->error));
	CHECK(names.count == 2);
	CHECK_TEXT(plain_log(guest, "1.0.log"), "stdout F run 1\n");
	CHECK_TEXT(plain_log(guest, "2.0.log"), "stdout F run 2\n");
}

TEST(log_is_locked_while_it_is_written)
{
	GUEST(guest);
	guest_script(guest, "echo up; until [ -e /tmp/go ]; do sleep 0.01; done");
	guest_start(guest);
	CHECK(guest_wait_for_output(guest, "up"));
	CLEANUP_FD fd = open(path_join(guest->arena, guest->log, "0.0.log"), O_RDONLY | O_CLOEXEC);
	CHECK(app_log_part_is_open(fd));
	const char *go = path_join(guest->arena, guest->root, "tmp/go");
	CHECK(file_replace_volatile(AT_FDCWD, go, "", 0, 0644, &test->error));
	CHECK(guest_wait(guest) == 0);
	CHECK(!app_log_part_is_open(fd));
}

TEST(stdout_can_be_opened_again_by_any_user)
{
	GUEST(guest);
	guest_user(guest, 1000, 1000);
	guest_script(guest, "echo out > /dev/stdout; echo err > /proc/self/fd/2");
	CHECK(guest_run(guest) == 0);
	CHECK(strstr(guest_output(guest), "<6>out\n"));
	CHECK(strstr(guest_output(guest), "<3>err\n"));
}

TEST(application_is_alone_and_pid_1)
{
	GUEST(guest);
	guest_script(guest, "echo pid $$; set -- /proc/[0-9]*; echo count $#");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_output(guest), "<6>pid 1\n<6>count 1\n");
}

TEST(view_is_the_image_and_nothing_of_ours)
{
	GUEST(guest);
	guest_script(
		guest,
		"echo /* /run/*; "
		"busybox cut -d' ' -f5 /proc/self/mountinfo | grep -v -e ^/proc/ -e ^/sys/ -e ^/dev/");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_output(guest),
		   "<6>/bin /dev /etc /proc /run /sys /tmp /usr /volume /work /run/image\n"
		   "<6>/\n<6>/volume\n<6>/proc\n<6>/sys\n<6>/dev\n");
}

TEST(devices_are_new_at_every_start)
{
	GUEST(guest);
	guest->spec.own_shm = true;
	guest_script(guest, "echo $(cd /dev; echo *) >> /tmp/seen; busybox ln -s /etc /dev/mine; "
			    "busybox rm /dev/fd; echo x > /dev/zero; cat /tmp/seen; exit 1");
	const char *expected =
		"<6>fd full mqueue net null ptmx pts random shm stderr stdin stdout tty "
		"urandom zero\n";
	CHECK(guest_run(guest) == 1);
	CHECK_TEXT(guest_output(guest), expected);
	CHECK(guest_run(guest) == 1);
	CHECK(strstr(guest_output(guest) + strlen(expected), expected));
}

TEST(mounts_of_the_machine_show_where_the_specification_says)
{
	GUEST(guest);
	const AppMount mounts[] = {
		{ .source = "/dev/null", .target = "/dev/hosts/null" },
		{ .source = "/oci", .target = "/new/place", .is_read_only = true },
		{ .source = "/oci/absent", .target = "/never", .is_optional = true },
	};
	for (size_t i = 0; i < COUNT(mounts); i++)
		*app_mounts_push(guest->arena, &guest->spec.mounts) = mounts[i];
	guest_script(guest, "stat -c %t:%T /dev/hosts/null; echo /new/place/*; ls /never; "
			    "touch /new/place/x");
	CHECK(guest_run(guest) == 1);
	CHECK(strstr(guest_output(guest), "<6>1:3\n<6>/new/place/apps /new/place/run\n"));
	CHECK(strstr(guest_output(guest), "<3>ls: /never: No such file or directory\n"));
	CHECK(strstr(guest_output(guest), "Read-only file system\n"));
}

TEST(start_failure_of_a_mount)
{
	GUEST(guest);
	*app_mounts_push(guest->arena, &guest->spec.mounts) =
		(AppMount){ .source = "/oci/absent", .target = "/volume/x" };
	guest_script(guest, "exit 0");
	CHECK(guest_run(guest) == 128);
	CHECK_TEXT(guest_record(guest, "REASON"), "StartError");
	CHECK_TEXT(guest_record(guest, "MESSAGE"), "mount '/volume/x': No such file or directory");
}

// An image decides what lies at the top of its root.
TEST(start_failure_of_a_root_with_links_or_files)
{
	static const struct {
		const char *path;
		const char *target; // NULL: a file
		const char *message;
	} rows[] = {
		{ "proc", "volume", "mount '/proc': Too many levels of symbolic links" },
		{ "sys", "/volume", "mount '/sys': Too many levels of symbolic links" },
		{ "proc", NULL, "mount '/proc': Not a directory" },
		{ "dev", "volume", "mount '/dev': Invalid cross-device link" },
		{ "dev", "../../work", "" },
		{ "dev", NULL, "mount '/dev': Not a directory" },
	};
	GUEST(guest);
	for (size_t i = 0; i < COUNT(rows); i++) {
		guest->spec.identifier = arena_printf(test->arena, "test/%zu", i);
		const char *path = path_join(guest->arena, guest->root, rows[i].path);
		CHECK(rmdir(path) == 0 || unlink(path) == 0);
		CHECK(rows[i].target
			      ? symlink(rows[i].target, path) == 0
			      : file_replace_volatile(AT_FDCWD, path, "", 0, 0644, &test->error));
		guest_script(guest, "echo x > /dev/null");
		CHECK(guest_run(guest) == (*rows[i].message ? 128 : 0));
		CHECK_TEXT(guest_record(guest, "MESSAGE"), rows[i].message);
		CHECK(unlink(path) == 0 && mkdir(path, 0755) == 0);
	}
}

// What is only open somewhere is no directory of the container (CVE-2024-21626).
TEST(working_directory_is_no_open_descriptor)
{
	static const char *const paths[] = { "/proc/self/fd/3", "/proc/self/fd/4/x",
					     "/proc/self/cwd", "/etc/link/x" };
	GUEST(guest);
	CHECK(symlink("/proc/self/fd/3", path_join(guest->arena, guest->root, "etc/link")) == 0);
	guest_script(guest, "exit 0");
	for (size_t i = 0; i < COUNT(paths); i++) {
		guest->spec.identifier = paths[i];
		guest->spec.working_directory = paths[i];
		CHECK(guest_run(guest) == 128);
		CHECK(text_starts_with(guest_record(guest, "MESSAGE"),
				       "enter the working directory '"));
	}
}

TEST(root_has_exactly_its_capabilities)
{
	GUEST(guest);
	guest_script(guest, "grep -E 'Cap|NoNew|Groups|Seccomp:' /proc/self/status; id -u; id -g");
	CHECK(guest_run(guest) == 0);
	CHECK(strstr(guest_output(guest),
		     "<6>CapInh:\t0000000000000000\n<6>CapPrm:\t00000000a80425fb\n"
		     "<6>CapEff:\t00000000a80425fb\n<6>CapBnd:\t00000000a80425fb\n"
		     "<6>CapAmb:\t0000000000000000\n<6>NoNewPrivs:\t1\n"
		     "<6>Seccomp:\t0\n"));
	CHECK(strstr(guest_output(guest), "<6>Groups:\t \n"));
}

TEST(user_keeps_the_bounding_set_only)
{
	GUEST(guest);
	guest_user(guest, 1000, 2000);
	*app_groups_push(guest->arena, &guest->spec.groups) = 3000;
	*app_groups_push(guest->arena, &guest->spec.groups) = 4000;
	guest->spec.no_new_privileges = false;
	guest_script(guest, "grep -E '^(Uid|Gid|Groups|Cap|NoNew)' /proc/self/status");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_output(guest),
		   "<6>Uid:\t1000\t1000\t1000\t1000\n"
		   "<6>Gid:\t2000\t2000\t2000\t2000\n<6>Groups:\t3000 4000 \n"
		   "<6>CapInh:\t0000000000000000\n<6>CapPrm:\t0000000000000000\n"
		   "<6>CapEff:\t0000000000000000\n<6>CapBnd:\t00000000a80425fb\n"
		   "<6>CapAmb:\t0000000000000000\n<6>NoNewPrivs:\t0\n");
}

TEST(dropped_capabilities_leave_nothing_behind)
{
	GUEST(guest);
	guest->spec.capabilities = (CapabilitySets){ 0 };
	guest_script(guest, "grep Cap /proc/self/status; busybox chown 5 /tmp || echo denied");
	CHECK(guest_run(guest) == 0);
	CHECK(strstr(guest_output(guest), "<6>CapPrm:\t0000000000000000\n"));
	CHECK(strstr(guest_output(guest), "<6>CapBnd:\t0000000000000000\n"));
	CHECK(strstr(guest_output(guest), "<6>denied\n"));
}

TEST(ambient_capabilities_reach_a_user)
{
	GUEST(guest);
	guest_user(guest, 1000, 1000);
	guest->spec.capabilities = capability_sets(CAPABILITY_BIT(10), 1000, true);
	guest_script(guest, "grep Cap /proc/self/status");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_output(guest),
		   "<6>CapInh:\t0000000000000400\n<6>CapPrm:\t0000000000000400\n"
		   "<6>CapEff:\t0000000000000400\n<6>CapBnd:\t0000000000000400\n"
		   "<6>CapAmb:\t0000000000000400\n");
}

static bool confine(Guest *guest)
{
	Error *error = &guest->test->error;
	const char *profile = NULL;
	CLEANUP_BUFFER program = { 0 };
	if (!file_read(AT_FDCWD, "isolate/app/seccomp-default.json", FILE_MAX, guest->arena,
		       &profile, NULL, error) ||
	    !seccomp_compile_profile(profile, strlen(profile), capability_default, &program, error))
		return false;
	const size_t length = program.length;
	guest->spec.filter = (Span){ buffer_take(&program, guest->arena), length };
	return true;
}

TEST(seccomp_program_is_loaded_last)
{
	GUEST(guest);
	CHECK(confine(guest));
	guest_script(guest, "grep Seccomp: /proc/self/status; busybox unshare -i true; echo $?");
	CHECK(guest_run(guest) == 0);
	CHECK(strstr(guest_output(guest), "<6>Seccomp:\t2\n"));
	CHECK(strstr(guest_output(guest),
		     "<3>unshare: unshare(0x8000000): Operation not permitted\n"));
}

TEST(seccomp_program_without_no_new_privs)
{
	GUEST(guest);
	CHECK(confine(guest));
	guest_user(guest, 1000, 1000);
	guest->spec.no_new_privileges = false;
	guest_script(guest, "grep -E 'Seccomp:|NoNew|CapPrm|CapBnd' /proc/self/status");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_output(guest), "<6>CapPrm:\t0000000000000000\n"
					"<6>CapBnd:\t00000000a80425fb\n<6>NoNewPrivs:\t0\n"
					"<6>Seccomp:\t2\n");
}

TEST(environment_is_exact)
{
	GUEST(guest);
	guest_variable(guest, "BASE", "a \"b\"\n'c' %s $HOME", false);
	guest_variable(guest, "FULL", "<$(BASE)> $$(BASE) $(MISSING)", true);
	guest_variable(guest, "BASE", "later", false);
	guest->spec.is_verbatim = false;
	guest_arguments(guest, "busybox", "printf", "[%s]");
	texts_add(guest->arena, &guest->spec.arguments, "$(FULL)");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_output(guest), "<6>[<a \"b\"\n<6>'c' %s $HOME> $(BASE) $(MISSING)]\n");
}

TEST(environment_of_a_thousand_and_long_arguments)
{
	GUEST(guest);
	for (int i = 0; i < 1000; i++)
		guest_variable(guest, arena_printf(guest->arena, "NAME_%d", i),
			       "two\nlines \"quoted\"", false);
	char *text = arena_alloc(guest->arena, 100001);
	memset(text, 'y', 100000);
	guest->spec.is_verbatim = true;
	guest_arguments(guest, "sh", "-c",
			"echo $(busybox env | busybox grep -c ^NAME_) $NAME_999 ${#0}");
	texts_add(guest->arena, &guest->spec.arguments, text);
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_output(guest), "<6>1000 two lines \"quoted\" 100000\n");
}

TEST(kernel_files_are_hidden_or_read_only)
{
	GUEST(guest);
	texts_add(guest->arena, &guest->spec.masked_paths, "/etc/hidden");
	texts_add(guest->arena, &guest->spec.masked_paths, "/etc/empty");
	guest_script(guest,
		     "cat /proc/timer_list; cat /etc/hidden; ls -A /sys/firmware /etc/empty; "
		     "touch /etc/empty/x 2>/dev/null || echo denied; "
		     "grep -c ' /proc/sys ro,' /proc/self/mountinfo; "
		     "grep -c ' /proc .*nosuid,nodev,noexec.* - proc' /proc/self/mountinfo");
	const char *hidden = path_join(guest->arena, guest->root, "etc/hidden");
	const char *below = path_join(guest->arena, guest->root, "etc/empty/below");
	CHECK(file_replace_volatile(AT_FDCWD, hidden, "secret", 6, 0644, &test->error));
	CHECK(file_make_directories(AT_FDCWD, below, 0755, &test->error));
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_output(guest),
		   "<6>/etc/empty:\n<6>\n<6>/sys/firmware:\n<6>denied\n<6>1\n<6>1\n");
}

TEST(root_directory_can_be_read_only)
{
	GUEST(guest);
	guest->spec.read_only_root = true;
	guest_script(guest,
		     "touch /tmp/x 2>/dev/null || echo denied; touch /volume/x && echo written");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_output(guest), "<6>denied\n<6>written\n");
}

TEST(working_directory_is_made)
{
	GUEST(guest);
	guest_user(guest, 1000, 2000);
	guest->spec.working_directory = "/work/a/b";
	guest_script(guest, "busybox pwd; stat -c %u:%g:%a /work /work/a .");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_output(guest),
		   "<6>/work/a/b\n<6>0:0:755\n<6>1000:2000:755\n<6>1000:2000:755\n");
}

TEST(ipc_and_cgroup_are_its_own)
{
	GUEST(guest);
	guest->spec.own_shm = true;
	guest->spec.own_cgroup = true;
	guest->spec.shm_bytes = 1 << 20;
	guest_script(guest,
		     "stat -f -c %b:%S /dev/shm; touch /dev/shm/x; grep ^0: /proc/self/cgroup; "
		     "busybox mkdir /sys/fs/cgroup/x 2>/dev/null || echo denied; "
		     "cat /sys/fs/cgroup/cgroup.procs");
	CHECK(guest_run(guest) == 0);
	CHECK(text_starts_with(guest_output(guest), "<6>256:4096\n<6>0::/\n<6>denied\n"));
	CHECK(strstr(guest_output(guest), "<6>1\n"));
	CHECK(!file_exists(AT_FDCWD, "/dev/shm/x"));
}

TEST(exit_status_is_passed_on)
{
	GUEST(guest);
	guest_script(guest, "exit 7");
	CHECK(guest_run(guest) == 7);
	CHECK_TEXT(guest_record(guest, "STATE"), "terminated");
	CHECK_TEXT(guest_record(guest, "REASON"), "Error");
	CHECK_TEXT(guest_record(guest, "EXIT_CODE"), "7");
	CHECK_TEXT(guest_record(guest, "SIGNAL"), "0");
	CHECK_TEXT(guest_record(guest, "RESTARTS"), "0");
}

TEST(death_by_signal_adds_128)
{
	GUEST(guest);
	guest->spec.share_process_namespace = true;
	guest_script(guest, "kill -USR1 $$");
	CHECK(guest_run(guest) == 128 + SIGUSR1);
	CHECK_TEXT(guest_record(guest, "SIGNAL"), "10");
}

TEST(signals_are_forwarded)
{
	GUEST(guest);
	guest_script(guest, "trap 'echo hup' HUP; trap 'echo term; exit 3' TERM; echo ready; "
			    "while :; do sleep 0.05; done");
	guest_start(guest);
	CHECK(guest_wait_for_output(guest, "ready"));
	kill(guest->pid, SIGHUP);
	CHECK(guest_wait_for_output(guest, "<6>hup\n"));
	kill(guest->pid, SIGTERM);
	CHECK(guest_wait(guest) == 3);
	CHECK(strstr(guest_output(guest), "<6>term\n"));
}

// A server that takes its stop well has not done its work: the host has to know.
TEST(stop_is_told_from_an_end)
{
	// As systemd stops a service: the signal of the image's choice, then SIGCONT.
	static const struct {
		int signals[2];
		const char *stopped;
	} rows[] = {
		{ { SIGTERM, 0 }, "yes" },       { { SIGINT, 0 }, "yes" },
		{ { SIGQUIT, SIGCONT }, "yes" }, { { SIGWINCH, SIGCONT }, "yes" },
		{ { SIGUSR1, SIGCONT }, "yes" }, { { SIGHUP, 0 }, "" },
		{ { SIGUSR1, 0 }, "" },
	};
	GUEST(guest);
	for (size_t i = 0; i < COUNT(rows); i++) {
		// Another identifier waits for no back-off.
		guest->spec.identifier = arena_printf(test->arena, "test/%zu", i);
		guest_script(guest, arena_printf(test->arena,
						 "trap 'exit 0' TERM INT QUIT WINCH USR1 HUP; "
						 "echo %s; while :; do sleep 0.02; done",
						 guest->spec.identifier));
		guest_start(guest);
		CHECK(guest_wait_for_output(guest, guest->spec.identifier));
		for (size_t j = 0; j < 2 && rows[i].signals[j]; j++)
			kill(guest->pid, rows[i].signals[j]);
		CHECK(guest_wait(guest) == 0);
		CHECK_TEXT(guest_record(guest, "REASON"), "Completed");
		CHECK_TEXT(guest_record(guest, "STOPPED"), rows[i].stopped);
	}
}

TEST(records_that_must_outlast_a_power_cut_are_complete)
{
	static const AppRestart restarts[] = { APP_RESTART_ON_FAILURE, APP_RESTART_NEVER };
	GUEST(guest);
	for (size_t i = 0; i < COUNT(restarts); i++) {
		guest->spec.identifier = arena_printf(test->arena, "test/%zu", i);
		guest->spec.restart = restarts[i];
		guest_script(guest, "exit 0");
		CHECK(guest_run(guest) == 0);
		CHECK_TEXT(guest_record(guest, "STATE"), "terminated");
		CHECK_TEXT(guest_record(guest, "EXIT_CODE"), "0");
		CHECK_TEXT(guest_record(guest, "STOPPED"), "");
		CHECK_TEXT(guest_errors(guest), "");
	}
}

TEST(unhandled_stop_ends_the_application)
{
	GUEST(guest);
	guest->spec.end_unhandled = true;
	guest->spec.is_verbatim = true;
	guest_arguments(guest, "busybox", "sleep", "1000");
	guest_start(guest);
	CHECK(guest_wait_for(guest, "STATE", "running"));
	kill(guest->pid, SIGTERM);
	CHECK(guest_wait(guest) == 128 + SIGTERM);
	CHECK_TEXT(guest_record(guest, "SIGNAL"), "15");
}

TEST(unhandled_stop_is_ignored_by_pid_1)
{
	GUEST(guest);
	guest->spec.is_verbatim = true;
	guest_arguments(guest, "busybox", "sleep", "0.3");
	guest_start(guest);
	CHECK(guest_wait_for(guest, "STATE", "running"));
	kill(guest->pid, SIGTERM);
	CHECK(guest_wait(guest) == 0);
	CHECK_TEXT(guest_record(guest, "REASON"), "Completed");
}

// Dead ones that nobody has waited for yet do not count.
static bool is_alive(Arena *arena, long pid)
{
	const char *text = NULL;
	CLEANUP_ERROR error = { 0 };
	const char *path = arena_printf(arena, "/proc/%ld/status", pid);
	return file_read(AT_FDCWD, path, FILE_MAX, arena, &text, NULL, &error) &&
	       !strstr(text, "State:\tZ");
}

TEST(application_dies_with_isolate)
{
	GUEST(guest);
	guest_script(guest, "trap '' TERM; while :; do sleep 1; done");
	guest_start(guest);
	CHECK(guest_wait_for(guest, "STATE", "running"));
	const long pid = strtol(guest_record(guest, "PID"), NULL, 10);
	CHECK(pid > 1 && is_alive(guest->arena, pid));
	kill(guest->pid, SIGKILL);
	CHECK(guest_wait(guest) == -1);
	for (int i = 0; i < 200 && is_alive(guest->arena, pid); i++)
		guest_sleep_ms(5);
	CHECK(!is_alive(guest->arena, pid));

	guest_script(guest, "exit 0");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_record(guest, "LAST_REASON"), "ContainerStatusUnknown");
	CHECK_TEXT(guest_record(guest, "LAST_EXIT_CODE"), "137");
	CHECK_TEXT(guest_record(guest, "LAST_LOG_IS_PARTIAL"), "1");
	CHECK_TEXT(guest_record(guest, "RESTARTS"), "1");
}

TEST(start_failures_say_why)
{
	GUEST(guest);
	guest_arguments(guest, "missing", NULL, NULL);
	CHECK(guest_run(guest) == 127);
	CHECK_TEXT(guest_errors(guest),
		   "<3>sdme-isolate: exec 'missing': No such file or directory\n");
	CHECK_TEXT(guest_record(guest, "REASON"), "StartError");
	CHECK_TEXT(guest_record(guest, "EXIT_CODE"), "127");
	CHECK_TEXT(guest_record(guest, "MESSAGE"), "exec 'missing': No such file or directory");
}

TEST(start_failure_of_a_file_without_the_right)
{
	GUEST(guest);
	guest_arguments(guest, "/etc", NULL, NULL);
	CHECK(guest_run(guest) == 126);
	CHECK_TEXT(guest_errors(guest), "<3>sdme-isolate: exec '/etc': Permission denied\n");
}

TEST(start_failure_of_a_missing_interpreter)
{
	GUEST(guest);
	const char *path = path_join(guest->arena, guest->root, "bin/script");
	CHECK(file_replace_volatile(AT_FDCWD, path, "#!/bin/bash\n", 12, 0755, &test->error));
	guest_arguments(guest, "script", NULL, NULL);
	CHECK(guest_run(guest) == 127);
	CHECK_TEXT(guest_errors(guest), "<3>sdme-isolate: find the interpreter of '/bin/script': "
					"No such file or directory\n");
}

TEST(start_failure_of_the_working_directory)
{
	GUEST(guest);
	guest->spec.working_directory = "/bin/busybox/x";
	guest_script(guest, "exit 0");
	CHECK(guest_run(guest) == 128);
	CHECK_TEXT(guest_errors(guest),
		   "<3>sdme-isolate: enter the working directory '/bin/busybox/x': "
		   "Not a directory\n");
}

// --- its stdout is journald's: what that has not read yet waits in the socket

// Starts the script; ret: our end of its stdout.
static bool start_with_reader(Guest *guest, const char *script, int *ret)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return false;
	shutdown(ends[0], SHUT_WR); // as journald does
	guest_script(guest, script);
	guest->stream = ends[1];
	*ret = ends[0];
	guest_start(guest);
	return guest_wait_for(guest, "STATE", "running");
}

static bool read_until(int fd, const char *end)
{
	CLEANUP_BUFFER text = { 0 };
	char byte;
	while (read(fd, &byte, 1) == 1) {
		buffer_add_char(&text, byte);
		if (text_ends_with(buffer_text(&text), end))
			return true;
	}
	return false;
}

// Nobody reads: what does not fit is left out there, and all of it is in the log.
TEST(reader_that_reads_nothing_blocks_nothing)
{
	GUEST(guest);
	CLEANUP_FD reader = -1;
	CHECK(start_with_reader(guest, "busybox seq 1 30000; echo END; exit 3", &reader));
	CHECK(guest_wait(guest) == 3);
	CHECK_TEXT(guest_record(guest, "STATE"), "terminated");
	CHECK_TEXT(guest_record(guest, "LOG_IS_PARTIAL"), "0");
	CHECK(count_lines(plain_log(guest, "0.0.log"), "stdout F ") == 30001);
	CHECK(read_until(reader, "<6>1000\n"));
}

TEST(reader_that_left_is_not_missed)
{
	GUEST(guest);
	CLEANUP_FD reader = -1;
	CHECK(start_with_reader(guest, "until [ -e /tmp/go ]; do sleep 0.01; done; echo END",
				&reader));
	file_close(&reader);
	const char *go = path_join(guest->arena, guest->root, "tmp/go");
	CHECK(file_replace_volatile(AT_FDCWD, go, "", 0, 0644, &test->error));
	CHECK(guest_wait(guest) == 0);
	CHECK_TEXT(guest_record(guest, "LOG_IS_PARTIAL"), "0");
	CHECK_TEXT(plain_log(guest, "0.0.log"), "stdout F END\n");
}

TEST(reader_is_told_what_is_left_out)
{
	GUEST(guest);
	guest_script(guest, "busybox seq 1 22000; echo END");
	CHECK(guest_run(guest) == 0);
	CHECK(count_lines(guest_output(guest), "<6>") == 20000);
	CHECK(strstr(guest_output(guest),
		     "<5>sdme-isolate: 2001 lines are left out here; sdme kube logs has them\n"));
	CHECK(count_lines(plain_log(guest, "0.0.log"), "stdout F ") == 22001);
}

// Microseconds since 1970; 0 without one.
static long long recorded_time(const Guest *guest, const char *key)
{
	char *rest = NULL;
	const long long seconds = strtoll(guest_record(guest, key), &rest, 10);
	return seconds * 1000000 + (*rest == '.' ? strtoll(rest + 1, NULL, 10) : 0);
}

TEST(restarts_back_off)
{
	GUEST(guest);
	guest->spec.backoff_base_ms = 150;
	guest->spec.backoff_max_ms = 250;
	guest_script(guest, "exit 1");
	const long long pauses_ms[] = { 0, 0, 150, 250, 250 };
	const char *const backoffs[] = { "0", "150", "250", "250", "250" };
	for (int i = 0; i < 5; i++) {
		CHECK(guest_run(guest) == 1);
		CHECK(recorded_time(guest, "STARTED_AT") -
			      recorded_time(guest, "LAST_FINISHED_AT") >=
		      pauses_ms[i] * 1000);
		CHECK_TEXT(guest_record(guest, "BACKOFF_MS"), backoffs[i]);
		CHECK_TEXT(guest_record(guest, "RESTARTS"), arena_printf(test->arena, "%d", i));
	}
	CHECK_TEXT(guest_record(guest, "LAST_EXIT_CODE"), "1");

	guest->spec.identifier = "changed";
	CHECK(guest_run(guest) == 1);
	CHECK_TEXT(guest_record(guest, "RESTARTS"), "0");
}

TEST(a_long_run_resets_the_back_off)
{
	GUEST(guest);
	guest->spec.backoff_base_ms = 60000;
	guest->spec.backoff_reset_ms = 20;
	guest_script(guest, "sleep 0.05; exit 1");
	for (int i = 0; i < 3; i++)
		CHECK(guest_run(guest) == 1);
	CHECK_TEXT(guest_record(guest, "RESTARTS"), "2");
}

TEST(stop_ends_the_back_off)
{
	GUEST(guest);
	guest->spec.backoff_base_ms = 60000;
	guest_script(guest, "exit 4");
	CHECK(guest_run(guest) == 4);
	CHECK(guest_run(guest) == 4);
	guest_start(guest);
	CHECK(guest_wait_for(guest, "REASON", "CrashLoopBackOff"));
	CHECK_TEXT(guest_record(guest, "STATE"), "waiting");
	CHECK_TEXT(guest_record(guest, "LAST_EXIT_CODE"), "4");
	kill(guest->pid, SIGTERM);
	CHECK(guest_wait(guest) == 0);
	CHECK_TEXT(guest_record(guest, "STATE"), "terminated");
	CHECK_TEXT(guest_record(guest, "EXIT_CODE"), "4");
	CHECK_TEXT(guest_record(guest, "RESTARTS"), "1");
}

TEST(init_container_is_repeated_until_it_succeeds)
{
	GUEST(guest);
	guest->spec.kind = APP_KIND_INIT;
	guest->spec.backoff_base_ms = 50;
	guest_script(guest, "echo x >> /tmp/tries; [ $(wc -l < /tmp/tries) = 3 ]");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(guest_record(guest, "RESTARTS"), "2");
	CHECK_TEXT(guest_record(guest, "REASON"), "Completed");
	CHECK_TEXT(guest_record(guest, "LAST_REASON"), "Error");
}

TEST(init_container_that_may_not_be_repeated)
{
	GUEST(guest);
	guest->spec.kind = APP_KIND_INIT;
	guest->spec.restart = APP_RESTART_NEVER;
	guest_script(guest, "exit 5");
	CHECK(guest_run(guest) == 5);
}

TEST(systemd_is_told_when_it_runs)
{
	GUEST(guest);
	// An abstract name is the same in every root directory.
	const char *name = arena_printf(test->arena, "@sdme-test-%ld", (long)getpid());
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	memcpy(address.sun_path, name, strlen(name));
	address.sun_path[0] = '\0';
	CLEANUP_FD fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CHECK(bind(fd, (const struct sockaddr *)&address,
		   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) == 0);
	guest->notify = name;
	guest_script(guest, "exit 0");
	CHECK(guest_run(guest) == 0);
	char message[256] = "";
	CHECK(recv(fd, message, sizeof(message) - 1, MSG_DONTWAIT) > 0);
	CHECK_TEXT(message, "READY=1\nSTATUS=Running");
}

TEST(termination_message_is_kept)
{
	GUEST(guest);
	guest->spec.has_message = true;
	const char *message = path_join(guest->arena, guest->status, "termination");
	guest_script(guest, "exit 1");
	CHECK(guest_run(guest) == 1);
	CHECK(file_exists(AT_FDCWD, message));
	CHECK(file_replace_volatile(AT_FDCWD, message, "out of cheese", 13, 0666, &test->error));
	CHECK(guest_run(guest) == 1);
	CHECK_TEXT(guest_content(guest, message, NULL), "");
	CHECK_TEXT(guest_content(guest,
				 path_join(guest->arena, guest->status, "termination.previous"),
				 NULL),
		   "out of cheese");
}
