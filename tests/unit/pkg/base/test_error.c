#include "pkg/base/error.h"

#include "tests/unit/test.h"

#include <errno.h>

TEST(error_reads_from_the_outside_in)
{
	CHECK(!error_set_errno(&test->error, EACCES, "open '%s'", "/var/lib/sdme/state/web"));
	CHECK(!error_wrap(&test->error, "the record of '%s'", "web"));
	CHECK(!error_wrap(&test->error, "start '%s'", "web"));
	CHECK(test->error.code == ERROR_DENIED && test->error.os_errno == EACCES);
	CHECK_TEXT(
		test->error.message,
		"start 'web': the record of 'web': open '/var/lib/sdme/state/web': Permission denied");
}

TEST(error_keeps_its_place_when_wrapped)
{
	const SourcePos where = { "pod.yaml", 14, 7 };
	CHECK(!error_set_at(&test->error, where, "%d is not in 1..65535", 70000));
	CHECK(!error_wrap(&test->error, "spec.containers[0].ports[0].containerPort"));
	CHECK(test->error.code == ERROR_INVALID && test->error.where.line == 14 &&
	      test->error.where.column == 7);
	CHECK_TEXT(test->error.where.path, "pod.yaml");
	CHECK_TEXT(test->error.message,
		   "spec.containers[0].ports[0].containerPort: 70000 is not in 1..65535");
}

TEST(error_place_becomes_part_of_the_message)
{
	CHECK(!error_set_at(&test->error, (SourcePos){ "r.conf", 3, 1 }, "no table"));
	CHECK(!error_place_in_message(&test->error));
	CHECK(!test->error.where.path && test->error.code == ERROR_INVALID);
	CHECK_TEXT(test->error.message, "r.conf:3:1: no table");
	CHECK(!error_place_in_message(&test->error));
	CHECK_TEXT(test->error.message, "r.conf:3:1: no table");
}

TEST(error_moves_whole)
{
	CLEANUP_ERROR first = { 0 };
	CHECK(!error_set_errno(&first, ENOSPC, "write 'x'"));
	first.where = (SourcePos){ "pod.yaml", 14, 7 };
	CHECK(!error_move(&test->error, &first));
	CHECK(first.code == ERROR_NONE && !first.message && !first.where.path);
	CHECK(test->error.code == ERROR_SYSTEM && test->error.os_errno == ENOSPC);
	CHECK(test->error.where.line == 14 && test->error.where.column == 7);
	CHECK_TEXT(test->error.message, "write 'x': No space left on device");
}

TEST(error_code_follows_from_errno)
{
	static const struct {
		int os_errno;
		ErrorCode code;
	} rows[] = {
		{ ENOENT, ERROR_NOT_FOUND },  { EEXIST, ERROR_EXISTS },
		{ EACCES, ERROR_DENIED },     { EPERM, ERROR_DENIED },
		{ EBUSY, ERROR_BUSY },        { EWOULDBLOCK, ERROR_BUSY },
		{ ETIMEDOUT, ERROR_TIMEOUT }, { ENOSPC, ERROR_SYSTEM },
		{ EINTR, ERROR_INTERRUPTED },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK(!error_set_errno(&test->error, rows[i].os_errno, "x"));
		CHECK(test->error.code == rows[i].code);
		error_clear(&test->error);
	}
}

TEST(error_is_empty_again_after_clear)
{
	Error error = { 0 };
	error_clear(&error);
	CHECK(!error_set(&error, ERROR_BUSY, "held by process %d", 12));
	CHECK_TEXT(error.message, "held by process 12");
	error_clear(&error);
	CHECK(error.code == ERROR_NONE && !error.message && error.os_errno == 0);
	CHECK(!error_set(&error, ERROR_LIMIT, "again")); // asserts that nothing is set
	error_clear(&error);
}

TEST(error_is_forgiven_by_its_code_alone)
{
	CLEANUP_ERROR error = { 0 };
	CHECK(!error_set(&error, ERROR_NOT_FOUND, "no such thing"));
	CHECK(!error_forgive(&error, ERROR_EXISTS));
	CHECK_TEXT(error.message, "no such thing");
	CHECK(error_forgive(&error, ERROR_NOT_FOUND));
	CHECK(error.code == ERROR_NONE && !error.message);
}

TEST(error_codes_have_words_and_exit_statuses)
{
	for (ErrorCode code = ERROR_NONE; code < ERROR_CODE_COUNT; code++) {
		CHECK(error_code_to_text(code) && error_code_help(code));
		for (ErrorCode other = ERROR_NONE; other < code; other++)
			CHECK(strcmp(error_code_to_text(other), error_code_to_text(code)) != 0);
	}
	CHECK_TEXT(error_code_to_text(ERROR_NOT_FOUND), "not-found");
	CHECK(error_code_exit_status(ERROR_NONE) == 0 && error_code_exit_status(ERROR_USAGE) == 2);
	CHECK(error_code_exit_status(ERROR_FAILED) == 1 &&
	      error_code_exit_status(ERROR_INTERRUPTED) == 130);
}
