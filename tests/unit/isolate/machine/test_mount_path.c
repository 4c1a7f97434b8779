#include "isolate/machine/mount_path.h"

#include "tests/unit/test.h"

TEST(mount_path_is_taken_where_the_kernel_or_every_container_has_something)
{
	static const char *const taken[] = { "/proc",     "/proc/x",    "/sys/fs/cgroup", "/dev",
					     "/dev/null", "/dev/pts/0", "/dev/fd" };
	static const char *const free[] = { "/",        "/processes", "/sysroot", "/devices",
					    "/dev/shm", "/dev/fuse",  "/etc" };
	for (size_t i = 0; i < COUNT(taken); i++)
		CHECK(mount_path_is_taken(taken[i]));
	for (size_t i = 0; i < COUNT(free); i++)
		CHECK(!mount_path_is_taken(free[i]));
}

TEST(mount_path_check_knows_where_links_lead)
{
	static const char *const right[][2] = {
		{ "/data", "/data" },         { "/data", "/mnt/data" },
		{ "/var/run/x", "/run/x" },   { "/dev/shm", "/dev/shm" },
		{ "/dev/fuse", "/dev/fuse" },
	};
	static const char *const wrong[][2] = {
		{ "/data", "/" },         { "/data", "/dev" },   { "/data", "/dev/fuse" },
		{ "/data/x", "/proc/x" }, { "/data", "/sys" },   { "/dev/null", "/dev/null" },
		{ "/dev/x/y", "/dev/z" }, { "/dev/x", "/proc" },
	};
	for (size_t i = 0; i < COUNT(right); i++)
		CHECK(mount_path_check(right[i][0], right[i][1], &test->error));
	for (size_t i = 0; i < COUNT(wrong); i++) {
		CHECK(!mount_path_check(wrong[i][0], wrong[i][1], &test->error));
		error_clear(&test->error);
	}
	CHECK_ERROR(mount_path_check("/data", "/dev", &test->error),
		    "links in the image or in a volume lead from '/data' to '/dev', which is the "
		    "container's own");
}
