#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/run_line.h"

#include <fcntl.h>

static bool put(Test *test, const char *path, const char *text, mode_t mode)
{
	const char *whole = path_join(test->arena, test_directory(test), path);
	return file_make_directories(AT_FDCWD, path_parent(test->arena, whole), 0755,
				     &test->error) &&
	       file_replace_volatile(AT_FDCWD, whole, text, strlen(text), mode, &test->error);
}

static bool make_tree(Test *test)
{
	return put(test, "tiny/usr/lib/systemd/systemd", "", 0755) &&
	       put(test, "tiny/usr/bin/dbus-daemon", "", 0755) &&
	       put(test, "tiny/etc/os-release", "PRETTY_NAME='Tiny 1'\n", 0644);
}

TEST(fs_commands)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK(make_tree(test));
	CHECK_RUN("fs ls", 0, "", "no root filesystems found\n");
	CHECK_RUN("fs import @/tiny/", 0, "tiny\n", "import tiny … done\n");
	CHECK_RUN("-q fs import @/tiny --name other", 0, "other\n", "");
	CHECK_RUN("-q fs import @/tiny", 1, "",
		  "Error: a root file system 'tiny' exists already; --force replaces it\n");
	CHECK_RUN("-q fs import @/tiny --force", 0, "tiny\n", "");
	CHECK(put(test, "data/state/web", "NAME=web\nROOTFS=tiny\n", 0600));
	const char *directory = test_directory(test);
	CHECK_RUN("fs ls", 0,
		  arena_printf(test->arena,
			       "NAME   OS      CONTAINERS  PATH\n"
			       "other  Tiny 1  -           %s/data/fs/other\n"
			       "tiny   Tiny 1  web         %s/data/fs/tiny\n",
			       directory, directory),
		  "");
	const RunResult json = run_line(test, "fs ls --json");
	CHECK(text_starts_with(
		json.output, "[{\"name\":\"other\",\"os\":\"Tiny 1\",\"containers\":[],\"path\":"));
	CHECK_RUN("fs rm tiny other", 1, "other\n",
		  "removing 'tiny'\n"
		  "error: tiny: the root file system 'tiny' is used by web\n"
		  "removing 'other'\n"
		  "Error: some root filesystems could not be removed\n");
	CHECK_RUN("fs rm", 2, "", "Error: give names, or --all (see 'sdme fs rm --help')\n");
	CHECK(unlink(path_join(test->arena, directory, "data/state/web")) == 0);
	CHECK_RUN("fs rm --all --force", 0, "tiny\n", "removing 'tiny'\n");
}

TEST(fs_gc)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK_RUN("fs gc", 0, "", "no stale transactions found\n");
	CHECK(put(test, "data/fs/.import-4194399-1-00000000/usr/x", "", 0644));
	CHECK_RUN("fs gc", 0, "", "cleaned 1 stale transaction(s)\n");
}
