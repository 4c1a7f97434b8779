#include "tests/unit/run_line.h"

#include "cmd/commands.h"
#include "cmd/program.h"

// The word with the test's directory in it.
static const char *expand(Test *test, const char *word)
{
	const char *at = strchr(word, '@');
	if (!at)
		return word;
	return arena_printf(test->arena, "%.*s%s%s", (int)(at - word), word, test_directory(test),
			    at + 1);
}

static void add_words(Test *test, const char *line, Texts *words)
{
	while (*line) {
		const size_t length = strcspn(line, " ");
		texts_add(test->arena, words,
			  expand(test, arena_strndup(test->arena, line, length)));
		line += length + (line[length] ? 1 : 0);
	}
}

RunResult run_line(Test *test, const char *line)
{
	Texts words = { 0 };
	add_words(test, "--config @/sdme.conf --datadir @/data", &words);
	add_words(test, line, &words);

	char *output = NULL, *messages = NULL;
	size_t output_length = 0, messages_length = 0;
	FILE *output_stream = open_memstream(&output, &output_length);
	FILE *messages_stream = open_memstream(&messages, &messages_length);
	RunResult result = { 0 };
	result.exit_status = program_run(&command_root, &words, output_stream, messages_stream);
	fclose(output_stream);
	fclose(messages_stream);
	result.output = arena_strdup(test->arena, output);
	result.messages = arena_strdup(test->arena, messages);
	free(output);
	free(messages);
	return result;
}
