#include "pkg/sys/file.h"
#include "pkg/sys/kernel/verity.h"
#include "tests/unit/test.h"

#include <fcntl.h>

// Where it works, that is for the virtual machine to show (tests/vm).
TEST(verity_says_where_there_is_none)
{
	CLEANUP_FD directory = -1;
	CHECK(file_open_directory(AT_FDCWD, test_directory(test), &directory, &test->error));
	CHECK(file_replace_volatile(directory, "f", "abc", 3, 0600, &test->error));
	CLEANUP_FD fd = openat(directory, "f", O_RDONLY | O_CLOEXEC);
	if (verity_enable(fd, &test->error)) {
		CHECK(openat(directory, "f", O_WRONLY | O_CLOEXEC) < 0);
		return;
	}
	CHECK(test->error.code == ERROR_UNSUPPORTED);
	error_clear(&test->error);
	CHECK(openat(directory, "f", O_WRONLY | O_CLOEXEC) >= 0);
}
