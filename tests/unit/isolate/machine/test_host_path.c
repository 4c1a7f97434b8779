#include "isolate/machine/host_path.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool check(Test *test, const char *path, PlanPathType type, bool *ret_is_made)
{
	const PlanVolume volume = {
		.name = "v", .kind = PLAN_VOLUME_HOST_PATH, .path = path, .path_type = type
	};
	return host_path_check(&volume, ret_is_made, &test->error);
}

static bool open_path(Test *test, const char *path, PlanPathType type, struct stat *ret_status)
{
	CLEANUP_FD fd = -1;
	const PlanVolume volume = {
		.name = "v", .kind = PLAN_VOLUME_HOST_PATH, .path = path, .path_type = type
	};
	return host_path_open(&volume, &fd, &test->error) && fstat(fd, ret_status) == 0;
}

TEST(host_path_makes_a_directory_where_nothing_is)
{
	const char *path = path_join(test->arena, test_directory(test), "a/b.conf");
	const mode_t mask = umask(0);
	bool is_made = false;
	struct stat status = { 0 };
	CHECK(check(test, path, PLAN_PATH_ANY, &is_made) && is_made);
	CHECK(!file_exists(AT_FDCWD, path));
	CHECK(open_path(test, path, PLAN_PATH_ANY, &status));
	CHECK(S_ISDIR(status.st_mode) && (status.st_mode & 07777) == 0755);
	CHECK(check(test, path, PLAN_PATH_ANY, &is_made) && !is_made);
	umask(mask);

	// A file that is there stays one.
	const char *file = path_join(test->arena, path, "file");
	CHECK(file_replace_volatile(AT_FDCWD, file, "x", 1, 0600, &test->error));
	CHECK(open_path(test, file, PLAN_PATH_ANY, &status) && S_ISREG(status.st_mode));
	CHECK(check(test, file, PLAN_PATH_ANY, &is_made) && !is_made);
}

// They were followed when the path was settled.
TEST(host_path_follows_no_link)
{
	const char *directory = test_directory(test);
	const char *link = path_join(test->arena, directory, "link");
	const char *below = path_join(test->arena, link, "x");
	struct stat status = { 0 };
	CHECK(mkdir(path_join(test->arena, directory, "there"), 0700) == 0);
	CHECK(symlink("there", link) == 0);
	static const PlanPathType types[] = { PLAN_PATH_ANY, PLAN_PATH_DIRECTORY_OR_CREATE,
					      PLAN_PATH_FILE_OR_CREATE };
	for (size_t i = 0; i < COUNT(types); i++) {
		const char *paths[] = { link, below };
		for (size_t j = 0; j < COUNT(paths); j++)
			CHECK_ERROR(open_path(test, paths[j], types[i], &status),
				    arena_printf(test->arena,
						 "hostPath '%s' leads through a symbolic link that "
						 "was not there when the Pod was applied; apply it "
						 "again if that is meant",
						 paths[j]));
	}
	CHECK(!file_exists(AT_FDCWD, below));
}

// Those of udev and of the kernel, but not to a directory.
TEST(host_path_follows_links_in_dev)
{
	struct stat status = { 0 };
	CHECK_ERROR(open_path(test, "/dev/fd", PLAN_PATH_ANY, &status),
		    "hostPath '/dev/fd' leads through a symbolic link that was not there when the "
		    "Pod was applied; apply it again if that is meant");
	CHECK(open_path(test, "/dev/stdin", PLAN_PATH_ANY, &status));
	CHECK(open_path(test, "/dev/null", PLAN_PATH_CHARACTER_DEVICE, &status));
}

TEST(host_path_says_what_cannot_be_made_before_it_tries)
{
	const char *directory = test_directory(test);
	const char *file = path_join(test->arena, directory, "file");
	bool is_made = false;
	CHECK(file_replace_volatile(AT_FDCWD, file, "x", 1, 0600, &test->error));
	const char *below = path_join(test->arena, file, "a/b");
	CHECK_ERROR(
		check(test, below, PLAN_PATH_ANY, &is_made),
		arena_printf(test->arena, "hostPath '%s': '%s/a': Not a directory", below, file));
	const char *deep = path_join(test->arena, directory, "no/file");
	CHECK_ERROR(check(test, deep, PLAN_PATH_FILE_OR_CREATE, &is_made),
		    arena_printf(test->arena, "hostPath '%s': '%s/no': No such file or directory",
				 deep, directory));
	CHECK(check(test, path_join(test->arena, directory, "new"), PLAN_PATH_FILE_OR_CREATE,
		    &is_made) &&
	      is_made);

	static const char *const kernels[] = { "/dev/sdme-none", "//dev/./sdme-none",
					       "/proc/sdme-none", "/sys/sdme-none" };
	for (size_t i = 0; i < COUNT(kernels); i++) {
		struct stat status = { 0 };
		const char *absent = arena_printf(
			test->arena, "hostPath '%s': No such file or directory", kernels[i]);
		CHECK_ERROR(check(test, kernels[i], PLAN_PATH_ANY, &is_made), absent);
		CHECK_ERROR(open_path(test, kernels[i], PLAN_PATH_ANY, &status), absent);
		CHECK(!file_exists(AT_FDCWD, kernels[i]));
	}
}
