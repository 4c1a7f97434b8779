#include "pkg/cli/confirm.h"

#include "tests/unit/test.h"

static bool ask(Test *test, bool is_interactive, const char *answer, const char **ret_shown)
{
	char *shown = NULL;
	size_t length = 0;
	FILE *messages = open_memstream(&shown, &length);
	FILE *input = tmpfile();
	fputs(answer, input);
	rewind(input);
	const CommandContext context = { .messages = messages, .is_interactive = is_interactive };
	const bool is_yes =
		confirm(&context, input, "remove 3 containers?", "--force", &test->error);
	fclose(input);
	fclose(messages);
	*ret_shown = arena_strdup(test->arena, shown);
	free(shown);
	return is_yes;
}

TEST(confirm_takes_yes_only)
{
	const char *shown = NULL;
	CHECK(ask(test, true, "y\n", &shown));
	CHECK_TEXT(shown, "remove 3 containers? [y/N] ");
	CHECK(ask(test, true, "yes\n", &shown));
	CHECK_ERROR(ask(test, true, "\n", &shown), "not confirmed");
	CHECK_ERROR(ask(test, true, "Y es\n", &shown), "not confirmed");
	CHECK_ERROR(ask(test, true, "", &shown), "not confirmed");
}

TEST(confirm_needs_somebody_to_ask)
{
	const char *shown = NULL;
	CHECK_ERROR(ask(test, false, "y\n", &shown),
		    "remove 3 containers? nobody can be asked; use --force");
	CHECK_TEXT(shown, "");
}
