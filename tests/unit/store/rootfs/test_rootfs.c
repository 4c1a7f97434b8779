#include "store/rootfs/rootfs.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/rootfs/import.h"
#include "store/state/layout.h"
#include "store/state/lock.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
	return layout_prepare(ret, &test->error);
}

static bool put(Test *test, const char *path, const char *text, mode_t mode)
{
	const char *whole = path_join(test->arena, test_directory(test), path);
	return file_make_directories(AT_FDCWD, path_parent(test->arena, whole), 0755,
				     &test->error) &&
	       file_replace_volatile(AT_FDCWD, whole, text, strlen(text), mode, &test->error);
}

static const char *os_release = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n";

// The smallest directory that counts as a root file system.
static bool make_tree(Test *test, const char *name)
{
	return put(test, path_join(test->arena, name, "usr/lib/systemd/systemd"), "", 0755) &&
	       put(test, path_join(test->arena, name, "usr/bin/dbus-daemon"), "", 0755) &&
	       put(test, path_join(test->arena, name, "etc/os-release"), os_release, 0644);
}

static bool import(Test *test, const Host *host, const char *source, const char *name,
		   bool is_forced)
{
	const PullOptions pull = { 0 };
	const RootfsImport request = {
		.pull = &pull,
		.source = path_join(test->arena, test_directory(test), source),
		.name = name,
		.is_forced = is_forced,
	};
	return rootfs_import(host, &request, &test->error);
}

static const char *listing(Test *test, const Host *host)
{
	CLEANUP_BUFFER text = { 0 };
	Texts names = { 0 };
	if (!file_list(AT_FDCWD, layout_path(host, LAYOUT_ROOTFS, test->arena), test->arena, &names,
		       &test->error))
		return NULL;
	for (size_t i = 0; i < names.count; i++)
		buffer_printf(&text, "%s%s", i > 0 ? " " : "", names.items[i]);
	return buffer_take(&text, test->arena);
}

static bool put_record(Test *test, const Host *host, const char *machine, const char *rootfs)
{
	const char *text = arena_printf(test->arena, "NAME=%s\nROOTFS=%s\n", machine, rootfs);
	return file_replace(AT_FDCWD, layout_path_of(host, LAYOUT_STATE, machine, test->arena),
			    text, strlen(text), 0600, &test->error);
}

TEST(rootfs_import_and_list)
{
	Host host;
	CHECK(make_host(test, &host) && make_tree(test, "src"));
	CHECK(chmod(path_join(test->arena, test_directory(test), "src"), 0700) == 0);
	CHECK(import(test, &host, "src", "debian", false));
	CHECK(put_record(test, &host, "web", "debian") && put_record(test, &host, "db", ""));

	Rootfses rootfses = { 0 };
	CHECK(rootfs_list(&host, test->arena, &rootfses, &test->error) && rootfses.count == 1);
	const Rootfs *rootfs = &rootfses.items[0];
	CHECK_TEXT(rootfs->name, "debian");
	CHECK_TEXT(rootfs->os, "Debian GNU/Linux 12 (bookworm)");
	CHECK_TEXT(rootfs->path, path_join(test->arena, host.data_dir, "fs/debian"));
	CHECK(rootfs->containers.count == 1);
	CHECK_TEXT(rootfs->containers.items[0], "web");
	struct stat status;
	CHECK(stat(rootfs->path, &status) == 0 && (status.st_mode & 07777) == 0755);
	CHECK_TEXT(listing(test, &host), "debian");
}

TEST(rootfs_import_takes_tar_files)
{
	if (geteuid() != 0)
		SKIP("needs root");
	Host host;
	CHECK(make_host(test, &host));
	CLEANUP_BUFFER tar = { 0 };
	TarEntry program = TAR_FILE("./usr/lib/systemd/systemd", "x");
	program.mode = 0755;
	tar_add(&tar, TAR_DIRECTORY("./"));
	tar_add(&tar, program);
	program.path = "./usr/bin/dbus-daemon";
	tar_add(&tar, program);
	tar_add(&tar, TAR_FILE("./usr/lib/os-release", "NAME=Tiny\n"));
	tar_finish(&tar);
	const char *path = path_join(test->arena, test_directory(test), "tiny.tar");
	CHECK(file_replace_volatile(AT_FDCWD, path, tar.data, tar.length, 0644, &test->error));
	CHECK(import(test, &host, "tiny.tar", "tiny", false));
	Rootfses rootfses = { 0 };
	CHECK(rootfs_list(&host, test->arena, &rootfses, &test->error) && rootfses.count == 1);
	CHECK_TEXT(rootfses.items[0].os, "Tiny");
}

