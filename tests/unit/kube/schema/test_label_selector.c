#include "kube/schema/label_selector.h"

#include "tests/unit/test.h"

// "key=value" each.
static Pairs labels_of(Test *test, const char *const *words)
{
	Pairs labels = { 0 };
	for (; *words; words++) {
		const char *equals = strchr(*words, '=');
		pairs_set(test->arena, &labels,
			  arena_strndup(test->arena, *words, (size_t)(equals - *words)),
			  equals + 1);
	}
	return labels;
}

TEST(label_selector_match_labels)
{
	static const char *const words[] = { "app=web", "tier=front", "empty=", NULL };
	const Pairs labels = labels_of(test, words);
	LabelSelector selector = { 0 };
	CHECK(label_selector_matches(&selector, &labels)); // of nothing all is true
	CHECK(label_selector_matches(&selector, &(Pairs){ 0 }));
	pairs_set(test->arena, &selector.match_labels, "app", "web");
	pairs_set(test->arena, &selector.match_labels, "empty", "");
	CHECK(label_selector_matches(&selector, &labels));
	CHECK(!label_selector_matches(&selector, &(Pairs){ 0 }));
	pairs_set(test->arena, &selector.match_labels, "tier", "back");
	CHECK(!label_selector_matches(&selector, &labels));
}

TEST(label_selector_match_expressions)
{
	static const char *const words[] = { "app=web", "empty=", "rank=7", "below=-3", NULL };
	static const struct {
		const char *key;
		const char *operator;
		const char *values[3];
		bool matches;
	} rows[] = {
		// clang-format off
		{ "app", "In", { "web" }, true },           { "app", "In", { "db", "web" }, true },
		{ "app", "In", { "db" }, false },           { "none", "In", { "web" }, false },
		{ "empty", "In", { "" }, true },            { "none", "In", { "" }, false },
		{ "app", "NotIn", { "web" }, false },       { "app", "NotIn", { "db" }, true },
		{ "none", "NotIn", { "web" }, true },       { "empty", "NotIn", { "" }, false },
		{ "app", "Exists", { 0 }, true },           { "empty", "Exists", { 0 }, true },
		{ "none", "Exists", { 0 }, false },         { "app", "DoesNotExist", { 0 }, false },
		{ "none", "DoesNotExist", { 0 }, true },    { "rank", "Gt", { "6" }, true },
		{ "rank", "Gt", { "7" }, false },           { "rank", "Gt", { "-10" }, true },
		{ "rank", "Lt", { "10" }, true },           { "rank", "Lt", { "7" }, false },
		{ "below", "Lt", { "-2" }, true },          { "app", "Gt", { "1" }, false },
		{ "none", "Lt", { "1" }, false },           { "rank", "Gt", { "x" }, false },
		{ "rank", "Gt", { "1", "2" }, false },      { "app", "in", { "web" }, false },
		{ "app", NULL, { 0 }, false },
		// clang-format on
	};
	const Pairs labels = labels_of(test, words);
	for (size_t i = 0; i < COUNT(rows); i++) {
		LabelSelector selector = { 0 };
		Requirement *requirement =
			requirements_push(test->arena, &selector.match_expressions);
		requirement->key = rows[i].key;
		requirement->operator= rows[i].operator;
		for (size_t k = 0; k < 3 && rows[i].values[k]; k++)
			texts_add(test->arena, &requirement->values, rows[i].values[k]);
		if (label_selector_matches(&selector, &labels) != rows[i].matches)
			test_fail(test, __FILE__, __LINE__, "row %zu", i);
	}
}
