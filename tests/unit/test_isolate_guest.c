// Runs the real sdme-isolate as root in a mount namespace of its own, in a root directory that holds nothing but a
// static busybox: what systemd does around it (isolate/guest/spec.h says where it finds its files) is done by hand.
#include "isolate/spec.h"

#include "isolate/guest/spec.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#define BUSYBOX     "/bin/busybox"
#define FILE_MAX    (4u << 20)
#define DEADLINE_MS 10000

typedef struct Guest {
	Test *test;
	Arena *arena;
	const char *root;   // of the application
	const char *status; // its records
	const char *out;    // file: what sdme-isolate wrote to stdout
	const char *err;
	const char *program;
	const char *notify; // NULL: no socket
	AppSpec spec;
	pid_t pid;
} Guest;

static const char *const directories[] = { "bin", "etc", "proc", "sys",    "dev",      "run",
					   "tmp", "usr", "work", "volume", "run/image" };

static void variable(Guest *guest, const char *name, const char *value, bool is_expandable)
{
	*app_variables_push(guest->arena, &guest->spec.environment) =
		(AppVariable){ .name = name, .value = value, .is_expandable = is_expandable };
}

static bool make_root(Guest *guest)
{
	Error *error = &guest->test->error;
	for (size_t i = 0; i < COUNT(directories); i++) {
		const char *path = path_join(guest->arena, guest->root, directories[i]);
		if (!file_make_directories(AT_FDCWD, path, 0755, error))
			return false;
	}
	const char *busybox = NULL;
	size_t length = 0;
	return file_make_directories(AT_FDCWD, guest->status, 0755, error) &&
	       file_read(AT_FDCWD, BUSYBOX, FILE_MAX, guest->arena, &busybox, &length, error) &&
	       file_replace_volatile(AT_FDCWD, path_join(guest->arena, guest->root, "bin/busybox"),
				     busybox, length, 0755, error) &&
	       file_replace_link(AT_FDCWD, path_join(guest->arena, guest->root, "bin/sh"),
				 "busybox", error);
}

// The program beside this test's own: build/VARIANT/tests/unit/run, build/VARIANT/guest/sdme-isolate.
static const char *find_program(Arena *arena)
{
	char self[4096] = "";
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return NULL;
	const char *variant = path_parent(arena, path_parent(arena, path_parent(arena, self)));
	const char *program = path_join(arena, variant, "guest/sdme-isolate");
	return file_exists(AT_FDCWD, program) ? program : NULL;
}

// An application that may do what root of a container may. NULL, with the test failed or skipped, when it cannot be.
static Guest *guest_new(Test *test)
{
	Guest *guest = ARENA_NEW(test->arena, Guest);
	guest->test = test;
	guest->arena = test->arena;
	guest->program = find_program(test->arena);
	if (geteuid() != 0)
		test->skip_reason = "needs root";
	else if (!file_exists(AT_FDCWD, BUSYBOX))
		test->skip_reason = "needs busybox-static";
	else if (!guest->program)
		test->skip_reason = "sdme-isolate is not built";
	if (test->skip_reason)
		return NULL;

	const char *directory = test_directory(test);
	guest->root = path_join(test->arena, directory, "root");
	guest->status = path_join(test->arena, directory, "status");
	guest->out = path_join(test->arena, directory, "out");
	guest->err = path_join(test->arena, directory, "err");
	guest->spec = (AppSpec){
		.identifier = "test",
		.capabilities = capability_sets(capability_default, 0, /* is_ambient= */ false),
		.no_new_privileges = true,
		.own_ipc = true,
	};
	spec_default_masked_paths(test->arena, &guest->spec.masked_paths);
	spec_default_read_only_paths(test->arena, &guest->spec.read_only_paths);
	variable(guest, "PATH", "/bin", false);
	if (!make_root(guest)) {
		test_fail(test, __FILE__, __LINE__, "no root directory");
		return NULL;
	}
	return guest;
}

#define GUEST(name)                                                                                \
	Guest *name = guest_new(test);                                                             \
	if (!name)                                                                                 \
	return

