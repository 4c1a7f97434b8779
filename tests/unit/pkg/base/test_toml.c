#include "pkg/base/toml.h"

#include "pkg/base/json.h"
#include "tests/unit/test.h"

static void write_value(JsonWriter *json, const TomlValue *value)
{
	switch (value->kind) {
	case TOML_TABLE:
		json_begin_object(json);
		for (size_t i = 0; i < value->members.count; i++) {
			json_add_key(json, value->members.items[i].key);
			write_value(json, value->members.items[i].value);
		}
		json_end_object(json);
		return;
	case TOML_ARRAY:
		json_begin_array(json);
		for (size_t i = 0; i < value->items.count; i++)
			write_value(json, value->items.items[i]);
		json_end_array(json);
		return;
	case TOML_TEXT:
		json_add_text(json, value->text);
		return;
	case TOML_INTEGER:
		json_add_i64(json, value->integer);
		return;
	case TOML_FLOAT:
		json_add_double(json, value->number);
		return;
	case TOML_BOOL:
		json_add_bool(json, value->boolean);
		return;
	case TOML_DATETIME:
		json_add_raw(json, value->text);
		return;
	}
}

static bool parse(Test *test, const char *text, const TomlValue **ret)
{
	return toml_parse("a.toml", text, strlen(text), test->arena, ret, &test->error);
}

typedef struct Case {
	const char *toml;
	const char *json;
} Case;

