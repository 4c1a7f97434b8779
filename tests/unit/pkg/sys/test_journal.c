#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/journal.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

TEST(journal_of_an_empty_directory_is_empty)
{
	CLEANUP_JOURNAL journal = NULL;
	bool has_entry = true;
	CHECK(journal_open_directory(test_directory(test), &journal, &test->error));
	CHECK(journal_match(journal, "_SYSTEMD_UNIT", "web.service", &test->error));
	CHECK(journal_seek_tail(journal, 10, &test->error));
	CHECK(journal_next(journal, &has_entry, &test->error));
	CHECK(!has_entry);
}

TEST(journal_of_no_directory_is_not_found)
{
	Journal *journal = NULL;
	const char *path = path_join(test->arena, test_directory(test), "missing");
	CHECK(!journal_open_directory(path, &journal, &test->error));
	CHECK(test->error.code == ERROR_NOT_FOUND);
	CHECK_TEXT(
		test->error.message,
		arena_printf(test->arena, "open the journal %s: No such file or directory", path));
}

// What a machine could leave in its journal directory.
TEST(journal_passes_over_what_is_no_journal)
{
	const char *path = test_directory(test);
	CLEANUP_FD directory = -1;
	CHECK(file_open_directory(AT_FDCWD, path, &directory, &test->error));
	CHECK(file_replace_volatile(directory, "system.journal", "LPKSHHRH rubbish", 16, 0600,
				    &test->error));
	CHECK(symlinkat("/etc/passwd", directory, "user.journal") == 0);
	CHECK(mkfifoat(directory, "pipe.journal", 0600) == 0);

	CLEANUP_JOURNAL journal = NULL;
	bool has_entry = true;
	CHECK(journal_open_fd(directory, &journal, &test->error));
	CHECK(journal_seek_head(journal, &test->error));
	CHECK(journal_next(journal, &has_entry, &test->error));
	CHECK(!has_entry);
}
