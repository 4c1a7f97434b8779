#include "pkg/sys/kernel/mount.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SKIPPED 77
#define BASE    700000

// Runs `body` as a child in a mount namespace of its own, on a tmpfs over the test's directory.
static int status_in_namespace(Test *test, TestFunction body)
{
	const char *directory = test_directory(test);
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		if (!mount_enter_namespace(&test->error))
			_exit(SKIPPED);
		if (mount("tmpfs", directory, "tmpfs", 0, "mode=755") < 0)
			_exit(SKIPPED);
		body(test);
		fflush(stdout);
		_exit(test->skip_reason ? SKIPPED : test->has_failed ? 1 : 0);
	}
	int status = -1;
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

#define ROOT_TEST(name)                                                                            \
	static void body_##name(Test *test);                                                       \
	TEST(name)                                                                                 \
	{                                                                                          \
		if (getuid() != 0)                                                                 \
			SKIP("needs root");                                                        \
		const int status = status_in_namespace(test, body_##name);                         \
		if (status == SKIPPED)                                                             \
			SKIP("this kernel lacks id-mapped tmpfs, or mounts are denied");           \
		CHECK(status == 0);                                                                \
	}                                                                                          \
	static void body_##name(Test *test)

static const char *in(Test *test, const char *name)
{
	return path_join(test->arena, test_directory(test), name);
}

static bool write_text(Test *test, const char *path, const char *text)
{
	return file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0755,
				     &test->error) &&
	       file_replace_volatile(AT_FDCWD, path, text, strlen(text), 0644, &test->error);
}

static const char *text_of(Test *test, const char *path)
{
	CLEANUP_ERROR error = { 0 };
	const char *text = NULL;
	return file_read(AT_FDCWD, path, 1000, test->arena, &text, NULL, &error)
		       ? text
		       : strerror(error.os_errno);
}

// "100000:100000 644", or why not.
static const char *owner_of(Test *test, const char *path)
{
	struct stat status;
	if (lstat(path, &status) < 0)
		return strerror(errno);
	return arena_printf(test->arena, "%u:%u %o", status.st_uid, status.st_gid,
			    status.st_mode & 07777);
}

static bool make_directory(Test *test, const char *name, int *ret)
{
	return file_make_directories(AT_FDCWD, in(test, name), 0755, &test->error) &&
	       file_open_directory(AT_FDCWD, in(test, name), ret, &test->error);
}

static bool mount_layers(Test *test, const OverlaySpec *overlay, const char *target)
{
	CLEANUP_FD fd = -1;
	return make_directory(test, target, &fd) &&
	       file_make_directories(AT_FDCWD, in(test, "stage"), 0700, &test->error) &&
	       mount_overlay(overlay, fd, in(test, "stage"), &test->error);
}

static void add_layer(Test *test, OverlaySpec *overlay, const char *path, int id_map)
{
	*overlay_layers_push(test->arena, &overlay->lowers) = (OverlayLayer){ path, id_map };
}

// The options of the mount at `path`, as the kernel tells: those of the mount, then those of the file system.
static const char *options_of(Test *test, const char *path)
{
	const char *text = NULL;
	if (!file_read(AT_FDCWD, "/proc/self/mountinfo", 1024 * 1024, test->arena, &text, NULL,
		       &test->error))
		return test->error.message;
	const char *row = strstr(text, arena_printf(test->arena, " %s ", path));
	return row ? arena_strndup(test->arena, row, strcspn(row, "\n")) : "not mounted";
}

// --- clones and attributes

ROOT_TEST(mount_clone_is_read_only_and_private)
{
	CLEANUP_FD tree = -1;
	CLEANUP_FD target = -1;
	CHECK(write_text(test, in(test, "from/f"), "x") && make_directory(test, "to", &target));
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.is_read_only = options.no_exec = options.no_device = options.no_setuid = true;
	CHECK(mount_clone(AT_FDCWD, in(test, "from"), options, &tree, &test->error));
	CHECK(mount_attach(tree, target, &test->error));
	CHECK_TEXT(text_of(test, in(test, "to/f")), "x");
	CHECK(strstr(options_of(test, in(test, "to")), " ro,nosuid,nodev,noexec,"));
	CHECK(!strstr(options_of(test, in(test, "to")), "shared:"));
	CHECK(open(in(test, "to/f"), O_WRONLY | O_CLOEXEC) == -1 && errno == EROFS);
	CHECK(write_text(test, in(test, "from/f"), "y")); // what it shows stays writable
}

