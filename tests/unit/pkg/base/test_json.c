#include "pkg/base/json.h"

#include "tests/unit/test.h"

#include <math.h>

static void write_sample(JsonWriter *json)
{
	Texts texts = { 0 };
	json_begin_object(json);
	json_add_text_member(json, "name", "we\"b");
	json_add_key(json, "empty");
	json_begin_object(json);
	json_end_object(json);
	json_add_texts_member(json, "none", &texts);
	json_add_key(json, "list");
	json_begin_array(json);
	json_add_i64(json, -5);
	json_add_bool(json, true);
	json_add_text(json, NULL);
	json_begin_object(json);
	json_add_u64_member(json, "max", UINT64_MAX);
	json_end_object(json);
	json_end_array(json);
	json_end_object(json);
}

TEST(json_compact)
{
	CLEANUP_BUFFER buffer = { 0 };
	JsonWriter json = json_writer(&buffer, /* is_pretty= */ false);
	write_sample(&json);
	CHECK_TEXT(buffer_text(&buffer), "{\"name\":\"we\\\"b\",\"empty\":{},\"none\":[],"
					 "\"list\":[-5,true,null,{\"max\":18446744073709551615}]}");
}

TEST(json_pretty)
{
	CLEANUP_BUFFER buffer = { 0 };
	JsonWriter json = json_writer(&buffer, /* is_pretty= */ true);
	write_sample(&json);
	CHECK_TEXT(buffer_text(&buffer), "{\n"
					 "  \"name\": \"we\\\"b\",\n"
					 "  \"empty\": {},\n"
					 "  \"none\": [],\n"
					 "  \"list\": [\n"
					 "    -5,\n"
					 "    true,\n"
					 "    null,\n"
					 "    {\n"
					 "      \"max\": 18446744073709551615\n"
					 "    }\n"
					 "  ]\n"
					 "}");
}

TEST(json_escapes_what_json_and_terminals_need)
{
	CLEANUP_BUFFER buffer = { 0 };
	JsonWriter json = json_writer(&buffer, /* is_pretty= */ false);
	json_add_text(&json, "\x1b[1m\t\\ \xc3\xa9 \xff \x7f \xc2\x9b");
	CHECK_TEXT(buffer_text(&buffer),
		   "\"\\u001b[1m\\t\\\\ \xc3\xa9 \xef\xbf\xbd \\u007f \\u009b\"");
}

// JSON is read as YAML, to which these are line breaks or nothing that may stand in a text.
TEST(json_escapes_what_yaml_needs)
{
	CLEANUP_BUFFER buffer = { 0 };
	JsonWriter json = json_writer(&buffer, /* is_pretty= */ false);
	json_add_span(&json, (Span){ "a\0b \xe2\x80\xa8 \xe2\x80\xa9 \xef\xbb\xbf", 15 });
	CHECK_TEXT(buffer_text(&buffer), "\"a\\u0000b \\u2028 \\u2029 \\ufeff\"");
}

TEST(json_numbers_are_short_and_exact)
{
	CLEANUP_BUFFER buffer = { 0 };
	JsonWriter json = json_writer(&buffer, /* is_pretty= */ false);
	json_begin_array(&json);
	json_add_double(&json, 0.1);
	json_add_double(&json, 0.1 + 0.2);
	json_add_double(&json, 2);
	json_add_double(&json, (double)INFINITY);
	json_end_array(&json);
	CHECK_TEXT(buffer_text(&buffer), "[0.1,0.30000000000000004,2,null]");
}
