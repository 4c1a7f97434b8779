#include "isolate/expand.h"

#include "tests/unit/test.h"

// Cases of k8s.io/kubernetes third_party/forked/golang/expansion/expand_test.go, and ours.
TEST(expand_follows_kubernetes)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "$(VAR_A)", "A" },
		{ "___$(VAR_B)___", "___B___" },
		{ "$(VAR_A)-$(VAR_B)", "A-B" },
		{ "$(VAR_A)$(VAR_A)", "AA" },
		{ "$(MISSING)", "$(MISSING)" },
		{ "$$(VAR_A)", "$(VAR_A)" },
		{ "$$$(VAR_A)", "$A" },
		{ "$$$$(VAR_A)", "$$(VAR_A)" },
		{ "$VAR_A", "$VAR_A" },
		{ "${VAR_A}", "${VAR_A}" },
		{ "$", "$" },
		{ "$$", "$" },
		{ "a$", "a$" },
		{ "$(", "$(" },
		{ "$(VAR_A", "$(VAR_A" },
		{ "$()", "$()" },
		{ "$(VAR_REF)", "$(VAR_A)" },
		{ "f000-$(VAR_A", "f000-$(VAR_A" },
		{ "$(VAR_EMPTY)!", "!" },
		{ "100% 'x' \"y\"\n$(VAR_A)", "100% 'x' \"y\"\nA" },
		{ "\\$(VAR_A)", "\\A" },
		{ "", "" },
	};
	Pairs variables = { 0 };
	pairs_set(test->arena, &variables, "VAR_A", "A");
	pairs_set(test->arena, &variables, "VAR_B", "B");
	pairs_set(test->arena, &variables, "VAR_REF", "$(VAR_A)");
	pairs_set(test->arena, &variables, "VAR_EMPTY", "");
	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_TEXT(expand_text(cases[i].text, &variables, test->arena), cases[i].want);
}
