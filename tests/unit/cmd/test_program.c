#include "cmd/program.h"

#include "cmd/commands.h"
#include "pkg/base/text.h"
#include "pkg/cli/command_line.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>

typedef struct Result {
	int exit_status;
	const char *output;
	const char *messages;
} Result;

// Runs a program with the words, which single blanks separate; "@" stands for the test's directory.
static Result run_tree(Test *test, const Command *root, const char *line)
{
	Texts words = { 0 };
	while (*line) {
		const size_t length = strcspn(line, " ");
		const char *word = arena_strndup(test->arena, line, length);
		const char *at = strchr(word, '@');
		if (at)
			word = arena_printf(test->arena, "%.*s%s%s", (int)(at - word), word,
					    test_directory(test), at + 1);
		texts_add(test->arena, &words, word);
		line += length + (line[length] ? 1 : 0);
	}
	char *output = NULL, *messages = NULL;
	size_t lengths[2];
	FILE *output_stream = open_memstream(&output, &lengths[0]);
	FILE *messages_stream = open_memstream(&messages, &lengths[1]);
	Result result = { .exit_status =
				  program_run(root, &words, output_stream, messages_stream) };
	fclose(output_stream);
	fclose(messages_stream);
	result.output = arena_strdup(test->arena, output);
	result.messages = arena_strdup(test->arena, messages);
	free(output);
	free(messages);
	return result;
}

static Result run(Test *test, const char *line)
{
	return run_tree(test, &command_root, line);
}

TEST(program_version_and_help)
{
	Result result = run(test, "--version");
	CHECK(result.exit_status == 0);
	CHECK_TEXT(result.output, "sdme " SDME_VERSION "\n");

	result = run(test, "help config set");
	CHECK(result.exit_status == 0);
	CHECK(text_starts_with(result.output, "Change a setting.\n"));
	CHECK_TEXT(result.messages, "");

	result = run(test, "config");
	CHECK(result.exit_status == 2);
	CHECK_TEXT(result.output, "");
	CHECK(text_starts_with(result.messages, "Show and change the settings.\n"));
}

TEST(program_usage_errors_end_with_2)
{
	const Result result = run(test, "config gte");
	CHECK(result.exit_status == 2);
	CHECK_TEXT(
		result.messages,
		"Error: unknown command 'gte', did you mean 'get'? (see 'sdme config --help')\n");
}

TEST(program_failures_end_with_1)
{
	Result result = run(test, "--config @/c config get colour");
	CHECK(result.exit_status == 1);
	CHECK_TEXT(result.messages, "Error: unknown setting 'colour'\n");

	CHECK(file_replace_volatile(AT_FDCWD,
				    arena_printf(test->arena, "%s/c", test_directory(test)),
				    "\n a == 1\n", 9, 0644, &test->error));
	result = run(test, "--config @/c config get");
	CHECK(result.exit_status == 1);
	CHECK_TEXT(result.messages, arena_printf(test->arena, "Error: %s/c:2:5: expected a value\n",
						 test_directory(test)));
}

TEST(program_config_set_and_get)
{
	if (geteuid() != 0)
		SKIP("config set needs root");
	Result result = run(test, "--config @/c config set boot_timeout 90");
	CHECK(result.exit_status == 0);
	CHECK_TEXT(result.messages, "");
	result = run(test, "--config @/c config get boot_timeout");
	CHECK_TEXT(result.output, "90\n");
	result = run(test, "--config @/c config set boot_timeout 60");
	CHECK_TEXT(result.messages, "'boot_timeout' is back to its default, '60'\n");
	result = run(test, "--config @/c config get --json");
	CHECK(text_starts_with(
		result.output,
		"[{\"key\":\"interactive\",\"value\":\"yes\",\"default\":\"yes\"},"));
}

TEST(program_completes_names)
{
	CHECK(file_make_directories(AT_FDCWD,
				    arena_printf(test->arena, "%s/state/web", test_directory(test)),
				    0755, &test->error));
	Result result = run(test, "--config @/c --datadir @ __complete machines");
	CHECK_TEXT(result.output, "web\n");
	result = run(test, "--config @/c --datadir @ __complete secrets");
	CHECK_TEXT(result.output, "");
	CHECK(result.exit_status == 0);
	CHECK_TEXT(result.messages, "");
}

TEST(program_reports_a_full_disk)
{
	FILE *full = fopen("/dev/full", "we");
	if (!full)
		SKIP("no /dev/full");
	char *messages = NULL;
	size_t length = 0;
	FILE *messages_stream = open_memstream(&messages, &length);
	Texts words = { 0 };
	texts_add(test->arena, &words, "--version");
	const int exit_status = program_run(&command_root, &words, full, messages_stream);
	fclose(full);
	fclose(messages_stream);
	const char *text = arena_strdup(test->arena, messages);
	free(messages);
	CHECK(exit_status == 1);
	CHECK_TEXT(text, "Error: write to standard output: No space left on device\n");
}

// --- a tree whose commands end in each way

static bool run_interrupted(const CommandContext *context, int *exit_status, Error *error)
{
	(void)context;
	(void)exit_status;
	return error_set(error, ERROR_INTERRUPTED, "while waiting");
}

static bool run_child(const CommandContext *context, int *exit_status, Error *error)
{
	(void)error;
	fprintf(context->output, "%s\n", context->path);
	*exit_status = 7;
	return true;
}

static bool run_report(const CommandContext *context, int *exit_status, Error *error)
{
	(void)context;
	(void)exit_status;
	return error_set(error, ERROR_INVALID, "a.yaml:1:2: first\na.yaml:3:4: second");
}

static const Command interrupted = { .name = "interrupted",
				     .summary = "S",
				     .run = run_interrupted };
static const Command child = { .name = "child", .summary = "S", .run = run_child };
static const Command report = { .name = "report", .summary = "S", .run = run_report };
static const Command rooted = {
	.name = "rooted", .summary = "S", .run = run_child, .needs_root = true
};
static const Command *const endings[] = { &interrupted, &child, &report, &rooted, NULL };
static const Command endings_root = {
	.name = "endings",
	.summary = "S",
	.options = global_options,
	.option_count = GLOBAL_OPTION_COUNT,
	.options_size = sizeof(GlobalOptions),
	.subcommands = endings,
};

TEST(program_exit_status)
{
	Result result = run_tree(test, &endings_root, "interrupted --config @/c");
	CHECK(result.exit_status == 130);
	CHECK_TEXT(result.messages, "interrupted, exiting\n");

	result = run_tree(test, &endings_root, "child --config @/c");
	CHECK(result.exit_status == 7);
	CHECK_TEXT(result.output, "endings child\n");

	result = run_tree(test, &endings_root, "report --config @/c");
	CHECK(result.exit_status == 1);
	CHECK_TEXT(result.messages, "Error: a.yaml:1:2: first\na.yaml:3:4: second\n");

	result = run_tree(test, &endings_root, "child --config @/c --datadir x");
	CHECK(result.exit_status == 2);
	CHECK_TEXT(result.messages,
		   "Error: --datadir: 'x' is not an absolute path (see 'endings child --help')\n");
}

TEST(program_refuses_users_where_root_is_needed)
{
	if (geteuid() == 0)
		SKIP("runs as root");
	const Result result = run_tree(test, &endings_root, "rooted --config @/c");
	CHECK(result.exit_status == 1);
	CHECK_TEXT(result.messages, "Error: 'endings rooted' must be run as root\n");
}
