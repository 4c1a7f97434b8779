#include "store/state/staging.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static bool set_immutable(int fd, bool is_immutable)
{
	int flags = 0;
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
		return false;
	flags = is_immutable ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
	return ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
}

static int open_directory(Test *test)
{
	return open(test_directory(test), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

TEST(staging_names_carry_their_process)
{
	const char *name = NULL;
	CHECK(staging_name("import", test->arena, &name, &test->error));
	CHECK(text_starts_with(name, arena_printf(test->arena, ".import-%d-", getpid())));
	CHECK(staging_is_name(name));
	CHECK(!staging_is_stale(name));
}

TEST(staging_tells_stale_names)
{
	// No process has this PID: it is above the kernel's limit of 2^22.
	CHECK(staging_is_stale(".import-4194399-1234-0badcafe"));
	// This process has the PID, but it started at another time: the PID was given out again.
	CHECK(staging_is_stale(arena_printf(test->arena, ".import-%d-1-0badcafe", getpid())));
	CHECK(staging_is_stale(".web.4194399.new"));
	CHECK(!staging_is_stale(arena_printf(test->arena, ".web.%d.new", getpid())));
	static const char *const foreign[] = { "web",
					       ".key",
					       ".import",
					       ".import-1-2",
					       ".import-1-2-",
					       ".Import-4194399-1-0",
					       ".new",
					       "..4194399.newer",
					       "import-4194399-1-0",
					       ".import-4194399-1-0.bak" };
	for (size_t i = 0; i < COUNT(foreign); i++) {
		CHECK(!staging_is_stale(foreign[i]));
		CHECK(!staging_is_name(foreign[i]));
	}
}

TEST(staging_publishes_once)
{
	CLEANUP_FD directory = open_directory(test);
	CLEANUP_FD fd = -1;
	const char *name = NULL, *twin = NULL;
	CHECK(staging_make_directory(directory, "create", 0711, test->arena, &name, &fd,
				     &test->error));
	struct stat status;
	CHECK(fstat(fd, &status) == 0 && (status.st_mode & 07777) == 0711);
	CHECK(staging_publish(directory, name, "web", &test->error));
	CHECK(file_exists(directory, "web") && !file_exists(directory, name));

	file_close(&fd);
	CHECK(staging_make_directory(directory, "create", 0711, test->arena, &twin, &fd,
				     &test->error));
	CHECK_ERROR(staging_publish(directory, twin, "web", &test->error),
		    arena_printf(test->arena, "rename '%s' to 'web': File exists", twin));
	CHECK(file_replace(fd, "new", "", 0, 0600, &test->error));
	CHECK(staging_exchange(directory, twin, "web", &test->error));
	CHECK(file_exists(directory, "web/new") && file_exists(directory, twin));
}

TEST(staging_discards_trees)
{
	CLEANUP_FD directory = open_directory(test);
	CHECK(file_make_directories(directory, "web/a/b", 0700, &test->error));
	CHECK(staging_discard(directory, "web", &test->error));
	Texts names = { 0 };
	CHECK(file_list(directory, ".", test->arena, &names, &test->error) && names.count == 0);
	CHECK_ERROR(staging_discard(directory, "web", &test->error),
		    "remove 'web': No such file or directory");
}

// A process is killed while it makes something: nothing of it has a name that counts, and collecting removes it.
TEST(staging_collects_what_a_killed_process_left)
{
	CLEANUP_FD directory = open_directory(test);
	const pid_t child = fork();
	if (child == 0) {
		const char *name = NULL;
		int fd = -1;
		if (!staging_make_directory(directory, "import", 0700, test->arena, &name, &fd,
					    &test->error) ||
		    !file_make_directories(fd, "usr/lib", 0755, &test->error))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	int status = 0;
	CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));

	CLEANUP_FD fd = -1;
	const char *alive = NULL;
	CHECK(staging_make_directory(directory, "import", 0700, test->arena, &alive, &fd,
				     &test->error));
	CHECK(file_make_directories(directory, "debian/usr", 0755, &test->error));
	size_t count = 0;
	CHECK(staging_collect_at(directory, &count, &test->error));
	CHECK(count == 1);
	Texts names = { 0 };
	CHECK(file_list(directory, ".", test->arena, &names, &test->error));
	CHECK(names.count == 2);
	CHECK_TEXT(names.items[0], alive);
	CHECK_TEXT(names.items[1], "debian");
}

// A temporary file of a boot before this one: whoever has the PID now, it is not at work on it.
TEST(staging_collects_what_a_loss_of_power_left)
{
	CLEANUP_FD directory = open_directory(test);
	const char *name = arena_printf(test->arena, ".web.%d.new", getpid());
	const struct timespec long_ago[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	size_t count = 0;
	CHECK(file_replace(directory, name, "", 0, 0600, &test->error));
	CHECK(staging_collect_at(directory, &count, &test->error) && count == 0);
	CHECK(utimensat(directory, name, long_ago, 0) == 0);
	CHECK(staging_collect_at(directory, &count, &test->error) && count == 1);
	CHECK(!file_exists(directory, name));
}

// Something is mounted on it, or it is immutable: the others go, and it is told of.
TEST(staging_collects_what_it_can)
{
	CLEANUP_FD directory = open_directory(test);
	const char *stuck = ".import-4194399-1-00000001";
	size_t count = 0;
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK(file_make_directories(directory, arena_printf(test->arena, "%s/a", stuck), 0755,
				    &test->error) &&
	      file_make_directories(directory, ".import-4194399-1-00000000", 0755, &test->error) &&
	      file_make_directories(directory, ".import-4194399-1-00000002", 0755, &test->error));
	CLEANUP_FD fd = openat(directory, stuck, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!set_immutable(fd, true))
		SKIP("no immutable directories here");
	const bool is_collected = staging_collect_at(directory, &count, &test->error);
	CLEANUP_ERROR failure = test->error;
	test->error = (Error){ 0 };
	const bool is_tidy = staging_tidy(directory, &test->error);
	CHECK(set_immutable(fd, false));
	CHECK(!is_collected && count == 2 && is_tidy);
	CHECK_TEXT(failure.message,
		   arena_printf(test->arena, "collect '%s': remove '%s': Operation not permitted",
				stuck, stuck));
	CHECK(staging_collect_at(directory, &count, &test->error) && count == 1);
}

TEST(staging_keeps_what_is_replaced_until_the_next_boot)
{
	CLEANUP_FD directory = open_directory(test);
	size_t count = 0;
	Texts names = { 0 };
	CHECK(file_make_directories(directory, "used/old", 0755, &test->error) &&
	      file_make_directories(directory, "staged/new", 0755, &test->error) &&
	      file_make_directories(directory,
				    ".retired-00000000-0000-0000-0000-000000000000-0badcafe/a",
				    0755, &test->error));
	CHECK(staging_replace(directory, "staged", "used", &test->error));
	CHECK(staging_collect_at(directory, &count, &test->error) && count == 1);
	CHECK(file_list(directory, ".", test->arena, &names, &test->error) && names.count == 2);
	CHECK(text_starts_with(names.items[0], ".retired-") && file_exists(directory, "used/new"));
	CHECK(file_exists(directory, path_join(test->arena, names.items[0], "old")));
}
