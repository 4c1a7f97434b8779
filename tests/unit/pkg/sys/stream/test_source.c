#include "pkg/sys/file.h"
#include "pkg/sys/stream/source.h"
#include "tests/unit/test.h"

#include <fcntl.h>

TEST(source_read_all_is_bounded)
{
	const char *text = NULL;
	Source *bytes = source_of_bytes("abcdef", 6, 4, test->arena);
	CHECK_ERROR(source_read_all(bytes, 5, test->arena, &text, NULL, &test->error),
		    "larger than 5 bytes");
	CHECK(!text);
}

TEST(source_of_fd_reads_and_skips)
{
	CLEANUP_FD directory = -1;
	CHECK(file_open_directory(AT_FDCWD, test_directory(test), &directory, &test->error));
	CHECK(file_replace_volatile(directory, "f", "abcdef", 6, 0600, &test->error));
	CLEANUP_FD fd = openat(directory, "f", O_RDONLY | O_CLOEXEC);
	Source *source = source_of_fd(fd, test->arena);
	const char *text = NULL;
	uint64_t skipped = 0;
	CHECK(source->skip && source->skip(source, 4, &skipped, &test->error) && skipped == 4);
	CHECK(source_read_all(source, 10, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, "ef");
}

TEST(source_of_a_pipe_cannot_skip)
{
	int ends[2];
	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	CLEANUP_FD from = ends[0];
	CLEANUP_FD to = ends[1];
	CHECK(file_write_fd(to, "abc", 3, &test->error));
	file_close(&to);
	Source *source = source_of_fd(from, test->arena);
	const char *text = NULL;
	CHECK(!source->skip);
	CHECK(source_read_all(source, 3, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, "abc");
}