TEST(toml_accepts_what_the_specification_shows)
{
	static const Case cases[] = {
		{ "", "{}" },
		{ "\xef\xbb\xbf# only a comment", "{}" },
		{ "a = 1\r\nb = \"x\"\r\n", "{\"a\":1,\"b\":\"x\"}" },
		{ "\"127.0.0.1\" = 1\n'q\"' = 2\n\"\" = 3\n1234 = 4",
		  "{\"127.0.0.1\":1,\"q\\\"\":2,\"\":3,\"1234\":4}" },
		{ "fruit.apple = 1\nfruit . \"b c\" = 2", "{\"fruit\":{\"apple\":1,\"b c\":2}}" },
		{ "3.14 = 'pi'", "{\"3\":{\"14\":\"pi\"}}" },
		{ "a = \"tab\\t \\u00e9 \\U0001F600 \\\" \\\\\"",
		  "{\"a\":\"tab\\t \xc3\xa9 \xf0\x9f\x98\x80 \\\" \\\\\"}" },
		{ "a = 'C:\\n'", "{\"a\":\"C:\\\\n\"}" },
		{ "a = \"\"\"\nRoses\nViolets\"\"\"", "{\"a\":\"Roses\\nViolets\"}" },
		{ "a = \"\"\"one \\\n\n   two\"\"\"", "{\"a\":\"one two\"}" },
		{ "a = \"\"\"x \"\"quoted\"\"\"\"\"", "{\"a\":\"x \\\"\\\"quoted\\\"\\\"\"}" },
		{ "a = '''\nI [dw]on't \\'''", "{\"a\":\"I [dw]on't \\\\\"}" },
		{ "a = ''''quoted'''''", "{\"a\":\"'quoted''\"}" },
		{ "a = \"\"\nb = ''\nc = \"\"\"\"\"\"", "{\"a\":\"\",\"b\":\"\",\"c\":\"\"}" },
		{ "a = [+99, 0, -17, 1_000, 0xDEAD_beef, 0o755, 0b1101, -9223372036854775808]",
		  "{\"a\":[99,0,-17,1000,3735928559,493,13,-9223372036854775808]}" },
		{ "a = [3.5, -0.25, 5e+2, 1e06, -2E-2, 6.5e1, 9_000.5]",
		  "{\"a\":[3.5,-0.25,500,1000000,-0.02,65,9000.5]}" },
		{ "a = [inf, -inf, +nan]", "{\"a\":[null,null,null]}" },
		{ "a = [true, false]", "{\"a\":[true,false]}" },
		{ "a = 1979-05-27T07:32:00Z", "{\"a\":1979-05-27T07:32:00Z}" },
		{ "a = 1979-05-27 00:32:00.999-07:00", "{\"a\":1979-05-27 00:32:00.999-07:00}" },
		{ "a = [1979-05-27, 07:32:00, 2000-02-29T00:00:60]",
		  "{\"a\":[1979-05-27,07:32:00,2000-02-29T00:00:60]}" },
		{ "a = [\n 1, # one\n 2,\n]", "{\"a\":[1,2]}" },
		{ "a = [[1, 'x'], [], {b = 1}]", "{\"a\":[[1,\"x\"],[],{\"b\":1}]}" },
		{ "[a]\nx = 1\n[b]\n[a.c]\ny = 2", "{\"a\":{\"x\":1,\"c\":{\"y\":2}},\"b\":{}}" },
		{ "[x.y.z]\n[x]\na = 1", "{\"x\":{\"y\":{\"z\":{}},\"a\":1}}" },
		{ "[ j . \"k\" . 'l' ]", "{\"j\":{\"k\":{\"l\":{}}}}" },
		{ "p = { x = 1, y.z = 2 }\nq = {}", "{\"p\":{\"x\":1,\"y\":{\"z\":2}},\"q\":{}}" },
		{ "[fruit]\napple.color = 1\n[fruit.apple.texture]\nsmooth = true",
		  "{\"fruit\":{\"apple\":{\"color\":1,\"texture\":{\"smooth\":true}}}}" },
		{ "[[p]]\nn = 1\n[[p]]\n[[p]]\nn = 3\n[p.q]\nr = 1",
		  "{\"p\":[{\"n\":1},{},{\"n\":3,\"q\":{\"r\":1}}]}" },
		{ "[[f]]\n[[f.v]]\na = 1\n[[f.v]]\na = 2\n[[f]]\n[[f.v]]\na = 3",
		  "{\"f\":[{\"v\":[{\"a\":1},{\"a\":2}]},{\"v\":[{\"a\":3}]}]}" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const TomlValue *root = NULL;
		CHECK(parse(test, cases[i].toml, &root));
		CLEANUP_BUFFER buffer = { 0 };
		JsonWriter json = json_writer(&buffer, /* is_pretty= */ false);
		write_value(&json, root);
		CHECK_TEXT(buffer_text(&buffer), cases[i].json);
	}
}

typedef struct Fault {
	const char *toml;
	unsigned line;
	unsigned column;
	const char *message;
} Fault;

TEST(toml_refuses_with_a_place)
{
	static const Fault faults[] = {
		{ "a", 1, 2, "expected '=' after the key 'a'" },
		{ "= 1", 1, 1, "expected a key" },
		{ "a.  = 1", 1, 5, "expected a key" },
		{ "a = ", 1, 5, "expected a value" },
		{ "a = 1 b = 2", 1, 7, "expected the end of the line" },
		{ "a = web", 1, 5, "'web' is not a value; texts need quotes" },
		{ "x = 1\na = 1\n\n  a = 2", 4, 3, "'a' is already defined on line 2" },
		{ "a = 1\na.b = 2", 2, 1, "'a' is already defined on line 1" },
		{ "[a]\n[a]", 2, 1, "'a' is already defined on line 1" },
		{ "[f]\na.b = 1\n[f.a]", 3, 1, "'a' is already defined on line 2" },
		{ "[a.b.c]\n[a]\nb.c.t = 1", 3, 1, "'b' is already defined on line 1" },
		{ "a = {x = 1}\na.y = 2", 2, 1, "'a' is already defined on line 1" },
		{ "a = {x = 1}\n[a.b]", 2, 1, "'a' is already defined on line 1" },
		{ "a = []\n[[a]]", 2, 1, "'a' is already defined on line 1" },
		{ "[[a]]\n[a]", 2, 1, "'a' is already defined on line 1" },
		{ "[a.b]\n[[a]]", 2, 1, "'a' is already defined on line 1" },
		{ "[a", 1, 3, "expected ']'" },
		{ "[[a]", 1, 4, "expected ']]'" },
		{ "a = \"x", 1, 7, "the text does not end" },
		{ "a = \"x\ny\"", 1, 7, "the text does not end" },
		{ "a = '''x", 1, 9, "the text does not end" },
		{ "a = \"\\x41\"", 1, 7, "unknown escape; use '...' for a text with backslashes" },
		{ "a = \"\\u12\"", 1, 7, "\\u needs 4 hexadecimal digits" },
		{ "a = \"\\uD800\"", 1, 7, "U+D800 cannot be part of a text" },
		{ "a = \"\\u0000\"", 1, 7, "U+0000 cannot be part of a text" },
		{ "a = \"\x01\"", 1, 6, "a control character in a text" },
		{ "# \x02", 1, 3, "a control character in a comment" },
		{ "a = [1 2]", 1, 8, "expected ',' or ']' in the array" },
		{ "a = [,]", 1, 6, "expected a value" },
		{ "a = {x = 1,}", 1, 12, "expected a key" },
		{ "a = {x = 1\n}", 1, 11, "expected ',' or '}' in the inline table" },
		{ "a = \xff", 1, 5, "this is not UTF-8" },
		{ "\"\"\"a\"\"\" = 1", 1, 3, "expected '=' after the key ''" },
	};
	for (size_t i = 0; i < COUNT(faults); i++) {
		const TomlValue *root = NULL;
		CHECK(!parse(test, faults[i].toml, &root));
		CHECK_TEXT(test->error.message, faults[i].message);
		CHECK(test->error.where.line == faults[i].line);
		CHECK(test->error.where.column == faults[i].column);
		error_clear(&test->error);
	}
}

TEST(toml_refuses_words_that_are_nearly_values)
{
	static const char *const words[] = {
		"01",
		"+01",
		"1_",
		"_1",
		"1__0",
		"0x",
		"0x_1",
		"-0x1",
		"0xg",
		"1.",
		".5",
		"1.e2",
		"1e",
		"1._5",
		"True",
		"9223372036854775808",
		"1e999",
		"infinity",
		"2021-02-29",
		"2020-13-01",
		"25:00:00",
		"07:32",
		"1979-05-27T07:32Z",
		"1979-05-27T",
		"--1",
		"0b2",
		"-",
		"0x8000000000000000",
	};
	for (size_t i = 0; i < COUNT(words); i++) {
		const TomlValue *root = NULL;
		const char *text = arena_printf(test->arena, "a = %s", words[i]);
		CHECK_ERROR(parse(test, text, &root),
			    arena_printf(test->arena, "'%s' is not a value; texts need quotes",
					 words[i]));
	}
}

TEST(toml_bounds_depth_and_size)
{
	char nested[2 * TOML_DEPTH_MAX + 8] = "a=";
	memset(nested + 2, '[', TOML_DEPTH_MAX + 1);
	const TomlValue *root = NULL;
	CHECK(!parse(test, nested, &root));
	CHECK(test->error.code == ERROR_LIMIT);
	CHECK_TEXT(test->error.message, "nested more than 32 levels deep");
	error_clear(&test->error);

	CLEANUP_BUFFER keys = { 0 };
	for (int i = 0; i <= TOML_KEYS_MAX; i++)
		buffer_printf(&keys, "k%d = 1\n", i);
	CHECK(!parse(test, keys.data, &root));
	CHECK(test->error.code == ERROR_LIMIT);
	CHECK_TEXT(test->error.message, "more than 1024 keys in one table");
	error_clear(&test->error);

	CHECK(!toml_parse("a.toml", "a\0b", 3, test->arena, &root, &test->error));
	CHECK_TEXT(test->error.message, "a NUL character");
}

TEST(toml_typed_look_ups)
{
	const TomlValue *root = NULL;
	CHECK(parse(test,
		    "name = 'x'\non = true\nn = 7\nlist = ['a', 'b']\nbad = ['a', 1]\n"
		    "[[registry]]\nlocation = 'r'\n[t]\n",
		    &root));
	const char *name = "default";
	bool is_on = false;
	int64_t number = 1;
	Texts list = { 0 };
	CHECK(toml_get_text(root, "name", &name, &test->error));
	CHECK_TEXT(name, "x");
	CHECK(toml_get_text(root, "absent", &name, &test->error));
	CHECK_TEXT(name, "x");
	CHECK(toml_get_bool(root, "on", &is_on, &test->error) && is_on);
	CHECK(toml_get_integer(root, "n", &number, &test->error) && number == 7);
	CHECK(toml_get_texts(root, "list", test->arena, &list, &test->error) && list.count == 2);
	CHECK_ERROR(toml_get_text(root, "n", &name, &test->error),
		    "'n' must be a text, not a whole number");
	CHECK_ERROR(toml_get_texts(root, "bad", test->arena, &list, &test->error),
		    "'bad' must hold texts only");

	const TomlValue *tables = NULL, *table = NULL;
	CHECK(toml_get_tables(root, "registry", &tables, &test->error) && tables->items.count == 1);
	CHECK(toml_get_table(root, "t", &table, &test->error) && table);
	CHECK(toml_get_table(root, "absent", &table, &test->error) && !table);
	CHECK_ERROR(toml_get_tables(root, "list", &tables, &test->error),
		    "'list' must hold tables only");
}