TEST(rootfs_import_refuses_what_cannot_boot)
{
	Host host;
	CHECK(make_host(test, &host));
	CHECK(put(test, "src/etc/os-release", os_release, 0644));
	const char *source = path_join(test->arena, test_directory(test), "src");
	CHECK_ERROR(import(test, &host, "src", "debian", false),
		    arena_printf(
			    test->arena,
			    "import '%s': there is neither systemd nor a D-Bus daemon in it, so no "
			    "machine could boot; install in it: apt-get install systemd "
			    "systemd-sysv dbus; --install-packages=yes does so",
			    source));
	CHECK(put(test, "src/lib/systemd/systemd", "", 0755));
	CHECK(put(test, "src/etc/os-release", "ID=homegrown\n", 0644));
	CHECK_ERROR(import(test, &host, "src", "debian", false),
		    arena_printf(test->arena,
				 "import '%s': there is no D-Bus daemon in it, so no machine could "
				 "boot; install in it: the packages systemd and dbus",
				 source));
	CHECK_TEXT(listing(test, &host), "");
	CHECK_ERROR(import(test, &host, "none", "debian", false),
		    arena_printf(test->arena,
				 "import '%s/none': open '%s/none': No such file or directory",
				 test_directory(test), test_directory(test)));
	CHECK(!import(test, &host, "src", "../state", false));
	error_clear(&test->error);
	CHECK_TEXT(listing(test, &host), "");
}

TEST(rootfs_import_replaces_only_when_told)
{
	Host host;
	CHECK(make_host(test, &host) && make_tree(test, "src"));
	CHECK(import(test, &host, "src", "debian", false));
	CHECK(put(test, "src/new", "", 0644));
	CHECK_ERROR(import(test, &host, "src", "debian", false),
		    "a root file system 'debian' exists already; --force replaces it");
	CHECK(put_record(test, &host, "web", "debian"));
	CHECK_ERROR(import(test, &host, "src", "debian", true),
		    "the root file system 'debian' is used by web");
	CHECK(unlink(layout_path_of(&host, LAYOUT_STATE, "web", test->arena)) == 0);
	CHECK(import(test, &host, "src", "debian", true));
	CHECK(file_exists(AT_FDCWD, path_join(test->arena, host.data_dir, "fs/debian/new")));
	CHECK_TEXT(listing(test, &host), "debian");
}

TEST(rootfs_import_leaves_the_data_directory_out)
{
	Host host;
	CHECK(make_tree(test, "") && make_host(test, &host));
	CHECK(import(test, &host, "", "self", false));
	CHECK(!file_exists(AT_FDCWD, path_join(test->arena, host.data_dir, "fs/self/data")));
}

// Killed at any moment, an import is either whole or not there, and the next one cleans up.
TEST(rootfs_killed_import_leaves_nothing_visible)
{
	Host host;
	CHECK(make_host(test, &host) && make_tree(test, "src"));
	for (useconds_t delay_us = 0; delay_us < 3000; delay_us += 150) {
		const pid_t child = fork();
		if (child == 0)
			_exit(import(test, &host, "src", "debian", true) ? 0 : 1);
		usleep(delay_us);
		kill(child, SIGKILL);
		CHECK(waitpid(child, NULL, 0) == child);
		Rootfses rootfses = { 0 };
		CHECK(rootfs_list(&host, test->arena, &rootfses, &test->error));
		CHECK(rootfses.count <= 1);
		if (rootfses.count == 1)
			CHECK_TEXT(rootfses.items[0].os, "Debian GNU/Linux 12 (bookworm)");
	}
	CHECK(import(test, &host, "src", "debian", true));
	CHECK_TEXT(listing(test, &host), "debian");
}

TEST(rootfs_remove)
{
	Host host;
	CHECK(make_host(test, &host) && make_tree(test, "src"));
	CHECK_ERROR(rootfs_remove(&host, "debian", &test->error),
		    "no root file system 'debian': none was imported, see 'sdme fs import'");
	CHECK(import(test, &host, "src", "debian", false) &&
	      import(test, &host, "src", "other", false));
	CHECK(put_record(test, &host, "db", "debian") && put_record(test, &host, "web", "debian"));
	CHECK_ERROR(rootfs_remove(&host, "debian", &test->error),
		    "the root file system 'debian' is used by db, web");
	CHECK_ERROR(rootfs_remove(&host, "debain", &test->error),
		    "no root file system 'debain', there are: debian, other");
	CHECK(rootfs_remove(&host, "other", &test->error));
	CHECK_TEXT(listing(test, &host), "debian");
	CHECK(!rootfs_remove(&host, "../fs/debian", &test->error));
	error_clear(&test->error);
	CHECK_TEXT(listing(test, &host), "debian");
}

// A machine that is being made holds the root file system.
TEST(rootfs_remove_respects_the_lock)
{
	Host host;
	CHECK(make_host(test, &host) && make_tree(test, "src"));
	CHECK(import(test, &host, "src", "debian", false));
	const LockRequest request = { .kind = LOCK_FS, .name = "debian", .is_shared = true };
	CLEANUP_LOCK lock = LOCK_NONE;
	CHECK(lock_take(&host, &request, &lock, &test->error));
	CHECK(!rootfs_remove(&host, "debian", &test->error));
	CHECK(test->error.code == ERROR_BUSY &&
	      strstr(test->error.message, "'debian' is locked by"));
	error_clear(&test->error);
	lock_release(&lock);
	CHECK(rootfs_remove(&host, "debian", &test->error));
}
