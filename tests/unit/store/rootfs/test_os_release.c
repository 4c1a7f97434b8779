#include "store/rootfs/os_release.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>

TEST(os_release_reads_what_distributions_write)
{
	Pairs release = { 0 };
	os_release_parse("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"
			 "ID=debian\r\n"
			 "ID_LIKE='rhel fedora'\n"
			 "# words\n"
			 "NAME=first\n"
			 "NAME=\"a \\\"b\\\" \\$c 'd'\"\n"
			 "lower=no\n"
			 "nonsense\n"
			 "OPEN=\"never closed",
			 test->arena, &release);
	CHECK_TEXT(pairs_get(&release, "PRETTY_NAME"), "Debian GNU/Linux 12 (bookworm)");
	CHECK_TEXT(pairs_get(&release, "ID"), "debian");
	CHECK_TEXT(pairs_get(&release, "NAME"), "a \"b\" $c 'd'");
	CHECK_TEXT(pairs_get(&release, "OPEN"), "never closed");
	CHECK(!pairs_get(&release, "lower"));
	CHECK(os_release_is_like(&release, "debian"));
	CHECK(os_release_is_like(&release, "fedora"));
	CHECK(!os_release_is_like(&release, "fed"));
}

TEST(os_release_stays_inside_the_root)
{
	CLEANUP_FD above = open(test_directory(test), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(file_make_directories(above, "root/etc", 0755, &test->error));
	CHECK(file_make_directories(above, "root/usr/lib", 0755, &test->error));
	CHECK(file_replace(above, "outside", "NAME=outside\n", 13, 0644, &test->error));
	CHECK(file_replace(above, "root/usr/lib/os-release", "NAME=inside\n", 12, 0644,
			   &test->error));
	const char *path = path_join(test->arena, test_directory(test), "outside");
	CHECK(symlinkat(path, above, "root/etc/os-release") == 0);
	CLEANUP_FD root = openat(above, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	Pairs release = { 0 };
	os_release_load(root, test->arena, &release);
	CHECK_TEXT(pairs_get(&release, "NAME"), "inside");

	// Nobody writes to this FIFO: opening it must not wait.
	CHECK(unlinkat(root, "etc/os-release", 0) == 0 &&
	      mkfifoat(root, "etc/os-release", 0644) == 0);
	os_release_load(root, test->arena, &release);
	CHECK_TEXT(pairs_get(&release, "NAME"), "inside");
}
