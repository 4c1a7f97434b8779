#include "isolate/app/expand.h"

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

// A few lines of a manifest can ask for terabytes.
TEST(expand_does_not_go_on_for_ever)
{
	Pairs variables = { 0 };
	const char *value = "0123456789";
	for (int i = 0; i < 12; i++) {
		pairs_set(test->arena, &variables, "A", value);
		value = expand_text("$(A)$(A)$(A)$(A)$(A)$(A)$(A)$(A)$(A)$(A)", &variables,
				    test->arena);
	}
	// Too long for execve(2), and not much longer.
	CHECK(strlen(value) > 131072);
	CHECK(strlen(value) < 13ull * 131072);
}
