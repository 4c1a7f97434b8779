#include "pkg/sys/text/json_read.h"
#include "tests/unit/test.h"

static const JsonNode *parse(Test *test, const char *text)
{
	const JsonNode *node = NULL;
	return json_read_parse(text, strlen(text), test->arena, &node, &test->error) ? node : NULL;
}

TEST(json_read_gives_members_in_their_order)
{
	const JsonNode *node =
		parse(test, "{\"b\": 1, \"a\": \"x\\u00e9\\n\", \"list\": [true, null, 2.50], "
			    "\"none\": null}\n");
	CHECK(node && node->kind == JSON_NODE_OBJECT && node->item_count == 4);
	CHECK_TEXT(node->items[0]->key, "b");
	CHECK(json_read_number(node, "b", 0) == 1);
	CHECK_TEXT(json_read_text(node, "a", ""), "xé\n");
	CHECK_TEXT(json_read_text(node, "b", "otherwise"), "otherwise");
	CHECK(!json_read_get(node, "none"));

	const JsonNode *list = json_read_get(node, "list");
	CHECK(json_read_count(list) == 3 && list->items[0]->boolean);
	CHECK_TEXT(list->items[2]->text, "2.50");
	CHECK(!list->items[2]->is_integer);
}

TEST(json_read_takes_characters_of_all_lengths)
{
	const JsonNode *node = parse(test, "{\"grü\": \"世 🎈\\\\ü\\n\"}");
	CHECK(node);
	CHECK_TEXT(json_read_text(node, "grü", ""), "世 🎈\\ü\n");
	CHECK_ERROR(parse(test, "{\"a\": \"\\ü\"}"), "no JSON at byte 8: invalid string sequence");
	CHECK_ERROR(parse(test, "\"\xc3\""), "no JSON at byte 1: invalid utf-8 string");
	CHECK(!parse(test, "ü"));
}

TEST(json_read_takes_plain_values)
{
	const JsonNode *node = parse(test, "17");
	CHECK(node && node->is_integer && node->number == 17);
	node = parse(test, " \"\" ");
	CHECK(node && node->kind == JSON_NODE_TEXT);
	node = parse(test, "null");
	CHECK(node && node->kind == JSON_NODE_NULL);
}

TEST(json_read_numbers_beyond_64_bits_are_no_integers)
{
	const JsonNode *node = parse(test, "[9223372036854775807, 9223372036854775808, 1e3]");
	CHECK(node && node->items[0]->is_integer && node->items[0]->number == INT64_MAX);
	CHECK(!node->items[1]->is_integer && !node->items[2]->is_integer);
	CHECK(json_read_number(node, "x", -1) == -1);
}

TEST(json_read_refuses_duplicate_keys)
{
	CHECK_ERROR(parse(test, "{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}"), "a key is given twice");
	CHECK_ERROR(parse(test, "{\"a:\": 1, \"\\\"a\\u003a\": 1, \"a\\u003a\": 2}"),
		    "a key is given twice");
	CHECK(parse(test, "{\"a:\\\":\": \":::\"}"));
}

TEST(json_read_refuses_what_is_no_json)
{
	CHECK(!parse(test, "{\"a\": 1} {}"));
	CHECK_TEXT(test->error.message, "no JSON at byte 9: more behind the value");
	error_clear(&test->error);
	static const char *const texts[] = {
		"",      " ",           "{",        "[1,]", "{\"a\":1,}", "{'a': 1}",  "[1] // c",
		"/**/1", "\"\\u0000\"", "\"\xff\"", "nul",  "NaN",        "{\"a\" 1}", "[01]",
		"\"a",   "{a: 1}",      "True",     "NULL", "+1",

		".5",    "\"\\x\"",     "{\"a\":}", "{,}",  "1e",         "0x1",       "[1 2]",
		"-",     "Infinity",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		if (parse(test, texts[i])) {
			test_fail(test, __FILE__, __LINE__, "'%s' is accepted", texts[i]);
			return;
		}
		error_clear(&test->error);
	}
	const JsonNode *node = NULL;
	CHECK_ERROR(json_read_parse("1\0002", 3, test->arena, &node, &test->error),
		    "no JSON: it holds a NUL byte");
}

TEST(json_read_bounds_the_depth)
{
	char text[2 * 100 + 1] = { 0 };
	memset(text, '[', 100);
	memset(text + 100, ']', 100);
	CHECK_ERROR(parse(test, text), "nested deeper than 64 levels");
	CHECK(test->error.code == ERROR_NONE);
	CHECK(parse(test, text + 100 - 60) == NULL);
}

TEST(json_read_texts_names_what_is_wrong)
{
	const JsonNode *node = parse(test, "{\"a\": [\"x\", \"y\"], \"b\": [\"x\", 1], \"c\": {}}");
	Texts texts = { 0 };
	CHECK(json_read_texts(node, "a", test->arena, &texts, &test->error) && texts.count == 2);
	CHECK(json_read_texts(node, "absent", test->arena, &texts, &test->error));
	CHECK_ERROR(json_read_texts(node, "b", test->arena, &texts, &test->error),
		    "b[1]: number, not a text");
	CHECK_ERROR(json_read_texts(node, "c", test->arena, &texts, &test->error),
		    "c: object, not an array");
}
