#include "pkg/sys/text/yaml.h"

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
		  "x.yaml:1:24: strict decoding error: duplicate field \"b.c\" (line 1)" },
		{ "---\n{\"a\": [1, {\"b\": [[{\"c\": 1, \"c\": 2}]]}]}",
		  "x.yaml:2:28: strict decoding error: duplicate field \"a[1].b[0][0].c\" "
		  "(line 2)" },
		{ "{\"a\": 1, \"a\": 2}",
		  "x.yaml:1:10: strict decoding error: duplicate field \"a\" (line 1)" },
		{ "{a: 1, a: 2}", "x.yaml:1:8: key \"a\" already set in map (line 1)" },
		{ "1: a\n\"1\": b\n", "x.yaml:2:1: key \"1\" already set in map (line 1)" },
		{ "a: *x\n", "x.yaml:1:4: unknown anchor 'x' referenced" },
		{ "a: &x [*x]\n", "x.yaml:1:8: anchor 'x' value contains itself" },
		{ "a: {{b}}\n", "x.yaml:1:5: invalid map key: it is a list or a mapping; put "
				"template text like {{x}} in quotes" },
		{ "? \n: 1\n", "x.yaml:1:2: invalid map key: it is empty" },
		{ "a: !!int b\n", "x.yaml:1:4: cannot decode !!str `b` as a !!int" },
		{ "a: !!null x\n", "x.yaml:1:4: cannot decode !!str `x` as a !!null" },
		{ "a: !!int 1.5\n", "x.yaml:1:4: cannot decode !!float `1.5` as a !!int" },
		{ "a: !!bool 1\n", "x.yaml:1:4: cannot decode !!int `1` as a !!bool" },
		{ "a: !!binary '!'\n", "x.yaml:1:4: !!binary value contains invalid base64 data: "
				       "illegal base64 data at input byte 0" },
		{ "a: .inf\n", "x.yaml:1:4: json: unsupported value: +Inf" },
		{ "- -.Inf\n", "x.yaml:1:3: json: unsupported value: -Inf" },
		{ ".nan\n", "x.yaml:1:1: json: unsupported value: NaN" },
		{ "a:\n\tb: 1\n",
		  "x.yaml:2:1: found character that cannot start any token (YAML is "
		  "indented with blanks, not tabs)" },
		{ "---\n---\na: |\n\tb\n",
		  "x.yaml:4:1: found a tab character where an indentation space is expected (YAML "
		  "is indented with blanks, not tabs)" },
		{ "a: [1\n", "x.yaml:2:1: did not find expected ',' or ']', while parsing a flow "
			     "sequence that starts in line 1" },
		{ "a: b: c\n", "x.yaml:1:5: mapping values are not allowed in this context" },
		{ "<<: 1\n",
		  "x.yaml:1:5: map merge requires map or sequence of maps as the value" },
		{ "a: \xff\n", "x.yaml:1:4: invalid leading UTF-8 octet" },
		{ "a: 1\n---\nb: \xff\n", "x.yaml:3:4: invalid leading UTF-8 octet" },
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

	parse(test, "a: 1\n---\nb: ]\n---\nc: 1\n", &parsed);
	CHECK(parsed.documents.count == 2 && parsed.report.error_count == 1);
	CHECK(yaml_find(parsed.documents.items[1], "c")->where.line == 5);
}

