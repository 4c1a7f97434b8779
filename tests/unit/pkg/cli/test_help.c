#include "pkg/cli/help.h"

#include "pkg/cli/completion.h"
#include "pkg/cli/prose.h"
#include "tests/unit/golden.h"
#include "tests/unit/sample_commands.h"

static const Command *find(const char *name)
{
	return command_find(&sample_root, name);
}

TEST(help_golden)
{
	const Command *apply = command_find(find("kube"), "apply");
	CLEANUP_BUFFER text = { 0 };
	help_print(&sample_root, &sample_root, "sample", /* is_long= */ false, &text);
	CHECK_GOLDEN("tests/golden/cli/sample-help-short.txt", buffer_take(&text, test->arena));
	help_print(&sample_root, apply, "sample kube apply", /* is_long= */ true, &text);
	CHECK_GOLDEN("tests/golden/cli/sample-kube-apply-help.txt",
		     buffer_take(&text, test->arena));
	help_print(&sample_root, find("exec"), "sample exec", /* is_long= */ false, &text);
	CHECK_GOLDEN("tests/golden/cli/sample-exec-help-short.txt",
		     buffer_take(&text, test->arena));
}

TEST(man_golden)
{
	const Command *apply = command_find(find("kube"), "apply");
	CLEANUP_BUFFER text = { 0 };
	man_print(&sample_root, &sample_root, "sample", &text);
	CHECK_GOLDEN("tests/golden/cli/sample.1", buffer_take(&text, test->arena));
	man_print(&sample_root, apply, "sample kube apply", &text);
	CHECK_GOLDEN("tests/golden/cli/sample-kube-apply.1", buffer_take(&text, test->arena));
}

TEST(reference_golden)
{
	CLEANUP_BUFFER text = { 0 };
	reference_print(&sample_root, &text);
	CHECK_GOLDEN("tests/golden/cli/sample.md", buffer_take(&text, test->arena));
	introspection_print(&sample_root, &text);
	CHECK_GOLDEN("tests/golden/cli/sample.json", buffer_take(&text, test->arena));
}

TEST(completion_golden)
{
	CLEANUP_BUFFER text = { 0 };
	for (unsigned shell = 0; shell < SHELL_COUNT; shell++) {
		completion_print(&sample_root, (Shell)shell, &text);
		CHECK_GOLDEN(
			arena_printf(test->arena, "tests/golden/cli/sample.%s", shell_words[shell]),
			buffer_take(&text, test->arena));
	}
}

TEST(prose_takes_essays_apart)
{
	const Prose prose = prose_parse("one\ntwo\n  code\n    more\n\n\nlast", test->arena);
	CHECK(prose.count == 3);
	CHECK_TEXT(prose.items[0].lines.items[0], "one two");
	CHECK(prose.items[1].is_literal && prose.items[1].lines.count == 2);
	CHECK_TEXT(prose.items[1].lines.items[1], "  more");
	CHECK_TEXT(prose.items[2].lines.items[0], "last");
}

TEST(prose_wraps_at_the_width)
{
	CLEANUP_BUFFER text = { 0 };
	prose_wrap(&text, "aaa bbb ccc", 4, 2, 11);
	CHECK_TEXT(buffer_text(&text), "aaa bbb\n  ccc\n");
}
