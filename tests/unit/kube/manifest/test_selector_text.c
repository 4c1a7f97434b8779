#include "kube/manifest/selector_text.h"

#include "pkg/base/text.h"
#include "tests/unit/manifest.h"

// "app In web; tier NotIn a,b": what was understood.
static const char *understood(Test *test, const LabelSelector *selector)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < selector->match_expressions.count; i++) {
		const Requirement *requirement = &selector->match_expressions.items[i];
		buffer_printf(&text, "%s%s %s", i > 0 ? "; " : "", requirement->key,
			      requirement->operator);
		for (size_t k = 0; k < requirement->values.count; k++)
			buffer_printf(&text, "%s'%s'", k > 0 ? "," : " ",
				      requirement->values.items[k]);
	}
	return buffer_take(&text, test->arena);
}

TEST(selector_text_is_understood_as_by_kubectl)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "", "" },
		{ " \t", "" },
		{ "app=web", "app In 'web'" },
		{ "app==web", "app In 'web'" },
		{ "app!=web", "app NotIn 'web'" },
		{ " app = web , tier != back ", "app In 'web'; tier NotIn 'back'" },
		{ "app", "app Exists" },
		{ "!app", "app DoesNotExist" },
		{ "! app,b", "app DoesNotExist; b Exists" },
		{ "app in (a,b)", "app In 'a','b'" },
		{ "app in(a)", "app In 'a'" },
		{ "app notin ( a , b ),c", "app NotIn 'a','b'; c Exists" },
		{ "app in ()", "app In ''" },
		{ "app in (a,,b)", "app In 'a','','b'" },
		{ "app in (,)", "app In '',''" },
		{ "app=", "app In ''" },
		{ "app!=,b=c", "app NotIn ''; b In 'c'" },
		{ "rank>3,rank<10", "rank Gt '3'; rank Lt '10'" },
		{ "example.com/app=web", "example.com/app In 'web'" },
		// words that are operators elsewhere
		{ "in in (in,notin)", "in In 'in','notin'" },
		{ "notin=in", "notin In 'in'" },
		{ "inner=x,notinside", "inner In 'x'; notinside Exists" },
		{ "app=a,app=b", "app In 'a'; app In 'b'" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		LabelSelector selector = { 0 };
		CHECK(label_selector_parse(rows[i].text, test->arena, &selector, &test->error));
		CHECK_TEXT(understood(test, &selector), rows[i].want);
	}
}

TEST(selector_text_says_what_is_wrong)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ ",", "selector ',': ',' (character 1) is where a label's key should be" },
		{ "=b", "selector '=b': '=' (character 1) is where a label's key should be" },
		{ "a,", "selector 'a,': it ends where a label's key should be" },
		{ "!", "selector '!': it ends where a label's key should be" },
		{ "!!a", "selector '!!a': '!' (character 2) is where a label's key should be" },
		{ "!a=b", "selector '!a=b': '=' (character 3) is where ',' should be" },
		{ "a b", "selector 'a b': 'b' (character 3) is where ',', '=', '==', '!=', '<', "
			 "'>', 'in' or 'notin' should be" },
		{ "a IN (b)", "selector 'a IN (b)': 'IN' (character 3) is where ',', '=', '==', "
			      "'!=', '<', '>', 'in' or 'notin' should be" },
		{ "a in b", "selector 'a in b': 'b' (character 6) is where '(' should be" },
		{ "a in", "selector 'a in': it ends where '(' should be" },
		{ "a in (b", "selector 'a in (b': it ends where ',' or ')' should be" },
		{ "a in (b c)",
		  "selector 'a in (b c)': 'c' (character 9) is where ',' or ')' should be" },
		{ "a=b c", "selector 'a=b c': 'c' (character 5) is where ',' should be" },
		{ "a===b", "selector 'a===b': '=' (character 4) is where ',' should be" },
		{ "a=(b)", "selector 'a=(b)': '(' (character 3) is where ',' should be" },
		{ "a>b", "selector 'a>b': value: 'b' is not a whole number" },
		{ "a>", "selector 'a>': value: '' is not a whole number" },
		{ "/a", "selector '/a': key \"/a\": prefix part must be non-empty" },
		{ "a=-", "selector 'a=-': value \"-\": " FAULT_LABEL_VALUE },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		LabelSelector selector = { 0 };
		CHECK_ERROR(
			label_selector_parse(rows[i].text, test->arena, &selector, &test->error),
			rows[i].want);
	}
}
