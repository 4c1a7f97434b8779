#include "isolate/journal/line.h"
#include "tests/unit/test.h"

#include <string.h>
#include <time.h>

// 2026-01-31T12:00:00.5Z
#define NOON UINT64_C(1769860800500000)

static LogEntry entry_of(const char *message)
{
	return (LogEntry){ .time_us = NOON,
			   .message = span_of(message),
			   .hostname = span_of("web"),
			   .identifier = span_of("nginx"),
			   .pid = span_of("12") };
}

static const char *line(Test *test, LogEntry entry, LogOptions options, const char *prefix)
{
	CLEANUP_BUFFER buffer = { 0 };
	setenv("TZ", "UTC", 1);
	tzset();
	log_line_add(&buffer, &entry, &options, prefix, /* is_rest= */ false);
	return buffer_take(&buffer, test->arena);
}

TEST(log_line_is_what_the_app_wrote)
{
	CHECK_TEXT(line(test, entry_of("hello\tworld \033[31m"), (LogOptions){ 0 }, ""),
		   "hello\tworld \033[31m\n");
	CHECK_TEXT(line(test, entry_of(""), (LogOptions){ 0 }, ""), "\n");
}

TEST(log_line_is_safe_for_a_terminal)
{
	CHECK_TEXT(line(test,
			entry_of("a\tb \033]0;x\007 \xc3\xa4 \xff \xc2\x9b"
				 "31m"),
			(LogOptions){ .is_for_terminal = true }, ""),
		   "a\tb \\x1b]0;x\\x07 \xc3\xa4 \\xff \\xc2\\x9b31m\n");
}

TEST(log_line_has_prefix_and_timestamp)
{
	CHECK_TEXT(line(test, entry_of("hello"), (LogOptions){ .has_timestamps = true },
			"[pod/web/nginx] "),
		   "[pod/web/nginx] 2026-01-31T12:00:00.500000000Z hello\n");
}

TEST(log_line_short_is_as_journalctl)
{
	const LogOptions options = { .format = LOG_FORMAT_SHORT };
	CHECK_TEXT(line(test, entry_of("hello"), options, ""),
		   "Jan 31 12:00:00 web nginx[12]: hello\n");
	CHECK_TEXT(line(test, entry_of("one\ntwo"), options, ""),
		   "Jan 31 12:00:00 web nginx[12]: one\n"
		   "                               two\n");
	LogEntry bare = { .time_us = NOON, .message = span_of("hello") };
	CHECK_TEXT(line(test, bare, options, ""), "Jan 31 12:00:00 unknown: hello\n");
}

TEST(log_line_that_journald_cut_is_put_together)
{
	const LogOptions options = { .has_timestamps = true };
	CLEANUP_BUFFER buffer = { 0 };
	LogEntry first = entry_of("long "), second = entry_of("line");
	first.is_continued = true;
	log_line_add(&buffer, &first, &options, "", false);
	log_line_add(&buffer, &second, &options, "", true);
	CHECK_TEXT(buffer_text(&buffer), "2026-01-31T12:00:00.500000000Z long line\n");
}