static void arguments(Guest *guest, const char *first, const char *second, const char *third)
{
	guest->spec.arguments = (Texts){ 0 };
	texts_add(guest->arena, &guest->spec.arguments, first);
	if (second)
		texts_add(guest->arena, &guest->spec.arguments, second);
	if (third)
		texts_add(guest->arena, &guest->spec.arguments, third);
}

static void script(Guest *guest, const char *text)
{
	guest->spec.is_verbatim = true;
	// The applets of busybox that the tests use, by their names.
	arguments(guest, "sh", "-c",
		  arena_printf(guest->arena,
			       "for i in id cat ls ps touch sleep stat head tr wc mount grep; do "
			       "alias $i=\"busybox $i\"; done\n%s",
			       text));
}

static void user(Guest *guest, uint32_t uid, uint32_t gid)
{
	guest->spec.uid = uid;
	guest->spec.gid = gid;
	guest->spec.capabilities = capability_sets(capability_default, uid, false);
}

static bool bind_mount(Arena *arena, const char *from, const char *root, const char *to)
{
	return mount(from, path_join(arena, root, to), NULL, MS_BIND | MS_REC, NULL) == 0;
}

// What systemd does for RootDirectory= and MountAPIVFS=.
static bool enter_root(const Guest *guest)
{
	Arena *arena = guest->arena;
	const char *run = path_join(arena, guest->root, "run");
	const char *spec = path_join(arena, guest->root, "run/sdme/spec");
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(guest->root, guest->root, NULL, MS_BIND, NULL) < 0 ||
	    mount("tmpfs", run, "tmpfs", 0, NULL) < 0 ||
	    mount("tmpfs", path_join(arena, guest->root, "volume"), "tmpfs", 0, NULL) < 0)
		return false;
	CLEANUP_BUFFER image = { 0 };
	CLEANUP_ERROR error = { 0 };
	const char *status = path_join(arena, guest->root, "run/sdme/status");
	if (!file_make_directories(AT_FDCWD, status, 0755, &error) ||
	    !spec_print(&guest->spec, &image, &error) ||
	    !file_replace_volatile(AT_FDCWD, spec, image.data, image.length, 0600, &error))
		return false;
	return bind_mount(arena, spec, guest->root, "run/sdme/spec") &&
	       bind_mount(arena, guest->status, guest->root, "run/sdme/status") &&
	       bind_mount(arena, "/proc", guest->root, "proc") &&
	       bind_mount(arena, "/sys", guest->root, "sys") &&
	       bind_mount(arena, "/dev", guest->root, "dev") && chroot(guest->root) == 0 &&
	       chdir("/") == 0;
}