ROOT_TEST(mount_clone_of_a_file_and_of_a_descriptor)
{
	CHECK(write_text(test, in(test, "from/f"), "x") && write_text(test, in(test, "to"), ""));
	CLEANUP_FD target = open(in(test, "to"), O_PATH | O_CLOEXEC);
	CLEANUP_FD source = open(in(test, "from/f"), O_PATH | O_CLOEXEC);
	CLEANUP_FD tree = -1;
	CHECK(mount_clone(source, "", MOUNT_OPTIONS_NONE, &tree, &test->error));
	CHECK(mount_attach(tree, target, &test->error));
	CHECK_TEXT(text_of(test, in(test, "to")), "x");
	CHECK_ERROR(mount_clone(AT_FDCWD, "/nowhere", MOUNT_OPTIONS_NONE, &tree, &test->error),
		    "clone the mount of '/nowhere': No such file or directory");
}

ROOT_TEST(mount_clone_takes_mounts_below_when_asked)
{
	CLEANUP_FD plain = -1;
	CLEANUP_FD deep = -1;
	CLEANUP_FD tree = -1;
	CLEANUP_FD deep_tree = -1;
	CHECK(write_text(test, in(test, "from/sub/below"), "") &&
	      make_directory(test, "plain", &plain) && make_directory(test, "deep", &deep));
	CHECK(mount("tmpfs", in(test, "from/sub"), "tmpfs", 0, "") == 0);
	CHECK(write_text(test, in(test, "from/sub/above"), ""));
	MountOptions options = MOUNT_OPTIONS_NONE;
	CHECK(mount_clone(AT_FDCWD, in(test, "from"), options, &tree, &test->error));
	options.is_recursive = options.is_read_only = true;
	CHECK(mount_clone(AT_FDCWD, in(test, "from"), options, &deep_tree, &test->error));
	CHECK(mount_attach(tree, plain, &test->error) &&
	      mount_attach(deep_tree, deep, &test->error));
	CHECK(file_exists(AT_FDCWD, in(test, "plain/sub/below")));
	CHECK(file_exists(AT_FDCWD, in(test, "deep/sub/above")));
	CHECK(open(in(test, "deep/sub/above"), O_WRONLY | O_CLOEXEC) == -1 && errno == EROFS);
}

ROOT_TEST(mount_clone_says_what_cannot_be_id_mapped)
{
	CLEANUP_FD tree = -1;
	CLEANUP_FD map = -1;
	MountOptions options = MOUNT_OPTIONS_NONE;
	CHECK(mount_open_id_map(BASE, 65536, false, &map, &test->error));
	options.user_namespace = map;
	CHECK_ERROR(mount_clone(AT_FDCWD, "/proc", options, &tree, &test->error),
		    "the file system of '/proc' cannot be id-mapped by this kernel");
}

// --- tmpfs

ROOT_TEST(mount_tmpfs_has_size_mode_and_owner)
{
	CLEANUP_FD target = -1;
	CLEANUP_FD tree = -1;
	CHECK(make_directory(test, "to", &target));
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.no_exec = true;
	CHECK(mount_tmpfs(1024 * 1024, 01777, 1000, 2000, false, options, &tree, &test->error));
	CHECK(mount_attach(tree, target, &test->error));
	CHECK_TEXT(owner_of(test, in(test, "to")), "1000:2000 1777");
	const char *shown = options_of(test, in(test, "to"));
	CHECK(strstr(shown, "noexec") && strstr(shown, "size=1024k") && !strstr(shown, "noswap"));
}

ROOT_TEST(mount_tmpfs_of_secrets_is_not_swapped)
{
	CLEANUP_FD target = -1;
	CLEANUP_FD tree = -1;
	CHECK(make_directory(test, "to", &target));
	CHECK(mount_tmpfs(0, 0700, 0, 0, true, MOUNT_OPTIONS_NONE, &tree, &test->error));
	CHECK(mount_attach(tree, target, &test->error));
	CHECK_TEXT(owner_of(test, in(test, "to")), "0:0 700");
	// The kernel itself says whether it can.
	CLEANUP_FD context = (int)fsopen("tmpfs", FSOPEN_CLOEXEC);
	if (fsconfig(context, FSCONFIG_SET_FLAG, "noswap", NULL, 0) == 0)
		CHECK(strstr(options_of(test, in(test, "to")), "noswap"));
}

static bool fill(int directory, const char *name, size_t size)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR full = { 0 };
	return file_replace_volatile(directory, name, arena_alloc(scratch, size), size, 0600,
				     &full);
}

