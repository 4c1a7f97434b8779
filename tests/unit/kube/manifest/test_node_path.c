#include "kube/manifest/node_path.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

#include <assert.h>

static const YamlNode *read_node(Test *test, const char *text)
{
	Report report;
	YamlNodes documents = { 0 };
	report_init(&report, test->arena);
	yaml_read("", text, strlen(text), test->arena, &report, &documents);
	assert(documents.count == 1);
	return documents.items[0];
}

TEST(node_path_finds_a_value)
{
	static const struct {
		const char *path;
		const char *want; // NULL: nothing
	} rows[] = {
		{ ".metadata.name", "web" },
		{ "metadata.name", "web" },
		{ "{.metadata.name}", "web" },
		{ "{metadata.name}", "web" },
		{ ".metadata.labels.example\\.com/tier", "front" },
		{ ".metadata.labels['example.com/tier']", "front" },
		{ "{.metadata.labels[\"example.com/tier\"]}", "front" },
		{ ".status.containerStatuses[1].restartCount", "7" },
		{ "['metadata']['name']", "web" },
		{ ".metadata.nothing", NULL },
		{ ".metadata.name.more", NULL },
		{ ".metadata.none", NULL },
		{ ".metadata[0]", NULL },
		{ ".status.containerStatuses[2]", NULL },
		{ ".status.containerStatuses.restartCount", NULL },
	};
	const YamlNode *node = read_node(
		test, "{metadata: {name: web, none: null, labels: {example.com/tier: front}}, "
		      "status: {containerStatuses: [{restartCount: 0}, {restartCount: 7}]}}");
	for (size_t i = 0; i < COUNT(rows); i++) {
		NodePath path = { 0 };
		CHECK(node_path_parse(rows[i].path, test->arena, &path, &test->error));
		const YamlNode *found = node_path_get(&path, node);
		CHECK((found != NULL) == (rows[i].want != NULL));
		if (found)
			CHECK_TEXT(found->text, rows[i].want);
	}
	CHECK(!node_path_get(&(NodePath){ 0 }, NULL));
}

TEST(node_path_refuses_what_chooses_more)
{
	static const struct {
		const char *path;
		const char *want;
	} rows[] = {
		{ "", "path '': it ends where the name of a field should be" },
		{ ".", "path '.': it ends where the name of a field should be" },
		{ "{.a", "path '{.a': it ends where '}' should be" },
		{ ".a}", "path '.a}': '}' (character 3) is where its end should be" },
		{ ".a..b",
		  "path '.a..b': '.' (character 4) is where the name of a field should be" },
		{ ".a[*]",
		  "path '.a[*]': '*' (character 4) is where a number or a name in quotes should be" },
		{ ".a[1", "path '.a[1': it ends where ']' should be" },
		{ ".a[1:2]", "path '.a[1:2]': ':' (character 5) is where ']' should be" },
		{ ".a['b]", "path '.a['b]': it ends where the end of the quotes should be" },
		{ ".a[99999999999]",
		  "path '.a[99999999999]': index: '99999999999' is larger than 4294967295" },
		{ "{range .items[*]}",
		  "path '{range .items[*]}': ' ' (character 7) is where '}' should be" },
		{ "$.a", "path '$.a': '$' (character 1) is where the name of a field should be" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		NodePath path = { 0 };
		CHECK_ERROR(node_path_parse(rows[i].path, test->arena, &path, &test->error),
			    rows[i].want);
	}
}
