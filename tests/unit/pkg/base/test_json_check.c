#include "pkg/base/json_check.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

static const char *fault_of(Test *test, const char *bytes, size_t length)
{
	Error error = { 0 };
	const bool is_good = json_check_object(bytes, length, &error);
	const char *fault = is_good ? "" : arena_strdup(test->arena, error.message);
	error_clear(&error);
	return fault;
}

// Each text is what json.Unmarshal of Go says when it reads a map[string]any; the last byte is no part of them.
TEST(json_check_says_what_go_says)
{
	static const char *const rows[][2] = {
		// clang-format off
		{ "{}", "" },
		{ " \t\r\n{\"a\" : [1, -0.5e+3, true, false, null, {}, []], \"a\": \"\\u00e9\\n\\\"\"} \n", "" },
		{ "null", "" },
		{ "{\"a\":\"\xff\\ud83d\"}", "" }, // any byte, half a pair
		{ "", "unexpected end of JSON input" },
		{ " ", "unexpected end of JSON input" },
		{ "{", "unexpected end of JSON input" },
		{ "{\"a\"", "unexpected end of JSON input" },
		{ "{\"a\":\"x", "unexpected end of JSON input" },
		{ "[1,2", "unexpected end of JSON input" },
		{ "{\"a\":1,}", "invalid character '}' looking for beginning of object key string" },
		{ "{a: 1}", "invalid character 'a' looking for beginning of object key string" },
		{ "{'a': 1}", "invalid character '\\'' looking for beginning of object key string" },
		{ "{\"a\":NaN}", "invalid character 'N' looking for beginning of value" },
		{ "[1,]", "invalid character ']' looking for beginning of value" },
		{ "// x\n{}", "invalid character '/' looking for beginning of value" },
		{ "\xef\xbb\xbf{}", "invalid character 'ï' looking for beginning of value" },
		{ "\x80", "invalid character '\\u0080' looking for beginning of value" },
		{ "\x01", "invalid character '\\x01' looking for beginning of value" },
		{ "\x0b", "invalid character '\\v' looking for beginning of value" },
		{ "{\"a\" 1}", "invalid character '1' after object key" },
		{ "{\"a\":1 \"b\":2}", "invalid character '\"' after object key:value pair" },
		{ "[1 2]", "invalid character '2' after array element" },
		{ "[1}", "invalid character '}' after array element" },
		{ "{} x", "invalid character 'x' after top-level value" },
		{ "{}{}", "invalid character '{' after top-level value" },
		{ "01", "invalid character '1' after top-level value" },
		{ "{\"a\":01}", "invalid character '1' after object key:value pair" },
		{ "{\"a\":-}", "invalid character '}' in numeric literal" },
		{ "-", "invalid character ' ' in numeric literal" },
		{ "[1.]", "invalid character ']' after decimal point in numeric literal" },
		{ "1e", "invalid character ' ' in exponent of numeric literal" },
		{ "tru", "invalid character ' ' in literal true (expecting 'e')" },
		{ "[nul1]", "invalid character '1' in literal null (expecting 'l')" },
		{ "[falsenull]", "invalid character 'n' after array element" },
		{ "{\"a\":\"\n\"}", "invalid character '\\n' in string literal" },
		{ "{\"a\":\"\\x\"}", "invalid character 'x' in string escape code" },
		{ "\"\\", "invalid character ' ' in string escape code" },
		{ "\"\\u12g\"", "invalid character 'g' in \\u hexadecimal character escape" },
		{ "[]", "json: cannot unmarshal array into Go value of type map[string]interface {}" },
		{ "\"x\"", "json: cannot unmarshal string into Go value of type map[string]interface {}" },
		{ "false", "json: cannot unmarshal bool into Go value of type map[string]interface {}" },
		{ " 1e999", "json: cannot unmarshal number into Go value of type map[string]interface {}" },
		{ "{\"a\":[-1e999,2e999],\"b\":1e-999}", "json: cannot unmarshal number -1e999 into Go value of type float64" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(fault_of(test, rows[i][0], strlen(rows[i][0])), rows[i][1]);
	CHECK_TEXT(fault_of(test, "{}\0", 3), "invalid character '\\x00' after top-level value");
	CHECK_TEXT(fault_of(test, "{}x", 2), "");
}

TEST(json_check_bounds_the_depth)
{
	CLEANUP_BUFFER text = { 0 };
	buffer_add(&text, "{\"a\":");
	for (int i = 1; i < JSON_CHECK_DEPTH_MAX; i++)
		buffer_add_char(&text, '[');
	const size_t deepest = text.length;
	for (int i = 1; i < JSON_CHECK_DEPTH_MAX; i++)
		buffer_add_char(&text, ']');
	buffer_add_char(&text, '}');
	CHECK_TEXT(fault_of(test, buffer_text(&text), text.length), "");

	char *bytes = arena_strndup(test->arena, buffer_text(&text), text.length);
	bytes[deepest] = '[';
	CHECK_TEXT(fault_of(test, bytes, text.length), "invalid character '[' exceeded max depth");
}
