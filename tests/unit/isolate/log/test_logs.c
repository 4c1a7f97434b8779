#include "isolate/log/logs.h"

#include "isolate/guest/log_format.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIME(second) "2026-01-31T12:00:" second ".000000000Z"
#define OUT(text)    TIME("01") " stdout F " text "\n"
#define ERR(text)    TIME("02") " stderr F " text "\n"
#define PIECE(text)  TIME("01") " stdout P " text "\n"

static bool collect(const char *bytes, size_t length, void *context)
{
	buffer_add_bytes(context, bytes, length);
	return true;
}

static void put_bytes(Test *test, const char *name, const char *bytes, size_t length)
{
	const char *path = path_join(test->arena, test_directory(test), name);
	CHECK(file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0755, &test->error));
	CHECK(file_replace_volatile(AT_FDCWD, path, bytes, length, 0644, &test->error));
}

static void put(Test *test, const char *name, const char *text)
{
	put_bytes(test, name, text, strlen(text));
}

static AppLogSource source_of(Test *test, const char *name)
{
	return (AppLogSource){ .directory = path_join(test->arena, test_directory(test), name),
			       .prefix = "" };
}

// What the sources say, and what was found of the first one.
static const char *print_sources(Test *test, AppLogSources *sources, AppLogOptions options,
				 AppLogFindings *ret)
{
	CLEANUP_BUFFER text = { 0 };
	if (options.tail == 0)
		options.tail = APP_LOG_TAIL_ALL;
	if (!app_logs_print(sources, &options, collect, &text, &test->error))
		return "failed";
	if (ret)
		*ret = sources->items[0].findings;
	return buffer_take(&text, test->arena);
}

static const char *print(Test *test, uint64_t back, AppLogOptions options, AppLogFindings *ret)
{
	AppLogSources sources = { 0 };
	AppLogSource *source = app_log_sources_push(test->arena, &sources);
	*source = source_of(test, "app");
	source->back = back;
	return print_sources(test, &sources, options, ret);
}

static const AppLogOptions all = { 0 };

TEST(app_logs_are_what_was_written)
{
	put_bytes(test, "app/0.0.log", OUT("one") OUT("") OUT(" a\r") ERR("b\0c") PIECE("end"),
		  sizeof(OUT("one") OUT("") OUT(" a\r") ERR("b\0c") PIECE("end")) - 1);
	CLEANUP_BUFFER text = { 0 };
	AppLogSources sources = { 0 };
	const AppLogOptions options = { .tail = APP_LOG_TAIL_ALL };
	*app_log_sources_push(test->arena, &sources) = source_of(test, "app");
	CHECK(app_logs_print(&sources, &options, collect, &text, &test->error));
	CHECK(text.length == 16 && memcmp(text.data, "one\n\n a\r\nb\0c\nend", 16) == 0);
}

TEST(app_logs_of_what_never_ran_are_empty)
{
	AppLogFindings found = { 0 };
	CHECK_TEXT(print(test, 0, all, &found), "");
	CHECK(found.is_missing);
	put(test, "app/.new", OUT("not yet"));
	CHECK_TEXT(print(test, 0, all, &found), "");
	CHECK(found.is_missing);
}

TEST(app_logs_of_the_newest_instance_and_of_the_one_before)
{
	AppLogFindings found = { 0 };
	put(test, "app/9.0.log", OUT("nine"));
	put(test, "app/10.0.log", OUT("ten"));
	CHECK_TEXT(print(test, 0, all, NULL), "ten\n");
	CHECK_TEXT(print(test, 1, all, &found), "nine\n");
	CHECK(!found.is_missing);
	CHECK_TEXT(print(test, 2, all, &found), "");
	CHECK(found.is_missing);
}

TEST(app_logs_go_over_all_parts)
{
	AppLogFindings found = { 0 };
	put(test, "app/0.9.log", OUT("one") OUT("two"));
	put(test, "app/0.10.log", OUT("three") OUT("four"));
	put(test, "app/0.11.log", OUT("five"));
	CHECK_TEXT(print(test, 0, all, &found), "one\ntwo\nthree\nfour\nfive\n");
	CHECK(found.has_no_beginning);
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .tail = 1 }, &found), "five\n");
	CHECK(!found.has_no_beginning);
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .tail = 2 }, &found), "four\nfive\n");
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .tail = 4 }, &found),
		   "two\nthree\nfour\nfive\n");
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .tail = 5 }, &found),
		   "one\ntwo\nthree\nfour\nfive\n");
	CHECK(!found.has_no_beginning);
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .tail = 6 }, &found),
		   "one\ntwo\nthree\nfour\nfive\n");
	CHECK(found.has_no_beginning);
}

TEST(app_logs_since_a_moment)
{
	const uint64_t second = 1769860801000000; // of OUT
	AppLogFindings found = { 0 };
	put(test, "app/0.1.log", OUT("one") ERR("two") ERR("three"));
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .since_us = second + 1 }, &found),
		   "two\nthree\n");
	CHECK(!found.has_no_beginning);
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .since_us = second + 1, .tail = 1 }, NULL),
		   "three\n");
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .since_us = second }, &found),
		   "one\ntwo\nthree\n");
	CHECK(found.has_no_beginning);
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .since_us = UINT64_MAX }, &found), "");
}

TEST(app_logs_of_one_stream_with_times)
{
	put(test, "app/0.0.log", OUT("one") ERR("two") PIECE("th") OUT("ree"));
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .streams = APP_LOG_STREAMS_STDERR }, NULL),
		   "two\n");
	CHECK_TEXT(
		print(test, 0,
		      (AppLogOptions){ .streams = APP_LOG_STREAMS_STDOUT, .has_timestamps = true },
		      NULL),
		TIME("01") " one\n" TIME("01") " three\n");
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .limit_bytes = 5 }, NULL), "one\nt");
}