static _Noreturn void run_guest(const Guest *guest)
{
	CLEANUP_FD out = open(guest->out, O_WRONLY | O_CREAT | O_APPEND, 0644);
	CLEANUP_FD err = open(guest->err, O_WRONLY | O_CREAT | O_APPEND, 0644);
	CLEANUP_FD program = open(guest->program, O_PATH | O_CLOEXEC);
	if (!enter_root(guest) || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(99);
	char *arguments_[] = { (char[]){ "sdme-isolate" }, NULL };
	char *environment[] = { guest->notify ? arena_printf(guest->arena, "NOTIFY_SOCKET=%s",
							     guest->notify)
					      : NULL,
				NULL };
	signal(SIGPIPE, SIG_IGN); // as systemd does
	fexecve(program, arguments_, environment);
	_exit(98);
}

static void guest_start(Guest *guest)
{
	fflush(stdout);
	guest->pid = fork();
	if (guest->pid == 0)
		run_guest(guest);
}

static void sleep_ms(long milliseconds)
{
	nanosleep(&(struct timespec){ milliseconds / 1000, milliseconds % 1000 * 1000000 }, NULL);
}

// The exit status of sdme-isolate; -1 when it takes too long or dies of a signal.
static int guest_wait(Guest *guest)
{
	for (int waited = 0; waited < DEADLINE_MS; waited += 5) {
		int status = 0;
		if (waitpid(guest->pid, &status, WNOHANG) == guest->pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		sleep_ms(5);
	}
	kill(guest->pid, SIGKILL);
	waitpid(guest->pid, NULL, 0);
	return -1;
}

static int guest_run(Guest *guest)
{
	guest_start(guest);
	return guest_wait(guest);
}

static const char *content(const Guest *guest, const char *path, size_t *ret_length)
{
	const char *text = "";
	CLEANUP_ERROR error = { 0 };
	return file_read(AT_FDCWD, path, FILE_MAX, guest->arena, &text, ret_length, &error) ? text
											    : "";
}

static const char *output(const Guest *guest)
{
	return content(guest, guest->out, NULL);
}

static const char *errors(const Guest *guest)
{
	return content(guest, guest->err, NULL);
}

// The value of KEY in the record; "" when it is not there.
static const char *record(const Guest *guest, const char *key)
{
	const char *at = content(guest, path_join(guest->arena, guest->status, "state"), NULL);
	while (*at) {
		const size_t length = strcspn(at, "\n");
		const char *line = arena_strndup(guest->arena, at, length);
		const char *start = arena_printf(guest->arena, "%s=", key);
		if (text_starts_with(line, start))
			return line + strlen(start);
		at += length + (at[length] == '\n');
	}
	return "";
}

static bool wait_for(const Guest *guest, const char *key, const char *value)
{
	for (int waited = 0; waited < DEADLINE_MS; waited += 5) {
		if (text_equal(record(guest, key), value))
			return true;
		sleep_ms(5);
	}
	return false;
}

static bool wait_for_output(const Guest *guest, const char *text)
{
	for (int waited = 0; waited < DEADLINE_MS; waited += 5) {
		if (strstr(output(guest), text))
			return true;
		sleep_ms(5);
	}
	return false;
}

TEST(output_lines_carry_their_stream)
{
	GUEST(guest);
	script(guest, "echo one; echo two >&2; busybox printf 'no end'");
	CHECK(guest_run(guest) == 0);
	CHECK(strstr(output(guest), "<6>one\n"));
	CHECK(strstr(output(guest), "<3>two\n"));
	CHECK(strstr(output(guest), "<6>no end\n"));
	CHECK_TEXT(errors(guest), "");
}

TEST(output_of_two_streams_never_mixes)
{
	GUEST(guest);
	script(guest,
	       "(busybox yes out | head -n 20000) & (busybox yes err | head -n 20000 >&2); wait");
	CHECK(guest_run(guest) == 0);
	size_t outs = 0, errs = 0;
	for (const char *at = output(guest); *at; at += 8) {
		outs += text_starts_with(at, "<6>out\n");
		errs += text_starts_with(at, "<3>err\n");
		if (!text_starts_with(at, "<6>out\n") && !text_starts_with(at, "<3>err\n"))
			break;
		at--;
	}
	CHECK(outs == 20000);
	CHECK(errs == 20000);
}

TEST(output_long_lines_and_nul_bytes_pass)
{
	GUEST(guest);
	script(guest, "head -c 100000 /dev/zero | tr '\\0' x; echo; busybox printf 'a\\0b\\n'");
	CHECK(guest_run(guest) == 0);
	size_t length = 0;
	const char *text = content(guest, guest->out, &length);
	CHECK(length == 3 + 100000 + 1 + 3 + 4);
	CHECK(text_starts_with(text, "<6>xxxx"));
	CHECK(memcmp(text + 100004, "<6>a\0b\n", 7) == 0);
}

TEST(stdout_can_be_opened_again_by_any_user)
{
	GUEST(guest);
	user(guest, 1000, 1000);
	script(guest, "echo out > /dev/stdout; echo err > /proc/self/fd/2");
	CHECK(guest_run(guest) == 0);
	CHECK(strstr(output(guest), "<6>out\n"));
	CHECK(strstr(output(guest), "<3>err\n"));
}

TEST(application_is_alone_and_pid_1)
{
	GUEST(guest);
	script(guest, "echo pid $$; echo count $(ls -d /proc/[0-9]* | wc -l); ls /run; "
		      "echo spec $(ls /run/sdme/status | wc -l)");
	CHECK(guest_run(guest) == 0);
	CHECK(strstr(output(guest), "<6>pid 1\n"));
	CHECK(strstr(output(guest), "<6>count 4\n")); // sh, its subshell, ls, wc
	CHECK(strstr(output(guest), "<6>spec 0\n"));
}

TEST(root_has_exactly_its_capabilities)
{
	GUEST(guest);
	script(guest, "grep -E 'Cap|NoNew|Groups|Seccomp:' /proc/self/status; id -u; id -g");
	CHECK(guest_run(guest) == 0);
	CHECK(strstr(output(guest), "<6>CapInh:\t0000000000000000\n<6>CapPrm:\t00000000a80425fb\n"
				    "<6>CapEff:\t00000000a80425fb\n<6>CapBnd:\t00000000a80425fb\n"
				    "<6>CapAmb:\t0000000000000000\n<6>NoNewPrivs:\t1\n"
				    "<6>Seccomp:\t0\n"));
	CHECK(strstr(output(guest), "<6>Groups:\t \n"));
}

TEST(user_keeps_the_bounding_set_only)
{
	GUEST(guest);
	user(guest, 1000, 2000);
	*app_groups_push(guest->arena, &guest->spec.groups) = 3000;
	*app_groups_push(guest->arena, &guest->spec.groups) = 4000;
	guest->spec.no_new_privileges = false;
	script(guest, "grep -E '^(Uid|Gid|Groups|Cap|NoNew)' /proc/self/status");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(output(guest), "<6>Uid:\t1000\t1000\t1000\t1000\n"
				  "<6>Gid:\t2000\t2000\t2000\t2000\n<6>Groups:\t3000 4000 \n"
				  "<6>CapInh:\t0000000000000000\n<6>CapPrm:\t0000000000000000\n"
				  "<6>CapEff:\t0000000000000000\n<6>CapBnd:\t00000000a80425fb\n"
				  "<6>CapAmb:\t0000000000000000\n<6>NoNewPrivs:\t0\n");
}

TEST(dropped_capabilities_leave_nothing_behind)
{
	GUEST(guest);
	guest->spec.capabilities = (CapabilitySets){ 0 };
	script(guest, "grep Cap /proc/self/status; busybox chown 5 /tmp || echo denied");
	CHECK(guest_run(guest) == 0);
	CHECK(strstr(output(guest), "<6>CapPrm:\t0000000000000000\n"));
	CHECK(strstr(output(guest), "<6>CapBnd:\t0000000000000000\n"));
	CHECK(strstr(output(guest), "<6>denied\n"));
}

TEST(ambient_capabilities_reach_a_user)
{
	GUEST(guest);
	user(guest, 1000, 1000);
	guest->spec.capabilities = capability_sets(CAPABILITY_BIT(10), 1000, true);
	script(guest, "grep Cap /proc/self/status");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(output(guest), "<6>CapInh:\t0000000000000400\n<6>CapPrm:\t0000000000000400\n"
				  "<6>CapEff:\t0000000000000400\n<6>CapBnd:\t0000000000000400\n"
				  "<6>CapAmb:\t0000000000000400\n");
}

TEST(environment_is_exact)
{
	GUEST(guest);
	variable(guest, "BASE", "a \"b\"\n'c' %s $HOME", false);
	variable(guest, "FULL", "<$(BASE)> $$(BASE) $(MISSING)", true);
	variable(guest, "BASE", "later", false);
	guest->spec.is_verbatim = false;
	arguments(guest, "busybox", "printf", "[%s]");
	texts_add(guest->arena, &guest->spec.arguments, "$(FULL)");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(output(guest), "<6>[<a \"b\"\n<6>'c' %s $HOME> $(BASE) $(MISSING)]\n");
}

TEST(environment_of_a_thousand_and_long_arguments)
{
	GUEST(guest);
	for (int i = 0; i < 1000; i++)
		variable(guest, arena_printf(guest->arena, "NAME_%d", i), "two\nlines \"quoted\"",
			 false);
	char *text = arena_alloc(guest->arena, 100001);
	memset(text, 'y', 100000);
	guest->spec.is_verbatim = true;
	arguments(guest, "sh", "-c",
		  "echo $(busybox env | busybox grep -c ^NAME_) $NAME_999 ${#0}");
	texts_add(guest->arena, &guest->spec.arguments, text);
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(output(guest), "<6>1000 two lines \"quoted\" 100000\n");
}

TEST(kernel_files_are_hidden_or_read_only)
{
	GUEST(guest);
	texts_add(guest->arena, &guest->spec.masked_paths, "/etc/hidden");
	texts_add(guest->arena, &guest->spec.masked_paths, "/etc/empty");
	script(guest, "cat /proc/timer_list; cat /etc/hidden; ls -A /sys/firmware /etc/empty; "
		      "touch /etc/empty/x 2>/dev/null || echo denied; "
		      "grep -c ' /proc/sys ro,' /proc/self/mountinfo; "
		      "grep -c ' /proc .*nosuid,nodev,noexec.* - proc' /proc/self/mountinfo");
	const char *hidden = path_join(guest->arena, guest->root, "etc/hidden");
	const char *below = path_join(guest->arena, guest->root, "etc/empty/below");
	CHECK(file_replace_volatile(AT_FDCWD, hidden, "secret", 6, 0644, &test->error));
	CHECK(file_make_directories(AT_FDCWD, below, 0755, &test->error));
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(output(guest),
		   "<6>/etc/empty:\n<6>\n<6>/sys/firmware:\n<6>denied\n<6>1\n<6>1\n");
}

TEST(root_directory_can_be_read_only)
{
	GUEST(guest);
	guest->spec.read_only_root = true;
	script(guest, "touch /tmp/x 2>/dev/null || echo denied; touch /volume/x && echo written");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(output(guest), "<6>denied\n<6>written\n");
}

TEST(working_directory_is_made)
{
	GUEST(guest);
	user(guest, 1000, 2000);
	guest->spec.working_directory = "/work/a/b";
	script(guest, "busybox pwd; stat -c %u:%g:%a /work /work/a .");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(output(guest), "<6>/work/a/b\n<6>0:0:755\n<6>1000:2000:755\n<6>1000:2000:755\n");
}

TEST(run_of_the_image_shows)
{
	GUEST(guest);
	guest->spec.detach_run = true;
	script(guest, "ls /run");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(output(guest), "<6>image\n");
	CHECK_TEXT(record(guest, "STATE"), "terminated");
}

TEST(ipc_and_cgroup_are_its_own)
{
	GUEST(guest);
	guest->spec.own_shm = true;
	guest->spec.own_cgroup = true;
	guest->spec.shm_bytes = 1 << 20;
	script(guest,
	       "stat -f -c %b:%S /dev/shm; touch /dev/shm/x; cat /proc/self/cgroup | grep ^0:");
	CHECK(guest_run(guest) == 0);
	CHECK(text_starts_with(output(guest), "<6>256:4096\n"));
	CHECK(!file_exists(AT_FDCWD, "/dev/shm/x"));
}

TEST(exit_status_is_passed_on)
{
	GUEST(guest);
	script(guest, "exit 7");
	CHECK(guest_run(guest) == 7);
	CHECK_TEXT(record(guest, "STATE"), "terminated");
	CHECK_TEXT(record(guest, "REASON"), "Error");
	CHECK_TEXT(record(guest, "EXIT_CODE"), "7");
	CHECK_TEXT(record(guest, "SIGNAL"), "0");
	CHECK_TEXT(record(guest, "RESTARTS"), "0");
}

TEST(death_by_signal_adds_128)
{
	GUEST(guest);
	guest->spec.share_process_namespace = true;
	script(guest, "kill -USR1 $$");
	CHECK(guest_run(guest) == 128 + SIGUSR1);
	CHECK_TEXT(record(guest, "SIGNAL"), "10");
}

TEST(signals_are_forwarded)
{
	GUEST(guest);
	script(guest, "trap 'echo hup' HUP; trap 'echo term; exit 3' TERM; echo ready; "
		      "while :; do sleep 0.05; done");
	guest_start(guest);
	CHECK(wait_for_output(guest, "ready"));
	kill(guest->pid, SIGHUP);
	CHECK(wait_for_output(guest, "<6>hup\n"));
	kill(guest->pid, SIGTERM);
	CHECK(guest_wait(guest) == 3);
	CHECK(strstr(output(guest), "<6>term\n"));
}

TEST(unhandled_stop_ends_the_application)
{
	GUEST(guest);
	guest->spec.end_unhandled = true;
	guest->spec.is_verbatim = true;
	arguments(guest, "busybox", "sleep", "1000");
	guest_start(guest);
	CHECK(wait_for(guest, "STATE", "running"));
	kill(guest->pid, SIGTERM);
	CHECK(guest_wait(guest) == 128 + SIGTERM);
	CHECK_TEXT(record(guest, "SIGNAL"), "15");
}

TEST(unhandled_stop_is_ignored_by_pid_1)
{
	GUEST(guest);
	guest->spec.is_verbatim = true;
	arguments(guest, "busybox", "sleep", "0.3");
	guest_start(guest);
	CHECK(wait_for(guest, "STATE", "running"));
	kill(guest->pid, SIGTERM);
	CHECK(guest_wait(guest) == 0);
	CHECK_TEXT(record(guest, "REASON"), "Completed");
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
	script(guest, "trap '' TERM; while :; do sleep 1; done");
	guest_start(guest);
	CHECK(wait_for(guest, "STATE", "running"));
	const long pid = strtol(record(guest, "PID"), NULL, 10);
	CHECK(pid > 1 && is_alive(guest->arena, pid));
	kill(guest->pid, SIGKILL);
	CHECK(guest_wait(guest) == -1);
	for (int i = 0; i < 200 && is_alive(guest->arena, pid); i++)
		sleep_ms(5);
	CHECK(!is_alive(guest->arena, pid));

	script(guest, "exit 0");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(record(guest, "LAST_REASON"), "ContainerStatusUnknown");
	CHECK_TEXT(record(guest, "LAST_EXIT_CODE"), "137");
	CHECK_TEXT(record(guest, "RESTARTS"), "1");
}

TEST(start_failures_say_why)
{
	GUEST(guest);
	arguments(guest, "missing", NULL, NULL);
	CHECK(guest_run(guest) == 127);
	CHECK_TEXT(errors(guest), "<3>sdme-isolate: exec 'missing': No such file or directory\n");
	CHECK_TEXT(record(guest, "REASON"), "StartError");
	CHECK_TEXT(record(guest, "EXIT_CODE"), "127");
	CHECK_TEXT(record(guest, "MESSAGE"), "exec 'missing': No such file or directory");
}

TEST(start_failure_of_a_file_without_the_right)
{
	GUEST(guest);
	arguments(guest, "/etc", NULL, NULL);
	CHECK(guest_run(guest) == 126);
	CHECK_TEXT(errors(guest), "<3>sdme-isolate: exec '/etc': Permission denied\n");
}

TEST(start_failure_of_a_missing_interpreter)
{
	GUEST(guest);
	const char *path = path_join(guest->arena, guest->root, "bin/script");
	CHECK(file_replace_volatile(AT_FDCWD, path, "#!/bin/bash\n", 12, 0755, &test->error));
	arguments(guest, "script", NULL, NULL);
	CHECK(guest_run(guest) == 127);
	CHECK_TEXT(errors(guest), "<3>sdme-isolate: find the interpreter of '/bin/script': "
				  "No such file or directory\n");
}

TEST(start_failure_of_the_working_directory)
{
	GUEST(guest);
	guest->spec.working_directory = "/bin/busybox/x";
	script(guest, "exit 0");
	CHECK(guest_run(guest) == 128);
	CHECK_TEXT(errors(guest), "<3>sdme-isolate: enter the working directory '/bin/busybox/x': "
				  "Not a directory\n");
}

static long elapsed_ms(const struct timespec *since)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

TEST(restarts_back_off)
{
	GUEST(guest);
	guest->spec.backoff_base_ms = 150;
	guest->spec.backoff_max_ms = 250;
	script(guest, "exit 1");
	const long at_least_ms[] = { 0, 0, 150, 250, 250 };
	const long at_most_ms[] = { 140, 140, 600, 700, 700 };
	const char *const backoffs[] = { "0", "150", "250", "250", "250" };
	for (int i = 0; i < 5; i++) {
		struct timespec begin;
		clock_gettime(CLOCK_MONOTONIC, &begin);
		CHECK(guest_run(guest) == 1);
		// The delay counts from the end of the one before, some milliseconds ago.
		CHECK(elapsed_ms(&begin) >= at_least_ms[i] - 30);
		CHECK(elapsed_ms(&begin) <= at_most_ms[i]);
		CHECK_TEXT(record(guest, "BACKOFF_MS"), backoffs[i]);
		CHECK_TEXT(record(guest, "RESTARTS"), arena_printf(test->arena, "%d", i));
	}
	CHECK_TEXT(record(guest, "LAST_EXIT_CODE"), "1");

	guest->spec.identifier = "changed";
	CHECK(guest_run(guest) == 1);
	CHECK_TEXT(record(guest, "RESTARTS"), "0");
}

TEST(a_long_run_resets_the_back_off)
{
	GUEST(guest);
	guest->spec.backoff_base_ms = 60000;
	guest->spec.backoff_reset_ms = 20;
	script(guest, "sleep 0.05; exit 1");
	for (int i = 0; i < 3; i++)
		CHECK(guest_run(guest) == 1);
	CHECK_TEXT(record(guest, "RESTARTS"), "2");
}

TEST(stop_ends_the_back_off)
{
	GUEST(guest);
	guest->spec.backoff_base_ms = 60000;
	script(guest, "exit 4");
	CHECK(guest_run(guest) == 4);
	CHECK(guest_run(guest) == 4);
	guest_start(guest);
	CHECK(wait_for(guest, "REASON", "CrashLoopBackOff"));
	CHECK_TEXT(record(guest, "STATE"), "waiting");
	CHECK_TEXT(record(guest, "LAST_EXIT_CODE"), "4");
	kill(guest->pid, SIGTERM);
	CHECK(guest_wait(guest) == 0);
	CHECK_TEXT(record(guest, "STATE"), "terminated");
	CHECK_TEXT(record(guest, "EXIT_CODE"), "4");
	CHECK_TEXT(record(guest, "RESTARTS"), "1");
}

TEST(init_container_is_repeated_until_it_succeeds)
{
	GUEST(guest);
	guest->spec.kind = APP_KIND_INIT;
	guest->spec.backoff_base_ms = 50;
	script(guest, "echo x >> /tmp/tries; [ $(wc -l < /tmp/tries) = 3 ]");
	CHECK(guest_run(guest) == 0);
	CHECK_TEXT(record(guest, "RESTARTS"), "2");
	CHECK_TEXT(record(guest, "REASON"), "Completed");
	CHECK_TEXT(record(guest, "LAST_REASON"), "Error");
}

TEST(init_container_that_may_not_be_repeated)
{
	GUEST(guest);
	guest->spec.kind = APP_KIND_INIT;
	guest->spec.restart = APP_RESTART_NEVER;
	script(guest, "exit 5");
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
	script(guest, "exit 0");
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
	script(guest, "exit 1");
	CHECK(guest_run(guest) == 1);
	CHECK(file_exists(AT_FDCWD, message));
	CHECK(file_replace_volatile(AT_FDCWD, message, "out of cheese", 13, 0666, &test->error));
	CHECK(guest_run(guest) == 1);
	CHECK_TEXT(content(guest, message, NULL), "");
	CHECK_TEXT(content(guest, path_join(guest->arena, guest->status, "termination.previous"),
			   NULL),
		   "out of cheese");
}
