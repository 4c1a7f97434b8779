#include "tests/unit/golden.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

#define GOLDEN_BYTES_MAX (4 * 1024 * 1024)

static bool is_writing(void)
{
	const char *mode = getenv("SDME_GOLDEN");
	return mode && text_equal(mode, "write");
}

static bool write_file(Test *test, const char *path, const char *text)
{
	return file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0755,
				     &test->error) &&
	       file_replace_volatile(AT_FDCWD, path, text, strlen(text), 0644, &test->error);
}

// The number of the first line in which the texts differ.
static unsigned differing_line(const char *left, const char *right)
{
	unsigned line = 1;
	for (; *left && *left == *right; left++, right++)
		line += *left == '\n' ? 1 : 0;
	return line;
}

bool golden_compare(Test *test, const char *path, const char *text)
{
	if (is_writing())
		return write_file(test, path, text);

	const char *wanted = NULL;
	size_t length = 0;
	if (!file_read(AT_FDCWD, path, GOLDEN_BYTES_MAX, test->arena, &wanted, &length,
		       &test->error)) {
		test_fail(test, __FILE__, __LINE__, "cannot read '%s'; make golden writes it",
			  path);
		return false;
	}
	if (text_equal(wanted, text))
		return true;
	test_fail(test, __FILE__, __LINE__,
		  "differs from line %u of '%s' on; `make golden` and look at git diff",
		  differing_line(wanted, text), path);
	return false;
}
