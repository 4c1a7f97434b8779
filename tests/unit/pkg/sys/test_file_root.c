#include "pkg/sys/file_root.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_root(Test *test)
{
	int fd = -1;
	return file_open_directory(AT_FDCWD, test_directory(test), &fd, &test->error) ? fd : -1;
}

// Directories run, var and etc, a file, and links of every kind.
static int make_root(Test *test)
{
	// clang-format off
	static const char *const links[][2] = {
		{ "/run", "var/run" }, { "../../../../run", "var/climb" }, { "/missing", "dangling" }, { "self", "self" },
		{ "ping", "pong" }, { "pong", "ping" }, { "/", "top" }, { "..", "up" }, { "dev/../proc/", "data" }, { ".", "here" },
		{ "/usr/share/zoneinfo/Europe/Vienna", "etc/localtime" }, { "../run/systemd/resolve/stub", "etc/resolv.conf" },
		{ "/mnt/store/data", "store" }, { "/dangling/deeper/../x", "twice" }, { "/file", "to-file" },
	};
	// clang-format on
	const int root = open_root(test);
	static const char *const directories[] = { "run", "var", "etc" };
	bool is_made = root >= 0 && file_replace_volatile(root, "file", "", 0, 0644, &test->error);
	for (size_t i = 0; i < COUNT(directories); i++)
		is_made = is_made && mkdirat(root, directories[i], 0755) == 0;
	for (size_t i = 0; i < COUNT(links); i++)
		is_made = is_made && symlinkat(links[i][0], root, links[i][1]) == 0;
	return is_made ? root : -1;
}

static const char *resolve(Test *test, int root, const char *path)
{
	CLEANUP_ERROR error = { 0 };
	const char *place = NULL;
	return file_root_resolve(root, path, test->arena, &place, NULL, &error)
		       ? place
		       : arena_strdup(test->arena, error.message);
}

TEST(file_root_resolve_follows_every_link_inside)
{
	CLEANUP_FD root = make_root(test);
	static const char *const rows[][2] = {
		{ "/", "/" },
		{ "", "/" },
		{ "/run/x", "/run/x" },
		{ "a//./b/", "/a/b" },
		{ "/var/run/app", "/run/app" },
		{ "/var/climb/app", "/run/app" },
		{ "/../../a", "/a" },
		{ "/dangling/x", "/missing/x" },
		{ "/top/top/etc/../etc/localtime", "/usr/share/zoneinfo/Europe/Vienna" },
		{ "/etc/resolv.conf", "/run/systemd/resolve/stub" },
		{ "/store", "/mnt/store/data" },
		{ "/twice", "/missing/x" },
		{ "/up/up/etc", "/etc" },
		{ "/data/sys", "/proc/sys" },
		{ "/here/here/data", "/proc" },
		{ "/no/such/../../run", "/run" },
		{ "/to-file", "/file" },
		{ "/file/x", "'/file/x': Not a directory" },
		{ "/to-file/x", "'/file/x': Not a directory" },
		{ "/self", "the symbolic link '/self' leads in a circle" },
		{ "/self/x", "the symbolic link '/self' leads in a circle" },
		{ "/ping", "the symbolic link '/ping' leads in a circle" },
	};
	CHECK(root >= 0);
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(resolve(test, root, rows[i][0]), rows[i][1]);
}

TEST(file_root_resolve_tells_the_links)
{
	CLEANUP_FD root = make_root(test);
	const char *place = NULL;
	Texts links = { 0 };
	CHECK(root >= 0 &&
	      file_root_resolve(root, "/top/twice", test->arena, &place, &links, &test->error));
	CHECK_TEXT(texts_join(&links, " ", test->arena), "/top /twice /dangling");
}

// Links of /proc are text like any other.
TEST(file_root_resolve_leaves_by_no_magic_link)
{
	CLEANUP_FD proc = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(proc >= 0);
	CHECK_TEXT(resolve(test, proc, "/root/etc"), "/etc");
}

static const char *make(Test *test, int root, const char *path)
{
	CLEANUP_FD fd = -1;
	CLEANUP_ERROR error = { 0 };
	if (!file_root_make_directories(root, path, 0755, getuid(), getgid(), &fd, &error))
		return arena_strdup(test->arena, error.message);
	const char *link = file_descriptor_path(test->arena, fd);
	char *place = arena_alloc(test->arena, 4096);
	if (readlink(link, place, 4095) < 0)
		return strerror(errno);
	// The temporary directory may be behind a link itself.
	const char *name = strstr(place, path_name(test_directory(test)));
	return name ? name + strlen(path_name(test_directory(test))) : place;
}

TEST(file_root_make_directories_stays_inside)
{
	CLEANUP_FD root = make_root(test);
	static const char *const rows[][2] = {
		{ "/", "" },
		{ "/a/b/c", "/a/b/c" },
		{ "a//./b/", "/a/b" },
		{ "/var/run/app", "/run/app" },
		{ "/var/climb/app/x", "/run/app/x" },
		{ "/../../a/new", "/a/new" },
		{ "/dangling/x", "/missing/x" },
		{ "/store", "/mnt/store/data" },
		{ "/file/x", "make the directory '/file/x': '/file/x': Not a directory" },
		{ "/file",
		  "make the directory '/file': open '/file' in its root: Not a directory" },
		{ "/self",
		  "make the directory '/self': the symbolic link '/self' leads in a circle" },
	};
	CHECK(root >= 0);
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(make(test, root, rows[i][0]), rows[i][1]);
	CHECK(!file_exists(AT_FDCWD, "/missing"));
}

TEST(file_root_make_directories_gives_new_ones_an_owner)
{
	if (getuid() != 0)
		SKIP("needs root");
	CLEANUP_FD root = open_root(test);
	CHECK(root >= 0 && mkdirat(root, "old", 0700) == 0);
	CHECK(file_root_make_directories(root, "/old/new", 0750, 1000, 2000, NULL, &test->error));
	struct stat old, new;
	CHECK(fstatat(root, "old", &old, 0) == 0 && fstatat(root, "old/new", &new, 0) == 0);
	CHECK(old.st_uid == 0 && (old.st_mode & 07777) == 0700);
	CHECK(new.st_uid == 1000 && new.st_gid == 2000 && (new.st_mode & 07777) == 0750);
}

TEST(file_root_make_follows_no_link)
{
	CLEANUP_FD root = make_root(test), fd = -1;
	struct stat status;
	const FileRootNew file = {
		.is_file = true, .mode = 0644, .uid = getuid(), .gid = getgid()
	};
	const FileRootNew directory = { .mode = 0755, .uid = getuid(), .gid = getgid() };
	CHECK(root >= 0);
	CHECK(!file_root_make(root, "/var/run/x", &file, &fd, &test->error));
	CHECK_TEXT(test->error.message,
		   "open '/var/run/x' in its root: Too many levels of symbolic links");
	error_clear(&test->error);
	CHECK_ERROR(file_root_make(root, "/dangling", &directory, &fd, &test->error),
		    "open '/dangling' in its root: Not a directory");
	// A link at the end is there.
	CHECK(file_root_make(root, "/dangling", &file, &fd, &test->error));
	CHECK(fstat(fd, &status) == 0 && S_ISLNK(status.st_mode));
	file_close(&fd);
	CHECK(file_root_make(root, "/new/file", &file, &fd, &test->error));
	CHECK(fstat(fd, &status) == 0 && S_ISREG(status.st_mode));
}
