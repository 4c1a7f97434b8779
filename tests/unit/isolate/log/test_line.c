#include "isolate/log/line.h"
#include "tests/unit/test.h"

#define NOON "2026-01-31T12:00:00.500000000Z"

TEST(app_log_line_has_time_stream_and_text)
{
	AppLogLine line;
	CHECK(app_log_line_parse(span_of(NOON " stdout F hello world"), &line));
	CHECK(line.time_us == UINT64_C(1769860800500000));
	CHECK(line.stream == APP_LOG_STDOUT && !line.is_partial);
	CHECK(span_equal(line.text, "hello world") && span_equal(line.time, NOON));
	CHECK(app_log_line_parse(span_of(NOON " stderr P "), &line));
	CHECK(line.stream == APP_LOG_STDERR && line.is_partial && line.text.len == 0);
	CHECK(app_log_line_parse((Span){ NOON " stdout F a\0b", 43 }, &line));
	CHECK(line.text.len == 3 && line.text.ptr[1] == '\0');
}

TEST(app_log_line_knows_the_calendar)
{
	static const struct {
		const char *text;
		uint64_t seconds;
	} cases[] = {
		{ "1970-01-01T00:00:00.000000000Z stdout F ", 0 },
		{ "2024-02-29T23:59:59.000000000Z stdout F ", 1709251199 },
		{ "2000-03-01T00:00:00.000000000Z stdout F ", 951868800 },
		{ "2100-03-01T00:00:00.000000000Z stdout F ", 4107542400 },
		{ "9999-12-31T23:59:59.000000000Z stdout F ", 253402300799 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AppLogLine line;
		CHECK(app_log_line_parse(span_of(cases[i].text), &line));
		CHECK(line.time_us == cases[i].seconds * 1000000);
	}
}

TEST(app_log_line_of_lost_lines)
{
	AppLogLine line;
	CHECK(app_log_line_parse(span_of(NOON " lost F 123"), &line));
	CHECK(line.stream == APP_LOG_LOST && app_log_line_lost(&line) == 123);
	CHECK(app_log_line_parse(span_of(NOON " lost F 99999999999999999999"), &line));
	CHECK(app_log_line_lost(&line) == 0);
	CHECK(app_log_line_parse(span_of(NOON " lost F x"), &line));
	CHECK(app_log_line_lost(&line) == 0);
}

TEST(app_log_line_that_is_none)
{
	static const char *const cases[] = {
		"",
		"x",
		NOON,
		NOON " ",
		NOON " stdout",
		NOON " stdout F",
		NOON " stdout X text",
		NOON " stdin F text",
		NOON " stdoutF text",
		NOON "  stdout F text",
		"2026-13-31T12:00:00.500000000Z stdout F text",
		"2026-00-31T12:00:00.500000000Z stdout F text",
		"0000-01-31T12:00:00.500000000Z stdout F text",
		"2026-01-31T24:00:00.500000000Z stdout F text",
		"2026-01-31 12:00:00.500000000Z stdout F text",
		"2026-01-31T12:00:00.5000000000 stdout F text",
		"2026-01-31T12:00:00.50000000-Z stdout F text",
		"2026-01-31T12:00:00Z stdout F text that is long enough",
	};
	AppLogLine line;
	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK(!app_log_line_parse(span_of(cases[i]), &line));
}

TEST(app_log_line_for_a_terminal)
{
	AppLogLine line;
	CLEANUP_BUFFER plain = { 0 };
	CLEANUP_BUFFER safe = { 0 };
	CHECK(app_log_line_parse(span_of(NOON " stdout F a\tb \033]0;x\007 \xc3\xa4 \xff\r"),
				 &line));
	app_log_line_print(&line, /* is_for_terminal= */ false, &plain);
	app_log_line_print(&line, /* is_for_terminal= */ true, &safe);
	CHECK_TEXT(buffer_text(&plain), "a\tb \033]0;x\007 \xc3\xa4 \xff\r");
	CHECK_TEXT(buffer_text(&safe), "a\tb \\x1b]0;x\\x07 \xc3\xa4 \\xff");
}