// As kubectl does: lines of dashes cut the text, whatever YAML would make of them.
TEST(yaml_is_cut_at_lines_of_dashes)
{
	static const struct {
		const char *text;
		size_t count;
		const char *findings;
	} rows[] = {
		// clang-format off
		{ "", 0, "" },
		{ "---", 0, "" },
		{ "---\r\na: 1\r\n---  # second\r\nb: 2\r\n--- \t\n", 2, "" },
		{ "\xef\xbb\xbf---\na: 1\n", 1, "" },
		{ "--- {a: 1}\n", 0, "x.yaml:1:1: invalid Yaml document separator: {a: 1}" },
		{ "a: 1\n---b: 2\nc: 3\n", 1, "x.yaml:2:1: invalid Yaml document separator: b: 2" },
		{ "a: \"x\n----\ny\"\n", 0,
		  "x.yaml:2:1: found unexpected end of stream, while scanning a quoted scalar that starts in line 1\n"
		  "x.yaml:2:1: invalid Yaml document separator: -" },
		{ "%YAML 1.1\n---\na: 1\n", 1, "x.yaml:2:1: did not find expected <document start>" },
		{ "a: 1\n...\n", 1, "" },
		{ "a: 1\n...\n# nothing\n---\nb: 1\n", 2, "" },
		{ "a: 1\n...\nb: 2\n", 1, "x.yaml:3:1: what follows \"...\" is not read; documents are separated by \"---\"" },
		{ "a: 1\n...\n]: [\n---\nc: 1\n", 2, "x.yaml:3:1: what follows \"...\" is not read; documents are separated by \"---\"" },
		{ "{a: 1} x\n", 0, "x.yaml:1:8: did not find expected <document start>" },
		{ "{\"a\": 1}\n{\"b\": 1}\n", 0, "x.yaml:2:1: did not find expected <document start>" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Parsed parsed;
		parse(test, rows[i].text, &parsed);
		CHECK_TEXT(faults(test, &parsed), rows[i].findings);
		CHECK(parsed.documents.count == rows[i].count);
	}
}

TEST(yaml_reads_many_documents_in_time)
{
	CLEANUP_BUFFER text = { 0 };
	for (int i = 0; i < 20000; i++)
		buffer_add(&text, "---\n{\"a\": \"\\u00e9\"}\n");
	Parsed parsed;
	parse(test, buffer_text(&text), &parsed);
	CHECK(parsed.documents.count == 20000 && parsed.report.error_count == 0);
}

TEST(yaml_merges_maps)
{
	Parsed parsed;
	parse(test,
	      "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {<<: [*x, *y], c: 5}\nw:\n  d: 0\n  !!merge <<: *x\n",
	      &parsed);
	CHECK(parsed.report.error_count == 0);
	const YamlNode *merged = yaml_get(parsed.documents.items[0], "z");
	CHECK(merged->members.count == 3);
	CHECK(yaml_get(merged, "a")->integer == 1 && yaml_get(merged, "b")->integer == 2 &&
	      yaml_get(merged, "c")->integer == 5);
	CHECK(yaml_get(yaml_get(parsed.documents.items[0], "w"), "a")->integer == 1);
}

// The specification lets the mapping's own key win, then the first `<<`; kubectl lets the last of them.
TEST(yaml_refuses_merges_that_readers_differ_about)
{
	static const char *const rows[][2] = {
		// clang-format off
		{ "a: 1\n<<: {a: 2}\n", "x.yaml:2:1: key \"a\" already set in map (line 1)" },
		{ "<<: {a: 1}\na: 2\n", "" },
		{ "b: 1\n<<: {a: 1}\na: 2\n", "" },
		{ "<<: [{a: 1}, {a: 2}]\n", "" },
		{ "a: 0\n<<: [{a: 1}, {a: 2}]\n", "x.yaml:2:1: key \"a\" already set in map (line 1)" },
		{ "<<: {a: 1}\n<<: {b: 2}\n", "" },
		{ "<<: {a: 1}\n<<: {a: 2, b: 1}\n", "x.yaml:2:1: key \"a\" already set in map (line 1)" },
		{ "<<: {a: 1}\n<<: {a: 2}\na: 3\n", "" },
		{ "<<: {a: 1}\na: 3\n<<: {a: 2}\n", "x.yaml:3:1: key \"a\" already set in map (line 2)" },
		{ "x: &x {a: 1, c: 1}\ny: {c: 0, <<: *x, a: 1}\n", "x.yaml:2:11: key \"c\" already set in map (line 2)" },
		{ "\"<<\": 1\n", "" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Parsed parsed;
		parse(test, rows[i][0], &parsed);
		CHECK_TEXT(faults(test, &parsed), rows[i][1]);
	}
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

// Nothing in Kubernetes knows them, so that they change nothing.
TEST(yaml_tags_of_others_are_told)
{
	Parsed parsed;
	parse(test, "a: !foo x\nb: !<tag:x.org,2000:y> {c: 1}\nd: !!set {e}\nf: !!merge <<\n",
	      &parsed);
	CHECK_TEXT(faults(test, &parsed),
		   "x.yaml:1:4: the tag '!foo' means nothing here\n"
		   "x.yaml:2:4: the tag 'tag:x.org,2000:y' means nothing here");
	CHECK(parsed.report.error_count == 0);
	const YamlNode *map = parsed.documents.items[0];
	CHECK_TEXT(yaml_get(map, "a")->text, "x");
	CHECK(yaml_get(yaml_get(map, "b"), "c")->integer == 1);
	CHECK(yaml_get(yaml_get(map, "d"), "e")->kind == YAML_NULL);
	CHECK_TEXT(yaml_get(map, "f")->text, "<<");
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
		   "document contains excessive aliasing: more than 1000000 values");

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
