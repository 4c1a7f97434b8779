#include "pkg/cli/table.h"

#include "tests/unit/test.h"

static const Column columns[] = {
	{ .title = "NAME", .key = "name" },
	{ .title = "SIZE", .key = "size", .is_right = true },
	{ .title = "DISK", .key = "disk", .is_optional = true },
	{ .title = "READY", .key = "ready" },
	{ .title = "NODE", .key = "node", .is_wide = true },
	{ .title = "TAGS" },
	{ .key = "more" },
};

static Table sample(Test *test)
{
	Table table;
	Texts tags = { 0 }, none = { 0 };
	texts_add(test->arena, &tags, "a");
	texts_add(test->arena, &tags, "b");
	table_init(&table, test->arena, columns, COUNT(columns));

	table_add_text(&table, "web");
	table_add_number(&table, 5);
	table_add_text(&table, NULL);
	table_add_bool(&table, true);
	table_add_text(&table, "host");
	table_add_texts(&table, &tags);
	table_add_json(&table, "{\"k\":1}");

	table_add_text(&table, "caf\xc3\xa9-\x1b[1m");
	table_add_number(&table, 12345);
	table_add_null(&table);
	table_add_bool(&table, false);
	table_add_text(&table, "");
	table_add_texts(&table, &none);
	table_add_json(&table, "null");
	return table;
}

TEST(table_text)
{
	const Table table = sample(test);
	CLEANUP_BUFFER text = { 0 };
	table_print(&table, OUTPUT_TABLE, &text);
	CHECK_TEXT(buffer_text(&text), "NAME           SIZE  READY  TAGS\n"
				       "web               5  yes    a,b\n"
				       "caf\xc3\xa9-\\x1b[1m  12345  no     -\n");
}

TEST(table_wide)
{
	const Table table = sample(test);
	CLEANUP_BUFFER text = { 0 };
	table_print(&table, OUTPUT_WIDE, &text);
	CHECK_TEXT(buffer_text(&text), "NAME           SIZE  READY  NODE  TAGS\n"
				       "web               5  yes    host  a,b\n"
				       "caf\xc3\xa9-\\x1b[1m  12345  no     -     -\n");
}

TEST(table_json)
{
	const Table table = sample(test);
	CLEANUP_BUFFER text = { 0 };
	table_print(&table, OUTPUT_JSON, &text);
	CHECK_TEXT(
		buffer_text(&text),
		"[{\"name\":\"web\",\"size\":5,\"disk\":null,\"ready\":true,\"node\":\"host\",\"more\":{\"k\":1}},"
		"{\"name\":\"caf\xc3\xa9-\\u001b[1m\",\"size\":12345,\"disk\":null,\"ready\":false,"
		"\"node\":\"\",\"more\":null}]\n");
}

TEST(table_without_rows)
{
	Table table;
	table_init(&table, test->arena, columns, COUNT(columns));
	CLEANUP_BUFFER text = { 0 };
	table_print(&table, OUTPUT_TABLE, &text);
	CHECK_TEXT(buffer_text(&text), "NAME  SIZE  READY  TAGS\n");
	buffer_clear(&text);
	table_print(&table, OUTPUT_JSON_PRETTY, &text);
	CHECK_TEXT(buffer_text(&text), "[]\n");
}

TEST(table_format_of_options_and_setting)
{
	CHECK(output_format_of(false, false, "") == OUTPUT_TABLE);
	CHECK(output_format_of(false, false, "json") == OUTPUT_JSON);
	CHECK(output_format_of(false, false, "json-pretty") == OUTPUT_JSON_PRETTY);
	CHECK(output_format_of(true, false, "json-pretty") == OUTPUT_JSON);
	CHECK(output_format_of(false, true, "table") == OUTPUT_JSON_PRETTY);
}

TEST(table_without_titles)
{
	Table table = sample(test);
	CLEANUP_BUFFER text = { 0 };
	table.hides_titles = true;
	table_print(&table, OUTPUT_TABLE, &text);
	CHECK_TEXT(buffer_text(&text), "web               5  yes  a,b\n"
				       "caf\xc3\xa9-\\x1b[1m  12345  no   -\n");
}

TEST(table_blanks_for_empty_cells)
{
	static const Column blank[] = { { .title = "A", .has_blanks = true }, { .title = "B" } };
	CLEANUP_BUFFER text = { 0 };
	Table table;
	table_init(&table, test->arena, blank, COUNT(blank));
	table_add_text(&table, "");
	table_add_text(&table, "");
	table_print(&table, OUTPUT_TABLE, &text);
	CHECK_TEXT(buffer_text(&text), "A  B\n   -\n");
}

TEST(table_that_goes_on)
{
	static const Column two[] = { { .title = "A" }, { .title = "B" } };
	static const char *const names[] = { "name", "x", "longer" };
	size_t widths[COUNT(two)] = { 0 };
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < COUNT(names); i++) {
		Table table;
		table_init(&table, test->arena, two, COUNT(two));
		table.hides_titles = i > 0;
		table.widths = widths;
		table_add_text(&table, names[i]);
		table_add_text(&table, "b");
		table_print(&table, OUTPUT_TABLE, &text);
	}
	CHECK_TEXT(buffer_text(&text), "A     B\nname  b\nx     b\nlonger  b\n");
	CHECK(widths[0] == 6 && widths[1] == 1);
}
