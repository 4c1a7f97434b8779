#include "tests/unit/guest.h"

#include "isolate/guest/inside.h"
#include "isolate/guest/spec.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define BUSYBOX     "/bin/busybox"
#define FILE_MAX    (4u << 20)
#define DEADLINE_MS 10000
// Of the application.
#define NAME "test"

static const char *const directories[] = { "bin", "etc", "proc", "sys",    "dev",      "run",
					   "tmp", "usr", "work", "volume", "run/image" };

void guest_variable(Guest *guest, const char *name, const char *value, bool is_expandable)
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
	       file_make_directories(AT_FDCWD, guest->log, 0755, error) &&
	       file_read(AT_FDCWD, BUSYBOX, FILE_MAX, guest->arena, &busybox, &length, error) &&
	       file_replace_volatile(AT_FDCWD, path_join(guest->arena, guest->root, "bin/busybox"),
				     busybox, length, 0755, error) &&
	       file_replace_link(AT_FDCWD, path_join(guest->arena, guest->root, "bin/sh"),
				 "busybox", error);
}

// The program beside this test's own: build/VARIANT/tests/unit/run, build/VARIANT/guest/sdme-isolate.
const char *guest_program(Arena *arena)
{
	char self[4096] = "";
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return NULL;
	const char *variant = path_parent(arena, path_parent(arena, path_parent(arena, self)));
	const char *program = path_join(arena, variant, "guest/sdme-isolate");
	return file_exists(AT_FDCWD, program) ? program : NULL;
}

// An application that may do what root of a container may. NULL, with the test failed or skipped, when it cannot be.
Guest *guest_new(Test *test)
{
	Guest *guest = ARENA_NEW(test->arena, Guest);
	guest->test = test;
	guest->arena = test->arena;
	guest->program = guest_program(test->arena);
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
	guest->machine = path_join(test->arena, directory, "machine");
	guest->log = path_join(test->arena, directory, "log");
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
	guest_variable(guest, "PATH", "/bin", false);
	if (!make_root(guest)) {
		test_fail(test, __FILE__, __LINE__, "no root directory");
		return NULL;
	}
	return guest;
}

void guest_arguments(Guest *guest, const char *first, const char *second, const char *third)
{
	guest->spec.arguments = (Texts){ 0 };
	texts_add(guest->arena, &guest->spec.arguments, first);
	if (second)
		texts_add(guest->arena, &guest->spec.arguments, second);
	if (third)
		texts_add(guest->arena, &guest->spec.arguments, third);
}

void guest_script(Guest *guest, const char *text)
{
	guest->spec.is_verbatim = true;
	// The applets of busybox that the tests use, by their names.
	guest_arguments(
		guest, "sh", "-c",
		arena_printf(guest->arena,
			     "for i in id cat ls ps touch sleep stat head tr wc mount grep; do "
			     "alias $i=\"busybox $i\"; done\n%s",
			     text));
}

void guest_user(Guest *guest, uint32_t uid, uint32_t gid)
{
	guest->spec.uid = uid;
	guest->spec.gid = gid;
	guest->spec.capabilities = capability_sets(capability_default, uid, false);
}

static bool bind_mount(const char *from, const char *to, unsigned long flags)
{
	return mount(from, to, NULL, MS_BIND | flags, NULL) == 0;
}

// Below the machine's root; made when it is missing.
static const char *in_machine(const Guest *guest, const char *path)
{
	CLEANUP_ERROR error = { 0 };
	const char *full = path_join(guest->arena, guest->machine, path);
	return file_make_directories(AT_FDCWD, full, 0755, &error) ? full : "";
}

static bool write_spec(const Guest *guest)
{
	CLEANUP_BUFFER image = { 0 };
	CLEANUP_ERROR error = { 0 };
	const char *path =
		path_join(guest->arena, in_machine(guest, INSIDE_RUN "/" INSIDE_RUN_SPECS), NAME);
	return spec_print(&guest->spec, &image, &error) &&
	       file_replace_volatile(AT_FDCWD, path, image.data, image.length, 0600, &error);
}

