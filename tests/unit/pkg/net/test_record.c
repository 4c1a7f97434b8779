#include "pkg/net/record.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

TEST(record_keeps_what_is_ready)
{
	const char *directory = test_directory(test), *text = NULL;
	CHECK(record_load_ready(directory, test->arena, &text, &test->error));
	CHECK_TEXT(text, "");
	CHECK(record_save_ready(directory, "bridge 3\n", &test->error));
	CHECK(record_load_ready(directory, test->arena, &text, &test->error));
	CHECK_TEXT(text, "bridge 3\n");
}

TEST(record_keeps_ports)
{
	const char *directory = test_directory(test);
	Publication item = { "web", 0x0ae90005, { PORT_TCP, 0, 8080, 80 } };
	Publications all = { &item, 1, 0 };
	CHECK(record_save_ports(directory, &all, &test->error));
	CHECK(record_load_ports(directory, test->arena, &all, &test->error));
	CHECK(all.count == 1 && all.items[0].port.pod_port == 80);

	CLEANUP_FD fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(file_replace_volatile(fd, "network.ports", "web\n", 4, 0600, &test->error));
	const char *want = arena_printf(
		test->arena, "'%s/network.ports': a line does not have 6 words", directory);
	CHECK_ERROR(record_load_ports(directory, test->arena, &all, &test->error), want);
}

TEST(record_lock_excludes_others)
{
	const char *directory = test_directory(test);
	CLEANUP_FD lock = -1;
	CHECK(record_lock(directory, &lock, &test->error));
	CLEANUP_FD other =
		open(arena_printf(test->arena, "%s/network.lock", directory), O_RDWR | O_CLOEXEC);
	CHECK(other >= 0 && flock(other, LOCK_EX | LOCK_NB) < 0);
	file_close(&lock);
	CHECK(flock(other, LOCK_EX | LOCK_NB) == 0);

	const char *missing = arena_printf(test->arena, "%s/none", directory);
	const char *want = arena_printf(
		test->arena, "open '%s/network.lock': No such file or directory", missing);
	CHECK_ERROR(record_lock(missing, &lock, &test->error), want);
}
