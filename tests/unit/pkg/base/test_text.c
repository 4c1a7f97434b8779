#include "pkg/base/text.h"

#include "tests/unit/test.h"

TEST(text_comparison_is_exact)
{
	CHECK(text_equal("web", "web") && !text_equal("web", "Web") && !text_equal("web", "we"));
	CHECK(text_equal_or_null(NULL, NULL) && !text_equal_or_null(NULL, "") &&
	      text_equal_or_null("a", "a"));
	CHECK(text_starts_with("sdme@web", "sdme@") && text_starts_with("a", "") &&
	      !text_starts_with("", "a"));
	CHECK(text_ends_with("a.yaml", ".yaml") && text_ends_with("a", "") &&
	      !text_ends_with("yaml", ".yaml"));
	CHECK(text_is_empty(NULL) && text_is_empty("") && !text_is_empty(" "));
	CHECK(text_has_only("", "abc") && text_has_only("cab", "abc") &&
	      !text_has_only("cabd", "abc"));
	CHECK(span_equal((Span){ "web-1", 3 }, "web") && !span_equal((Span){ "web", 2 }, "web"));
	CHECK(span_equal(span_of("a"), "a") && !span_equal(span_of("a"), "ab"));
	CHECK(span_equal_any_case(span_of("PoD"), "pOd") && span_equal_any_case(span_of(""), ""));
	CHECK(!span_equal_any_case(span_of("a"), "ab") && !span_equal_any_case(span_of("ab"), "a"));
	CHECK(!span_equal_any_case(span_of("@"), "`"));
}

TEST(text_nearest_is_what_the_user_most_likely_meant)
{
	static const char *const candidates[] = { "Always", "IfNotPresent", "Never",
						  "name",   "names",        NULL };
	static const struct {
		const char *text;
		const char *nearest; // NULL: none is close
	} rows[] = {
		{ "always", "Always" }, { "Alway", "Always" },
		{ "Neverr", "Never" },  { "ifNotPresent", "IfNotPresent" },
		{ "nmae", "name" },     { "names", "names" },
		{ "nam", "name" },      { "Sometimes", NULL },
		{ "xyz", NULL },        { "IfPresent", "IfNotPresent" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *nearest = text_nearest(rows[i].text, candidates);
		if (rows[i].nearest)
			CHECK_TEXT(nearest, rows[i].nearest);
		else
			CHECK(!nearest);
	}
	static const char *const none[] = { NULL };
	CHECK(!text_nearest("a", none));
}

TEST(text_nearest_ignores_what_is_far_too_long)
{
	static const char *const candidates[] = { "name", NULL };
	char *long_text = arena_alloc(test->arena, 100001);
	memset(long_text, 'n', 100000);
	CHECK(!text_nearest(long_text, candidates));
}

TEST(buffer_grows_and_is_taken)
{
	CLEANUP_BUFFER buffer = { 0 };
	CHECK_TEXT(buffer_text(&buffer), "");
	for (int i = 0; i < 1000; i++)
		buffer_printf(&buffer, "%d,", i);
	buffer_add_char(&buffer, '\n');
	buffer_add_bytes(&buffer, "a\0b", 3);
	CHECK(buffer.length == 3890 + 4);
	const char *text = buffer_take(&buffer, test->arena);
	CHECK(memcmp(text + 3886, "999,\na\0b", 9) == 0);
	CHECK(buffer.length == 0 && buffer.data == NULL);
	CHECK_TEXT(buffer_take(&buffer, test->arena), "");
}

TEST(buffer_quotes_as_go_does)
{
	CLEANUP_BUFFER buffer = { 0 };
	buffer_add_quoted(&buffer, "a\"b\\c\n\t\r\x01\x7f\xc3\xa4");
	CHECK_TEXT(buffer_text(&buffer), "\"a\\\"b\\\\c\\n\\t\\r\\x01\\x7f\xc3\xa4\"");
	static const char *const rows[][2] = {
		{ "", "\"\"" },
		{ "\a\b\f\v", "\"\\a\\b\\f\\v\"" },
		{ "\xc2\xa0", "\"\\u00a0\"" },             // no-break space
		{ "\xc2\x85", "\"\\u0085\"" },             // a control of two bytes
		{ "\xe2\x80\xae", "\"\\u202e\"" },         // right to left
		{ "\xef\xbb\xbf", "\"\\ufeff\"" },         // byte order mark
		{ "\xee\x80\x80", "\"\\ue000\"" },         // private use
		{ "\xf3\xa0\x80\x81", "\"\\U000e0001\"" }, // tag
		{ "\xff", "\"\\xff\"" },
		{ "\xe2\x82", "\"\\xe2\\x82\"" }, // cut
		{ "\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd",
		  "\"\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd\"" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(text_quoted(rows[i][0], test->arena), rows[i][1]);
}

TEST(buffer_printable_is_safe_for_a_terminal)
{
	static const struct {
		const char *text;
		const char *printed;
	} rows[] = {
		{ "plain ~", "plain ~" },
		{ "\x1b[31mred", "\\x1b[31mred" },
		{ "a\nb\r\t", "a\\x0ab\\x0d\\x09" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "\x7f", "\\x7f" },
		{ "\xc2\x9b"
		  "1m",
		  "\\xc2\\x9b1m" },           // C1: CSI in one byte
		{ "\xc0\x80", "\\xc0\\x80" }, // overlong
		{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
		{ "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },          // surrogate
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, // beyond Unicode
		{ "\xe2\x82", "\\xe2\\x82" },                   // cut
		{ "\xff", "\\xff" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_BUFFER buffer = { 0 };
		buffer_add_printable(&buffer, rows[i].text, strlen(rows[i].text));
		CHECK_TEXT(buffer_text(&buffer), rows[i].printed);
	}
	CLEANUP_BUFFER buffer = { 0 };
	buffer_add_printable(&buffer, "a\0b", 3);
	CHECK_TEXT(buffer_text(&buffer), "a\\x00b");
}
