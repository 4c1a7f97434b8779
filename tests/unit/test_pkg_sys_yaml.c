#include "pkg/sys/yaml.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

typedef struct Parsed {
	Report report;
	YamlNodes documents;
} Parsed;

static void parse(Test *test, const char *text, Parsed *ret)
{
	*ret = (Parsed){ 0 };
	report_init(&ret->report, test->arena);
	yaml_read("x.yaml", text, strlen(text), test->arena, &ret->report, &ret->documents);
}

// All findings, one line each.
static const char *faults(Test *test, Parsed *parsed)
{
	CLEANUP_BUFFER text = { 0 };
	report_sort(&parsed->report);
	for (size_t i = 0; i < parsed->report.findings.count; i++)
		buffer_printf(&text, "%s%s", i > 0 ? "\n" : "",
			      finding_print(&parsed->report.findings.items[i], test->arena));
	return buffer_take(&text, test->arena);
}

TEST(yaml_knows_where_values_stand)
{
	Parsed parsed;
	parse(test, "a: 1\nb:\n  - x\n  - {c: yes}\n", &parsed);
	CHECK(parsed.documents.count == 1 && parsed.report.error_count == 0);
	const YamlNode *list = yaml_get(parsed.documents.items[0], "b");
	CHECK(list && list->kind == YAML_LIST && list->items.count == 2);
	const YamlMember *member = yaml_find(list->items.items[1], "c");
	CHECK(member && member->where.line == 4 && member->where.column == 6);
	CHECK(member->value->kind == YAML_BOOL && member->value->boolean);
	CHECK(member->value->where.column == 9);
	CHECK(!yaml_get(list, "c") && !yaml_get(NULL, "c"));
}

