#include "cmd/commands.h"
#include "pkg/base/text.h"
#include "pkg/cli/command_line.h"
#include "store/state/config.h"
#include "tests/unit/sample_commands.h"
#include "tests/unit/test.h"

static void check_tree(Test *test, const Command *root)
{
	Texts faults = { 0 };
	command_check(root, test->arena, &faults);
	for (size_t i = 0; i < faults.count; i++)
		test_fail(test, __FILE__, __LINE__, "%s", faults.items[i]);
}

TEST(command_check_accepts_the_commands_of_sdme)
{
	check_tree(test, &command_root);
}

TEST(command_check_accepts_the_sample)
{
	check_tree(test, &sample_root);
}

TEST(command_check_default_config_path_is_that_of_the_store)
{
	CHECK_TEXT(command_find_option(&command_root, "config")->default_text, CONFIG_PATH);
}

typedef struct BadOptions {
	bool flag;
	uint64_t timeout_ms;
	const char *text;
} BadOptions;

static bool run_nothing(const CommandContext *context, int *exit_status, Error *error)
{
	(void)context;
	(void)exit_status;
	(void)error;
	return true;
}

TEST(command_check_finds_faults)
{
	static const Option options[] = {
		OPT_FLAG(BadOptions, flag, "flag", 'f', "no capital"),
		OPT_FLAG(BadOptions, flag, "flag", 'f', "Twice"),
		OPT_FLAG(BadOptions, flag, "quiet", 'v', "Hides global ones"),
		OPT_DURATION(BadOptions, timeout_ms, "timeout", 0, "TIME", "A bad default",
			     .default_text = "soon"),
		OPT_STRING(BadOptions, text, "Text", 0, NULL, COMPLETE_NONE, "",
			   .takes_word = true),
	};
	static const Positional positionals[] = {
		{ "MANY", 0, POSITIONAL_MANY, COMPLETE_NONE, "Too early", NULL },
		{ "last", 1, 1, COMPLETE_NONE, "Full stop.", NULL },
	};
	static const Command bad = {
		.name = "Bad",
		.summary = "it is bad.",
		OPTIONS(BadOptions, options),
		POSITIONALS(positionals),
		.run = run_nothing,
	};
	static const Command empty = { .name = "empty",
				       .summary = "Neither run nor group",
				       .description = "x" };
	static const Command *const commands[] = { &bad, &empty, &empty, NULL };
	const Command root = {
		.name = "root",
		.summary = "Root",
		.description = "Root.",
		.options = global_options,
		.option_count = GLOBAL_OPTION_COUNT,
		.options_size = sizeof(GlobalOptions),
		.subcommands = commands,
	};
	static const char *const wanted[] = {
		"root: 'empty' is there twice",
		"root Bad: the name is not lower case",
		"root Bad: the command: help starts with a capital and has no full stop: 'it is bad.'",
		"root Bad: no description",
		"root Bad: --flag: help starts with a capital and has no full stop: 'no capital'",
		"root Bad: --flag is there twice",
		"root Bad: -f is there twice",
		"root Bad: --quiet is there twice",
		"root Bad: -v is there twice",
		"root Bad: timeout: 'soon' is not a time like 30s or 5m",
		"root Bad: --Text is not lower case",
		"root Bad: --Text: flags have no value, others need its name",
		"root Bad: --Text: takes_word needs implied_value",
		"root Bad: --Text has no help",
		"root Bad: last is not upper case",
		"root Bad: MANY cannot be told from its neighbour",
		"root Bad: last cannot be told from its neighbour",
		"root empty: needs either run or subcommands",
	};
	Texts faults = { 0 };
	command_check(&root, test->arena, &faults);
	for (size_t i = 0; i < COUNT(wanted); i++) {
		if (!texts_contain(&faults, wanted[i]))
			test_fail(test, __FILE__, __LINE__, "not found: %s", wanted[i]);
	}
}