ROOT_TEST(mount_tmpfs_grows_beyond_what_it_holds)
{
	for (int is_secret = 0; is_secret < 2; is_secret++) {
		CLEANUP_FD tree = -1;
		CHECK(mount_tmpfs(65536, 0755, 0, 0, is_secret, MOUNT_OPTIONS_NONE, &tree,
				  &test->error));
		CLEANUP_FD directory = openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		CHECK(fill(directory, "first", 65536));
		CHECK(!fill(directory, "second", 131072));
		CHECK(mount_grow_tmpfs(directory, 131072, 1, is_secret, &test->error));
		CHECK(fill(directory, "second", 131072));
		CHECK(!fill(directory, "third", 4096));
		// It has room for that, and becomes no smaller.
		CHECK(unlinkat(directory, "second", 0) == 0);
		CHECK(mount_grow_tmpfs(directory, 4096, 1, is_secret, &test->error));
		CHECK(fill(directory, "second", 131072));
	}
}

ROOT_TEST(mount_tmpfs_grows_within_the_memory)
{
	CLEANUP_FD tree = -1;
	CHECK(mount_tmpfs(65536, 0755, 0, 0, false, MOUNT_OPTIONS_NONE, &tree, &test->error));
	CLEANUP_FD directory = openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_ERROR(mount_grow_tmpfs(directory, 1ull << 50, 1, false, &test->error),
		    "its files need 1073741824 MiB of memory, more than half of the host's");
}

// --- overlays

// An id-mapped overlay of two layers: the upper one hides, replaces and clears what the lower one has.
ROOT_TEST(mount_overlay_shifts_ids_and_keeps_whiteouts)
{
	CLEANUP_FD lower_map = -1;
	CLEANUP_FD upper_map = -1;
	CHECK(write_text(test, in(test, "lower/kept"), "lower") &&
	      write_text(test, in(test, "lower/gone"), "x") &&
	      write_text(test, in(test, "lower/opaque/old"), "x") &&
	      write_text(test, in(test, "lower/same"), "lower") &&
	      write_text(test, in(test, "top/opaque/new"), "top") &&
	      write_text(test, in(test, "top/same"), "top"));
	CHECK(chown(in(test, "lower/kept"), 1000, 2000) == 0);
	CHECK(mknod(in(test, "top/gone"), S_IFCHR | 0, makedev(0, 0)) == 0);
	CHECK(setxattr(in(test, "top/opaque"), "trusted.overlay.opaque", "y", 1, 0) == 0);

	CHECK(mount_open_id_map(BASE, 65536, false, &lower_map, &test->error) &&
	      mount_open_id_map(BASE, 65536, true, &upper_map, &test->error));
	OverlaySpec overlay = { .state = in(test, "state"),
				.upper_id_map = upper_map,
				.is_volatile = true };
	add_layer(test, &overlay, in(test, "top"), lower_map);
	add_layer(test, &overlay, in(test, "lower"), lower_map);
	if (!mount_layers(test, &overlay, "root") && test->error.code == ERROR_UNSUPPORTED)
		SKIP("no id-mapped tmpfs");
	CHECK(test->error.code == ERROR_NONE);

	CHECK_TEXT(owner_of(test, in(test, "root/same")), "700000:700000 644");
	CHECK_TEXT(owner_of(test, in(test, "root/kept")), "701000:702000 644");
	CHECK_TEXT(text_of(test, in(test, "root/same")), "top");
	CHECK_TEXT(text_of(test, in(test, "root/gone")), "No such file or directory");
	CHECK_TEXT(text_of(test, in(test, "root/opaque/old")), "No such file or directory");
	CHECK_TEXT(text_of(test, in(test, "root/opaque/new")), "top");

	// What the machine's root writes belongs to it there, and to root on the disk; layers stay as they are.
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		const bool is_done = setresgid(BASE, BASE, BASE) == 0 &&
				     setresuid(BASE, BASE, BASE) == 0 &&
				     write_text(test, in(test, "root/written"), "w") &&
				     unlink(in(test, "root/same")) == 0;
		_exit(is_done ? 0 : 1);
	}
	int status = -1;
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK_TEXT(owner_of(test, in(test, "root/written")), "700000:700000 644");
	CHECK_TEXT(owner_of(test, in(test, "state/upper/written")), "0:0 644");
	CHECK_TEXT(text_of(test, in(test, "root/same")), "No such file or directory");
	CHECK_TEXT(text_of(test, in(test, "top/same")), "top");
}