TEST(app_logs_keep_lines_apart)
{
	put(test, "app/0.0.log", PIECE("begin") ERR("other") OUT("rest") PIECE("end"));
	CHECK_TEXT(print(test, 0, all, NULL), "begin\nother\nrest\nend");
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .tail = 1 }, NULL), "end");
}

TEST(app_logs_of_two_containers_are_merged_by_time)
{
	AppLogSources sources = { 0 };
	put(test, "app/0.0.log", OUT("one") TIME("03") " stdout F three\n");
	put(test, "other/0.0.log", ERR("two") TIME("04") " stdout P four\n");
	AppLogSource *one = app_log_sources_push(test->arena, &sources);
	*one = source_of(test, "app");
	one->prefix = "[1] ";
	AppLogSource *other = app_log_sources_push(test->arena, &sources);
	*other = source_of(test, "other");
	other->prefix = "[2] ";
	CHECK_TEXT(print_sources(test, &sources, all, NULL),
		   "[1] one\n[2] two\n[1] three\n[2] four");
}

TEST(app_logs_last_lines_are_safe_to_show)
{
	Texts lines = { 0 };
	const char *directory = path_join(test->arena, test_directory(test), "app");
	put(test, "app/0.0.log", OUT("one") OUT("two") OUT("\033[2J") PIECE("end"));
	CHECK(app_logs_last_lines(directory, 2, test->arena, &lines, &test->error));
	CHECK(lines.count == 2);
	CHECK_TEXT(lines.items[0], "\\x1b[2J");
	CHECK_TEXT(lines.items[1], "end");
}

TEST(app_logs_tell_of_lines_that_are_lost_or_damaged)
{
	AppLogFindings found = { 0 };
	put(test, "app/0.0.log",
	    OUT("one") TIME("01") " lost F 12\n"
				  "rubbish\n" OUT("two") TIME("01") " lost F 3\n"
								    "no newline");
	CHECK_TEXT(print(test, 0, all, &found), "one\ntwo\n");
	CHECK(found.lost == 15 && found.damaged == 2);
}

// --- what a machine's root could leave there

TEST(app_logs_pass_over_what_is_no_part)
{
	CLEANUP_FD directory = -1;
	AppLogFindings found = { 0 };
	put(test, "app/0.0.log", OUT("one"));
	put(test, "secret", OUT("secret"));
	CHECK(file_open_directory(AT_FDCWD, path_join(test->arena, test_directory(test), "app"),
				  &directory, &test->error));
	CHECK(mkfifoat(directory, "0.1.log", 0600) == 0);
	CHECK(symlinkat("../secret", directory, "0.2.log") == 0);
	CHECK(mkdirat(directory, "0.3.log", 0700) == 0);
	CHECK(symlinkat("0.0.log", directory, "0.4.log") == 0);
	put(test, "app/0.05.log", OUT("other name"));
	put(test, "app/0.99999999999999999999.log", OUT("other name"));
	put(test, "app/-1.0.log", OUT("other name"));
	CHECK_TEXT(print(test, 0, all, &found), "one\n");
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .follow = true }, &found), "one\n");
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .tail = 1 }, &found), "one\n");
}

TEST(app_logs_pass_over_holes_as_large_as_can_be)
{
	CLEANUP_FD fd = -1;
	AppLogFindings found = { 0 };
	put(test, "app/0.0.log", OUT("one"));
	fd = open(path_join(test->arena, test_directory(test), "app/0.0.log"),
		  O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	off_t size = INT64_MAX;
	while (size > 0 && ftruncate(fd, size) < 0) // as large as this file system has them
		size /= 2;
	CHECK(size > 1 << 30);
	CHECK_TEXT(print(test, 0, all, &found), "one\n");
	CHECK_TEXT(print(test, 0, (AppLogOptions){ .follow = true }, &found), "one\n");
}

TEST(app_logs_with_lines_without_end)
{
	CLEANUP_BUFFER text = { 0 };
	AppLogFindings found = { 0 };
	buffer_add(&text, OUT("one"));
	for (int i = 0; i < 300000; i++)
		buffer_add_char(&text, i % 7 == 0 ? '\0' : 'x');
	buffer_add(&text, "\n" OUT("two"));
	buffer_add(&text, TIME("01") " stdout F ");
	for (int i = 0; i < LOG_PIECE_BYTES + 1; i++)
		buffer_add_char(&text, 'x');
	buffer_add(&text, "\n" OUT("three"));
	put_bytes(test, "app/0.0.log", text.data, text.length);
	CHECK_TEXT(print(test, 0, all, &found), "one\ntwo\nthree\n");
	CHECK(found.damaged == 2);
}

TEST(app_logs_of_too_many_files_are_refused)
{
	AppLogSources sources = { 0 };
	CLEANUP_BUFFER text = { 0 };
	const AppLogOptions options = { .tail = APP_LOG_TAIL_ALL };
	CLEANUP_FD directory = -1;
	put(test, "app/0.0.log", "");
	CHECK(file_open_directory(AT_FDCWD, path_join(test->arena, test_directory(test), "app"),
				  &directory, &test->error));
	for (int i = 1; i < 4097; i++)
		CHECK(mkfifoat(directory, arena_printf(test->arena, "0.%d.log", i), 0600) == 0);
	*app_log_sources_push(test->arena, &sources) = source_of(test, "app");
	CHECK_ERROR(app_logs_print(&sources, &options, collect, &text, &test->error),
		    "look for the log: more than 4096 files in '.'");
}
