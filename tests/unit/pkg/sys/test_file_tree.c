#include "pkg/sys/file_tree.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/workers.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

// Two open directories, source and destination, below the test's own.
typedef struct Trees {
	int source;
	int destination;
} Trees;

static Trees make_trees(Test *test)
{
	Trees trees = { -1, -1 };
	const char *source = path_join(test->arena, test_directory(test), "source");
	const char *destination = path_join(test->arena, test_directory(test), "destination");
	if (mkdir(source, 0755) == 0 && mkdir(destination, 0700) == 0) {
		trees.source = open(source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		trees.destination = open(destination, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return trees;
}

static void close_trees(Trees *trees)
{
	file_close(&trees->source);
	file_close(&trees->destination);
}

static bool put(Test *test, int directory, const char *path, const char *text, mode_t mode)
{
	return file_replace_volatile(directory, path, text, strlen(text), mode, &test->error);
}

TEST(file_tree_copy_keeps_what_a_root_file_system_is_made_of)
{
	CLEANUP(close_trees) Trees trees = make_trees(test);
	struct stat status, other;
	CHECK(mkdirat(trees.source, "usr", 0755) == 0);
	CHECK(put(test, trees.source, "usr/tool", "#!", 04755));
	CHECK(linkat(trees.source, "usr/tool", trees.source, "usr/twin", 0) == 0);
	CHECK(symlinkat("/etc/shadow", trees.source, "link") == 0);
	CHECK(mkfifoat(trees.source, "pipe", 0640) == 0);
	const struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 2000, .tv_nsec = 7 } };
	CHECK(utimensat(trees.source, "usr", times, 0) == 0);

	FileTreeCopied copied = { 0 };
	CHECK(file_tree_copy(trees.source, trees.destination, -1, &copied, &test->error));
	CHECK(copied.entries == 5 && copied.bytes == 2);
	CHECK(fstatat(trees.destination, "usr/tool", &status, 0) == 0);
	CHECK(fstatat(trees.destination, "usr/twin", &other, 0) == 0);
	CHECK(status.st_ino == other.st_ino && status.st_nlink == 2);
	CHECK((status.st_mode & 07777) == 04755);
	CHECK(fstatat(trees.destination, "usr", &status, 0) == 0);
	CHECK(status.st_mtim.tv_sec == 2000 && status.st_mtim.tv_nsec == 7);
	CHECK(fstatat(trees.destination, "pipe", &status, 0) == 0 && S_ISFIFO(status.st_mode));
	char target[32] = "";
	CHECK(readlinkat(trees.destination, "link", target, sizeof(target) - 1) > 0);
	CHECK_TEXT(target, "/etc/shadow");
	CHECK(fstatat(trees.destination, ".", &status, 0) == 0);
	CHECK((status.st_mode & 07777) == 0755);
}

TEST(file_tree_copy_keeps_owners_devices_and_attributes)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CLEANUP(close_trees) Trees trees = make_trees(test);
	struct stat status;
	// A version 2 capability set: cap_net_raw+ep.
	static const unsigned char capability[20] = { 1, 0, 0, 2, 0, 0x20 };
	CHECK(put(test, trees.source, "ping", "x", 0755));
	CHECK(fchownat(trees.source, "ping", 1000, 1001, 0) == 0);
	CLEANUP_FD ping = openat(trees.source, "ping", O_RDONLY);
	if (fsetxattr(ping, "security.capability", capability, sizeof(capability), 0) < 0 ||
	    fsetxattr(ping, "user.note", "n", 1, 0) < 0)
		SKIP("no extended attributes here");
	CHECK(mknodat(trees.source, "null", S_IFCHR | 0666, makedev(1, 3)) == 0);

	CHECK(file_tree_copy(trees.source, trees.destination, -1, NULL, &test->error));
	CHECK(fstatat(trees.destination, "ping", &status, 0) == 0);
	CHECK(status.st_uid == 1000 && status.st_gid == 1001);
	char value[32];
	CLEANUP_FD copy = openat(trees.destination, "ping", O_RDONLY);
	CHECK(fgetxattr(copy, "security.capability", value, sizeof(value)) == sizeof(capability));
	CHECK(fgetxattr(copy, "user.note", value, sizeof(value)) == 1);
	CHECK(fstatat(trees.destination, "null", &status, 0) == 0);
	CHECK(S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3));
}

TEST(file_tree_copy_keeps_holes)
{
	CLEANUP(close_trees) Trees trees = make_trees(test);
	CLEANUP_FD fd = openat(trees.source, "sparse", O_RDWR | O_CREAT, 0600);
	CHECK(pwrite(fd, "middle", 6, 8 << 20) == 6);
	CHECK(ftruncate(fd, 64 << 20) == 0);
	CHECK(file_tree_copy(trees.source, trees.destination, -1, NULL, &test->error));
	CLEANUP_FD copy = openat(trees.destination, "sparse", O_RDONLY);
	struct stat status;
	char text[7] = "";
	CHECK(fstat(copy, &status) == 0 && status.st_size == 64 << 20);
	CHECK(status.st_blocks * 512 < 1 << 20);
	CHECK(pread(copy, text, 6, 8 << 20) == 6);
	CHECK_TEXT(text, "middle");
}

