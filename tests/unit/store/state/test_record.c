#include "store/state/record.h"

#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>

static bool parse(Test *test, const char *text, Pairs *ret)
{
	return record_parse(text, strlen(text), test->arena, ret, &test->error);
}

static int open_directory(Test *test)
{
	return open(test_directory(test), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

TEST(record_survives_any_text)
{
	Pairs record = { 0 }, back = { 0 };
	pairs_set(test->arena, &record, "COMMAND", "a\nb\r\\n \xc3\xa4=\t'\"");
	pairs_set(test->arena, &record, "EMPTY", "");
	pairs_set(test->arena, &record, "label.app.kubernetes.io/name", "web");
	CLEANUP_BUFFER text = { 0 };
	record_print(&record, &text);
	CHECK_TEXT(text.data, "COMMAND=a\\nb\\r\\\\n \xc3\xa4=\t'\"\n"
			      "EMPTY=\n"
			      "label.app.kubernetes.io/name=web\n");
	CHECK(parse(test, text.data, &back));
	CHECK(pairs_equal(&record, &back));
}

TEST(record_skips_comments_and_takes_a_last_line_without_newline)
{
	Pairs record = { 0 };
	CHECK(parse(test, "# made by hand\n\nA=1\nB=2", &record));
	CHECK(record.count == 2);
	CHECK_TEXT(pairs_get(&record, "B"), "2");
	CHECK(parse(test, "", &record) && record.count == 0);
}

TEST(record_says_what_is_wrong)
{
	Pairs record = { 0 };
	CHECK_ERROR(parse(test, "A=1\nnonsense\n", &record), "line 2: there is no '='");
	CHECK_ERROR(parse(test, "=1\n", &record), "line 1: the key has characters that no key has");
	CHECK_ERROR(parse(test, "A B=1\n", &record),
		    "line 1: the key has characters that no key has");
	CHECK_ERROR(parse(test, "A=\\x\n", &record), "line 1: the value has an unknown escape");
	CHECK_ERROR(parse(test, "A=\\", &record), "line 1: the value has an unknown escape");
	CHECK_ERROR(parse(test, "A=1\nB=2\nA=1\n", &record), "the key 'A' comes twice");
	CHECK_ERROR(record_parse("A=\0\n", 4, test->arena, &record, &test->error),
		    "there is a NUL byte in it");
	CHECK(record.count == 0);
}

TEST(record_update_keeps_unknown_keys)
{
	CLEANUP_FD directory = open_directory(test);
	const Host host = { .data_dir = test_directory(test) };
	CLEANUP_LOCK lock = LOCK_NONE;
	const LockRequest request = { .kind = LOCK_CONTAINERS, .name = "web" };
	CHECK(lock_take(&host, &request, &lock, &test->error));
	CHECK(file_replace(directory, "web", "FUTURE=x\nSLOT=1\nGONE=y\n", 23, 0600, &test->error));

	Pairs changes = { 0 };
	record_set_u64(test->arena, &changes, "SLOT", 7);
	record_set_bool(test->arena, &changes, "ENABLED", true);
	pairs_set(test->arena, &changes, "GONE", NULL);
	CHECK(record_update(&lock, directory, "web", &changes, &test->error));

	const char *text = NULL;
	CHECK(file_read(directory, "web", 100, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, "FUTURE=x\nSLOT=7\nENABLED=yes\n");
}

TEST(record_errors_name_the_record)
{
	CLEANUP_FD directory = open_directory(test);
	Pairs record = { 0 };
	CHECK_ERROR(record_load(directory, "web", test->arena, &record, &test->error),
		    "read the record of 'web': open 'web': No such file or directory");
	CHECK(file_replace(directory, "web", "x", 1, 0600, &test->error));
	CHECK_ERROR(record_load(directory, "web", test->arena, &record, &test->error),
		    "understand the record of 'web': line 1: there is no '='");
}

TEST(record_values_with_a_type)
{
	Pairs record = { 0 };
	CHECK(parse(test, "A=yes\nB=no\nC=maybe\nD=12\nE=-1\n", &record));
	bool truth = false;
	uint64_t number = 0;
	CHECK(record_get_bool(&record, "A", false, &truth, &test->error) && truth);
	CHECK(record_get_bool(&record, "B", true, &truth, &test->error) && !truth);
	CHECK(record_get_bool(&record, "Z", true, &truth, &test->error) && truth);
	CHECK_ERROR(record_get_bool(&record, "C", true, &truth, &test->error),
		    "C: 'maybe' is neither yes nor no");
	CHECK(record_get_u64(&record, "D", 0, &number, &test->error) && number == 12);
	CHECK(record_get_u64(&record, "Z", 3, &number, &test->error) && number == 3);
	CHECK(!record_get_u64(&record, "E", 0, &number, &test->error));
	error_clear(&test->error);
}
