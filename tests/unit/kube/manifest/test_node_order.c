#include "kube/manifest/node_order.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

#include <assert.h>

// The items of a list in flow style, each of which comes before those behind it.
static void check_order(Test *test, const char *text)
{
	Report report;
	YamlNodes documents = { 0 };
	report_init(&report, test->arena);
	yaml_read("", text, strlen(text), test->arena, &report, &documents);
	assert(documents.count == 1);
	const YamlNodes *items = &documents.items[0]->items;
	for (size_t i = 0; i < items->count; i++) {
		for (size_t k = 0; k < items->count; k++) {
			const int order = node_compare(items->items[i], items->items[k]);
			const int want = (i > k) - (i < k);
			if ((order > 0) - (order < 0) != want)
				test_fail(test, __FILE__, __LINE__, "%s: %zu and %zu", text, i, k);
		}
	}
}

TEST(node_order_is_that_of_kubectl)
{
	check_order(test, "[-3, 0, 0.5, 2, 10, 1e30]");
	check_order(test, "[false, true]");
	check_order(test, "[web, web-1, web-2, web-02, web-10, web-a, webx]");
	check_order(test, "['2026-01-31T12:00:00Z', '2026-02-01T00:00:00Z']");
	check_order(test, "['500m', '1', '2Ki', '500Mi', '1Gi', '2G']");
	check_order(test, "['', '1x', A, a, \"\\xe9\"]");
	check_order(test, "['99999999999999999998-', '99999999999999999999-', "
			  "'100000000000000000000-']");
}

TEST(node_order_of_what_is_not_there)
{
	const YamlNode text = { .kind = YAML_TEXT, .text = "" };
	const YamlNode number = { .kind = YAML_INTEGER };
	const YamlNode map = { .kind = YAML_MAP };
	CHECK(node_compare(NULL, &text) < 0 && node_compare(&text, NULL) > 0);
	CHECK(node_compare(NULL, NULL) == 0);
	// Of different kinds one is first, whichever, and the other is not.
	CHECK(node_compare(&text, &number) * node_compare(&number, &text) < 0);
	CHECK(node_has_order(&text) && node_has_order(&number) && !node_has_order(&map));
}