// What sdme-boot and nspawn do. The machine's /proc shows the processes of this test: who builds the view has to see one.
static bool enter_machine(const Guest *guest)
{
	static const char *const shared[] = { "/proc", "/sys", "/dev" };
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", in_machine(guest, ""), "tmpfs", 0, NULL) < 0)
		return false;
	for (size_t i = 0; i < COUNT(shared); i++) {
		if (!bind_mount(shared[i], in_machine(guest, shared[i]), MS_REC))
			return false;
	}
	const char *root = in_machine(guest, arena_printf(guest->arena, INSIDE_APP_ROOT, NAME));
	const char *status = in_machine(guest, arena_printf(guest->arena, INSIDE_STATUS, NAME));
	const char *log = in_machine(guest, arena_printf(guest->arena, INSIDE_LOG, NAME));
	return bind_mount(guest->root, root, 0) && bind_mount(guest->status, status, 0) &&
	       bind_mount(guest->log, log, 0) &&
	       mount("tmpfs", path_join(guest->arena, root, "volume"), "tmpfs", 0, NULL) == 0 &&
	       write_spec(guest) && chroot(guest->machine) == 0 && chdir("/") == 0;
}

static int open_output(const Guest *guest, const char *path)
{
	return guest->stream ? fcntl(guest->stream, F_DUPFD_CLOEXEC, 3)
			     : open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
}

static _Noreturn void run_guest(const Guest *guest)
{
	CLEANUP_FD out = open_output(guest, guest->out);
	CLEANUP_FD err = open_output(guest, guest->err);
	CLEANUP_FD program = open(guest->program, O_PATH | O_CLOEXEC);
	if (!enter_machine(guest) || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(99);
	char *arguments_[] = { (char[]){ "sdme-isolate" }, (char[]){ "app" }, (char[]){ NAME },
			       NULL };
	char *environment[] = { guest->notify ? arena_printf(guest->arena, "NOTIFY_SOCKET=%s",
							     guest->notify)
					      : NULL,
				NULL };
	signal(SIGPIPE, SIG_IGN); // as systemd does
	fexecve(program, arguments_, environment);
	_exit(98);
}

void guest_start(Guest *guest)
{
	fflush(stdout);
	guest->pid = fork();
	if (guest->pid == 0)
		run_guest(guest);
	if (guest->stream)
		close(guest->stream);
	guest->stream = 0;
}

void guest_sleep_ms(long milliseconds)
{
	nanosleep(&(struct timespec){ milliseconds / 1000, milliseconds % 1000 * 1000000 }, NULL);
}

// The exit status of sdme-isolate; -1 when it takes too long or dies of a signal.
int guest_wait(Guest *guest)
{
	for (int waited = 0; waited < DEADLINE_MS; waited += 5) {
		int status = 0;
		if (waitpid(guest->pid, &status, WNOHANG) == guest->pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		guest_sleep_ms(5);
	}
	kill(guest->pid, SIGKILL);
	waitpid(guest->pid, NULL, 0);
	return -1;
}

int guest_run(Guest *guest)
{
	guest_start(guest);
	return guest_wait(guest);
}

const char *guest_content(const Guest *guest, const char *path, size_t *ret_length)
{
	const char *text = "";
	CLEANUP_ERROR error = { 0 };
	return file_read(AT_FDCWD, path, FILE_MAX, guest->arena, &text, ret_length, &error) ? text
											    : "";
}

const char *guest_output(const Guest *guest)
{
	return guest_content(guest, guest->out, NULL);
}

const char *guest_errors(const Guest *guest)
{
	return guest_content(guest, guest->err, NULL);
}

const char *guest_log(const Guest *guest, const char *name)
{
	return guest_content(guest, path_join(guest->arena, guest->log, name), NULL);
}

// The value of KEY in the record; "" when it is not there.
const char *guest_record(const Guest *guest, const char *key)
{
	const char *at =
		guest_content(guest, path_join(guest->arena, guest->status, "state"), NULL);
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

bool guest_wait_for(const Guest *guest, const char *key, const char *value)
{
	for (int waited = 0; waited < DEADLINE_MS; waited += 5) {
		if (text_equal(guest_record(guest, key), value))
			return true;
		guest_sleep_ms(5);
	}
	return false;
}

bool guest_wait_for_output(const Guest *guest, const char *text)
{
	for (int waited = 0; waited < DEADLINE_MS; waited += 5) {
		if (strstr(guest_output(guest), text))
			return true;
		guest_sleep_ms(5);
	}
	return false;
}