TEST(yaml_faults_name_their_place)
{
	static const char *const rows[][2] = {
		{ "a: 1\na: 2\n", "x.yaml:2:1: key \"a\" already set in map (line 1)" },
		{ "{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}",
		  "x.yaml:1:24: key \"c\" already set in map (line 1)" },
		{ "1: a\n\"1\": b\n", "x.yaml:2:1: key \"1\" already set in map (line 1)" },
		{ "a: *x\n", "x.yaml:1:4: unknown anchor 'x' referenced" },
		{ "a: &x [*x]\n", "x.yaml:1:8: anchor 'x' value contains itself" },
		{ "a: {{b}}\n", "x.yaml:1:5: invalid map key: it is a list or a mapping; put "
				"template text like {{x}} in quotes" },
		{ "? \n: 1\n", "x.yaml:1:2: invalid map key: it is empty" },
		{ "a: !foo b\n", "x.yaml:1:4: unknown tag '!foo'" },
		{ "a: !!int b\n", "x.yaml:1:4: 'b' is not a !!int" },
		{ "a:\n\tb: 1\n", "x.yaml:2:1: found a tab: YAML is indented with blanks" },
		{ "a: [1\n", "x.yaml:2:1: did not find expected ',' or ']', while parsing a flow "
			     "sequence that starts in line 1" },
		{ "a: b: c\n", "x.yaml:1:5: mapping values are not allowed in this context" },
		{ "<<: 1\n",
		  "x.yaml:1:5: map merge requires map or sequence of maps as the value" },
		{ "a: \xff\n", "x.yaml:1:4: invalid leading UTF-8 octet" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Parsed parsed;
		parse(test, rows[i][0], &parsed);
		CHECK_TEXT(faults(test, &parsed), rows[i][1]);
	}
}

TEST(yaml_reads_all_documents_but_empty_ones)
{
	Parsed parsed;
	parse(test, "---\n# nothing\n---\na: |\n  ---\n  b\n---\n{\"c\": 1}\n---\n", &parsed);
	CHECK(parsed.report.error_count == 0 && parsed.documents.count == 2);
	const YamlNode *text = yaml_get(parsed.documents.items[0], "a");
	CHECK_TEXT(text->text, "---\nb\n");

	parse(test, "a: 1\n---\nb: ]\n", &parsed);
	CHECK(parsed.documents.count == 1 && parsed.report.error_count == 1);
}

TEST(yaml_merges_maps)
{
	Parsed parsed;
	parse(test,
	      "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {<<: [*x, *y], c: 5}\nw:\n  a: 0\n  <<: *x\n",
	      &parsed);
	CHECK(parsed.report.error_count == 0);
	const YamlNode *merged = yaml_get(parsed.documents.items[0], "z");
	CHECK(merged->members.count == 3);
	CHECK(yaml_get(merged, "a")->integer == 1 && yaml_get(merged, "b")->integer == 2 &&
	      yaml_get(merged, "c")->integer == 5);
	CHECK(yaml_get(yaml_get(parsed.documents.items[0], "w"), "a")->integer == 0);
}

TEST(yaml_stringifies_keys)
{
	Parsed parsed;
	parse(test, "1: a\nyes: b\n0x10: c\n1.50: d\n", &parsed);
	const YamlNode *map = parsed.documents.items[0];
	CHECK(map->members.count == 4);
	CHECK_TEXT(map->members.items[0].key, "1");
	CHECK_TEXT(map->members.items[1].key, "true");
	CHECK_TEXT(map->members.items[2].key, "16");
	CHECK_TEXT(map->members.items[3].key, "1.5");
}

TEST(yaml_reads_json_with_surrogates)
{
	Parsed parsed;
	parse(test, "{\"a\": \"\\ud83d\\ude00\\/\\\\ud83d\",\n\t\"b\": [true, null, 1.5e3]}",
	      &parsed);
	CHECK_TEXT(faults(test, &parsed), "");
	CHECK_TEXT(yaml_get(parsed.documents.items[0], "a")->text, "\xf0\x9f\x98\x80/\\ud83d");
	CHECK(yaml_get(parsed.documents.items[0], "b")->items.count == 3);
}

TEST(yaml_tags_change_the_kind)
{
	Parsed parsed;
	parse(test, "a: !!str 12\nb: !!binary YWJj\nc: !!float 3\nd: ! 5\n", &parsed);
	CHECK_TEXT(faults(test, &parsed), "");
	const YamlNode *map = parsed.documents.items[0];
	CHECK(yaml_get(map, "a")->kind == YAML_TEXT && yaml_get(map, "d")->kind == YAML_TEXT);
	CHECK_TEXT(yaml_get(map, "b")->text, "abc");
}

TEST(yaml_bounds_depth_and_aliases)
{
	CLEANUP_BUFFER text = { 0 };
	for (int i = 0; i < 200; i++)
		buffer_add(&text, "[");
	Parsed parsed;
	parse(test, buffer_text(&text), &parsed);
	CHECK_TEXT(faults(test, &parsed),
		   "x.yaml:1:101: the document is nested more than 100 levels deep");

	// Ten levels of ten aliases each stand for ten thousand million values.
	buffer_clear(&text);
	buffer_add(&text, "a0: &a0 x\n");
	for (int i = 1; i <= 10; i++) {
		buffer_printf(&text, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			buffer_printf(&text, "%s*a%d", k > 0 ? ", " : "", i - 1);
		buffer_add(&text, "]\n");
	}
	parse(test, buffer_text(&text), &parsed);
	CHECK(parsed.report.error_count == 1);
	CHECK_TEXT(parsed.report.findings.items[0].message,
		   "the document has more than 1000000 values");

	// Each alias adds a level.
	buffer_clear(&text);
	buffer_add(&text, "a0: &a0 x\n");
	for (int i = 1; i <= 150; i++)
		buffer_printf(&text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	parse(test, buffer_text(&text), &parsed);
	CHECK_TEXT(parsed.report.findings.items[0].message,
		   "the document is nested more than 100 levels deep");
}

TEST(yaml_finds_duplicates_among_many_keys_in_time)
{
	CLEANUP_BUFFER text = { 0 };
	for (int i = 0; i < 50000; i++)
		buffer_printf(&text, "key%d: v\n", i);
	buffer_add(&text, "key777: again\n");
	Parsed parsed;
	parse(test, buffer_text(&text), &parsed);
	CHECK_TEXT(faults(test, &parsed),
		   "x.yaml:50001:1: key \"key777\" already set in map (line 778)");
}
