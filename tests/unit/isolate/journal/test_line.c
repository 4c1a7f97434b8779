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

#define HEAD "Jan 31 12:00:00 web nginx[12]: "

static const char *line(Test *test, LogEntry entry, bool is_for_terminal)
{
	CLEANUP_BUFFER buffer = { 0 };
	setenv("TZ", "UTC", 1);
	tzset();
	log_line_add(&buffer, &entry, is_for_terminal, /* is_rest= */ false);
	return buffer_take(&buffer, test->arena);
}

TEST(log_line_is_what_was_written)
{
	CHECK_TEXT(line(test, entry_of("hello\tworld \033[31m"), false),
		   HEAD "hello\tworld \033[31m\n");
	CHECK_TEXT(line(test, entry_of(""), false), HEAD "\n");
}

TEST(log_line_is_safe_for_a_terminal)
{
	CHECK_TEXT(line(test,
			entry_of("a\tb \033]0;x\007 \xc3\xa4 \xff \xc2\x9b"
				 "31m"),
			true),
		   HEAD "a\tb \\x1b]0;x\\x07 \xc3\xa4 \\xff \\xc2\\x9b31m\n");
}

TEST(log_line_is_as_journalctl)
{
	CHECK_TEXT(line(test, entry_of("hello"), false), HEAD "hello\n");
	CHECK_TEXT(line(test, entry_of("one\ntwo"), false),
		   HEAD "one\n                               two\n");
	LogEntry bare = { .time_us = NOON, .message = span_of("hello") };
	CHECK_TEXT(line(test, bare, false), "Jan 31 12:00:00 unknown: hello\n");
}

TEST(log_line_that_journald_cut_is_put_together)
{
	CLEANUP_BUFFER buffer = { 0 };
	LogEntry first = entry_of("long "), second = entry_of("line");
	first.is_continued = true;
	log_line_add(&buffer, &first, false, false);
	log_line_add(&buffer, &second, false, true);
	CHECK_TEXT(buffer_text(&buffer), HEAD "long line\n");
}