// The option string of mount(2) is cut at 4096 bytes: names that long and that many do not fit.
ROOT_TEST(mount_overlay_of_many_layers_with_long_names)
{
	char part[201] = { 0 };
	memset(part, 'p', 200);
	OverlaySpec overlay = { .state = in(test, "state"), .upper_id_map = -1 };
	for (int i = 0; i < 60; i++) {
		const char *layer = in(test, arena_printf(test->arena, "%s/%s/%d", part, part, i));
		CHECK(write_text(test, arena_printf(test->arena, "%s/%d", layer, i), "own"));
		CHECK(write_text(test, path_join(test->arena, layer, "same"),
				 arena_printf(test->arena, "%d", i)));
		add_layer(test, &overlay, layer, -1);
	}
	CHECK(mount_layers(test, &overlay, "root"));
	for (int i = 0; i < 60; i++)
		CHECK_TEXT(text_of(test, in(test, arena_printf(test->arena, "root/%d", i))), "own");
	CHECK_TEXT(text_of(test, in(test, "root/same")), "0");
	// Nothing is left on the stage, and the working directory is none that could be unmounted.
	Texts names = { 0 };
	char here[16] = { 0 };
	CHECK(file_list(AT_FDCWD, in(test, "stage"), test->arena, &names, &test->error) &&
	      names.count == 0);
	CHECK(getcwd(here, sizeof(here)) && text_equal(here, "/"));
}

ROOT_TEST(mount_overlay_refuses_more_layers_than_the_kernel)
{
	OverlaySpec overlay = { .state = in(test, "state"), .upper_id_map = -1 };
	for (int i = 0; i <= OVERLAY_LOWERS_MAX; i++)
		add_layer(test, &overlay, "/", -1);
	CHECK_ERROR(mount_layers(test, &overlay, "root"), "501 layers, and overlayfs takes 500");
}

ROOT_TEST(mount_overlay_says_which_layer_is_missing)
{
	OverlaySpec overlay = { .state = in(test, "state"), .upper_id_map = -1 };
	add_layer(test, &overlay, in(test, "none"), -1);
	CHECK_ERROR(mount_layers(test, &overlay, "root"),
		    arena_printf(test->arena, "clone the mount of '%s': No such file or directory",
				 in(test, "none")));
	Texts names = { 0 };
	CHECK(file_list(AT_FDCWD, in(test, "stage"), test->arena, &names, &test->error) &&
	      names.count == 0);
}

ROOT_TEST(mount_overlay_that_is_volatile_begins_empty)
{
	OverlaySpec overlay = { .state = in(test, "state"),
				.upper_id_map = -1,
				.is_volatile = true };
	CHECK(write_text(test, in(test, "lower/f"), "lower"));
	add_layer(test, &overlay, in(test, "lower"), -1);
	for (int round = 0; round < 2; round++) {
		CHECK(mount_layers(test, &overlay, "root"));
		CHECK_TEXT(text_of(test, in(test, "root/f")), "lower");
		CHECK(!file_exists(AT_FDCWD, in(test, "root/new")));
		CHECK(write_text(test, in(test, "root/new"), "x") &&
		      write_text(test, in(test, "root/f"), "changed"));
		CHECK(strstr(options_of(test, in(test, "root")), "volatile"));
		CHECK(umount(in(test, "root")) == 0);
	}
}

ROOT_TEST(mount_overlay_that_is_durable_goes_on)
{
	OverlaySpec overlay = { .state = in(test, "state"), .upper_id_map = -1 };
	CHECK(write_text(test, in(test, "lower/f"), "lower"));
	add_layer(test, &overlay, in(test, "lower"), -1);
	CHECK(mount_layers(test, &overlay, "root") &&
	      write_text(test, in(test, "root/f"), "changed"));
	CHECK(!strstr(options_of(test, in(test, "root")), "volatile"));
	CHECK(umount(in(test, "root")) == 0);
	CHECK(mount_layers(test, &overlay, "root"));
	CHECK_TEXT(text_of(test, in(test, "root/f")), "changed");
}

ROOT_TEST(mount_overlay_counts_no_setuid_bits_when_asked)
{
	OverlaySpec overlay = { .state = in(test, "state"), .upper_id_map = -1, .no_setuid = true };
	CHECK(write_text(test, in(test, "lower/f"), "lower"));
	add_layer(test, &overlay, in(test, "lower"), -1);
	CHECK(mount_layers(test, &overlay, "root"));
	CHECK(strstr(options_of(test, in(test, "root")), "nosuid"));
}

TEST(mount_namespace_keeps_its_mounts_to_itself)
{
	if (getuid() != 0)
		SKIP("needs root");
	const char *directory = test_directory(test);
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0)
		_exit(mount_enter_namespace(&test->error) &&
				      mount("tmpfs", directory, "tmpfs", 0, "") == 0
			      ? 0
			      : SKIPPED);
	int status = -1;
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED)
		SKIP("mounts are denied");
	CHECK_TEXT(options_of(test, directory), "not mounted");
}
