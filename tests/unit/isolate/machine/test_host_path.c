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

TEST(host_path_follows_links_of_the_host_and_makes_none_of_them_a_directory)
{
	const char *directory = test_directory(test);
	const char *link = path_join(test->arena, directory, "link");
	bool is_made = false;
	struct stat status = { 0 };
	CHECK(symlink("nowhere", link) == 0);
	CHECK_ERROR(check(test, link, PLAN_PATH_ANY, &is_made),
		    arena_printf(test->arena, "hostPath '%s': No such file or directory", link));
	CHECK_ERROR(open_path(test, link, PLAN_PATH_ANY, &status),
		    arena_printf(test->arena, "hostPath '%s': No such file or directory", link));
	// Nor is anything made behind it: that is known before an old version is stopped.
	CHECK_ERROR(check(test, path_join(test->arena, link, "x/y"), PLAN_PATH_ANY, &is_made),
		    arena_printf(test->arena, "hostPath '%s/x/y': '%s': No such file or directory",
				 link, link));
	CHECK(mkdir(path_join(test->arena, directory, "nowhere"), 0700) == 0);
	CHECK(open_path(test, path_join(test->arena, link, "x"), PLAN_PATH_ANY, &status));
	CHECK(file_exists(AT_FDCWD, path_join(test->arena, directory, "nowhere/x")));
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