TEST(file_tree_copy_leaves_a_directory_out)
{
	CLEANUP(close_trees) Trees trees = make_trees(test);
	CHECK(mkdirat(trees.source, "data", 0755) == 0 &&
	      put(test, trees.source, "data/x", "", 0644));
	CHECK(put(test, trees.source, "kept", "", 0644));
	CLEANUP_FD data = openat(trees.source, "data", O_RDONLY | O_DIRECTORY);
	CHECK(file_tree_copy(trees.source, trees.destination, data, NULL, &test->error));
	CHECK(file_exists(trees.destination, "kept"));
	CHECK(!file_exists(trees.destination, "data"));
}

TEST(file_tree_copy_names_what_it_cannot_copy)
{
	CLEANUP(close_trees) Trees trees = make_trees(test);
	CHECK(mkdirat(trees.source, "etc", 0755) == 0);
	CHECK(put(test, trees.source, "etc/passwd", "", 0644));
	CHECK(mkdirat(trees.destination, "etc", 0755) == 0);
	CHECK_ERROR(file_tree_copy(trees.source, trees.destination, -1, NULL, &test->error),
		    "etc: make the directory 'etc': File exists");
}

// Directories inside each other, far more than there are descriptors.
static bool make_deep(int directory, int depth)
{
	CLEANUP_FD at = openat(directory, ".", O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < depth; i++) {
		if (mkdirat(at, "d", 0755) < 0)
			return false;
		const int next = openat(at, "d", O_RDONLY | O_DIRECTORY);
		file_close(&at);
		at = next;
	}
	return true;
}

TEST(file_tree_remove_takes_any_depth)
{
	CLEANUP(close_trees) Trees trees = make_trees(test);
	CHECK(make_deep(trees.source, 3000));
	CHECK_ERROR(file_tree_copy(trees.source, trees.destination, -1, NULL, &test->error),
		    "d: deeper than 256 directories");
	CLEANUP_FD above = open(test_directory(test), O_RDONLY | O_DIRECTORY);
	CHECK(file_tree_remove(above, "source", &test->error));
	CHECK(!file_exists(above, "source"));
	CHECK(file_tree_remove(above, "destination", &test->error));
	CHECK(file_tree_remove(above, "never-there", &test->error));
}

TEST(file_tree_remove_follows_no_link)
{
	CLEANUP(close_trees) Trees trees = make_trees(test);
	CLEANUP_FD above = open(test_directory(test), O_RDONLY | O_DIRECTORY);
	CHECK(put(test, trees.destination, "precious", "", 0644));
	CHECK(symlinkat("../destination", trees.source, "out") == 0);
	CHECK(file_tree_remove(above, "source", &test->error));
	CHECK(file_exists(trees.destination, "precious"));
}

// In a mount namespace of its own, where a bind mount leads from the tree to something precious of the same device.
static int remove_below_mount(Test *test)
{
	const char *precious = path_join(test->arena, test_directory(test), "destination");
	const char *mounted = path_join(test->arena, test_directory(test), "source/mnt");
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(precious, mounted, NULL, MS_BIND, NULL) < 0)
		return 77;
	CLEANUP_FD above = open(test_directory(test), O_RDONLY | O_DIRECTORY);
	if (file_tree_remove(above, "source", &test->error))
		return 1;
	return strcmp(test->error.message, "source: 'mnt' is a mount point") == 0 ? 0 : 2;
}

TEST(file_tree_remove_stops_at_a_mount_point)
{
	CLEANUP(close_trees) Trees trees = make_trees(test);
	CHECK(mkdirat(trees.source, "mnt", 0755) == 0);
	CHECK(put(test, trees.destination, "precious", "", 0644));
	const pid_t child = fork();
	if (child == 0)
		_exit(remove_below_mount(test));
	int status = 0;
	CHECK(waitpid(child, &status, 0) == child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		SKIP("needs root and mounts");
	CHECK(status == 0);
	CHECK(file_exists(trees.destination, "precious"));
}

typedef struct Removers {
	int directory;
	atomic_size_t begun; // all start at once
	bool is_done[4];
} Removers;

static void remove_one(void *context, size_t worker, size_t index)
{
	(void)worker; // each has one turn
	CLEANUP_ERROR failure = { 0 };
	Removers *self = context;
	atomic_fetch_add(&self->begun, 1);
	while (atomic_load(&self->begun) < COUNT(self->is_done))
		continue;
	self->is_done[index] = file_tree_remove(self->directory, "stale", &failure);
}

// What a killed process left is collected by whoever comes next, and several may come at once.
TEST(file_tree_remove_shares_the_work_with_others)
{
	CLEANUP(close_trees) Trees trees = make_trees(test);
	for (size_t round = 0; round < 20; round++) {
		Removers removers = { .directory = trees.source };
		for (size_t i = 0; i < 100; i++) {
			const char *path =
				arena_printf(test->arena, "stale/%zu/%zu/deep", i % 10, i);
			CHECK(file_make_directories(trees.source, path, 0755, &test->error));
		}
		workers_run(COUNT(removers.is_done), COUNT(removers.is_done), remove_one,
			    &removers);
		for (size_t i = 0; i < COUNT(removers.is_done); i++)
			CHECK(removers.is_done[i]);
		CHECK(!file_exists(trees.source, "stale"));
	}
}
