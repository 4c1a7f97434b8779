#include "pkg/cli/batch.h"

#include "pkg/base/text.h"
#include "pkg/cli/message.h"
#include "tests/unit/test.h"

static Texts texts_of(Test *test, const char *const *items)
{
	Texts texts = { 0 };
	for (size_t i = 0; items[i]; i++)
		texts_add(test->arena, &texts, items[i]);
	return texts;
}

// Two streams in memory.
typedef struct Streams {
	char *output;
	char *messages;
	size_t lengths[2];
	FILE *output_stream;
	FILE *messages_stream;
} Streams;

static void streams_open(Streams *streams)
{
	streams->output_stream = open_memstream(&streams->output, &streams->lengths[0]);
	streams->messages_stream = open_memstream(&streams->messages, &streams->lengths[1]);
}

static void streams_finish(Test *test, Streams *streams)
{
	fclose(streams->output_stream);
	fclose(streams->messages_stream);
	char *output = streams->output, *messages = streams->messages;
	streams->output = arena_strdup(test->arena, output);
	streams->messages = arena_strdup(test->arena, messages);
	free(output);
	free(messages);
}

static bool stop(const CommandContext *context, const char *name, void *data, Error *error)
{
	(void)context;
	if (text_equal(name, "bad"))
		return error_set(error, ERROR_FAILED, "it will not\x1b end");
	if (text_equal(name, "signal"))
		return error_set(error, ERROR_INTERRUPTED, "interrupted");
	(*(int *)data)++;
	return true;
}

static const BatchVerb verb = { "stopping", "stopped", "containers" };

TEST(batch_goes_on_after_a_failure)
{
	Streams streams = { 0 };
	streams_open(&streams);
	const CommandContext context = { .output = streams.output_stream,
					 .messages = streams.messages_stream };
	const Texts names = texts_of(test, (const char *const[]){ "web", "bad", "db", NULL });
	int stopped = 0;
	const bool is_done = batch_run(&context, &verb, &names, stop, &stopped, &test->error);
	streams_finish(test, &streams);

	CHECK_ERROR(is_done, "some containers could not be stopped");
	CHECK(stopped == 2);
	CHECK_TEXT(streams.output, "web\ndb\n");
	CHECK_TEXT(streams.messages, "stopping 'web'\n"
				     "stopping 'bad'\n"
				     "error: bad: it will not\\x1b end\n"
				     "stopping 'db'\n");
}

TEST(batch_ends_at_a_signal)
{
	Streams streams = { 0 };
	streams_open(&streams);
	const CommandContext context = { .output = streams.output_stream,
					 .messages = streams.messages_stream };
	const Texts names = texts_of(test, (const char *const[]){ "web", "signal", "db", NULL });
	int stopped = 0;
	const bool is_done = batch_run(&context, &verb, &names, stop, &stopped, &test->error);
	streams_finish(test, &streams);

	CHECK(!is_done && test->error.code == ERROR_INTERRUPTED);
	CHECK_TEXT(streams.output, "web\n");
	error_clear(&test->error);
}

static bool start_all(const CommandContext *context, const Texts *names, void *data,
		      Error *ret_failures, Error *error)
{
	fprintf(context->messages, "now\n");
	for (size_t i = 0; i < names->count; i++) {
		if (text_equal(names->items[i], "signal"))
			return error_set(error, ERROR_INTERRUPTED, "interrupted");
		if (!stop(context, names->items[i], data, &ret_failures[i]))
			continue;
	}
	return true;
}

static bool run_together(Test *test, const Texts *names, Streams *streams)
{
	int started = 0;
	streams_open(streams);
	const CommandContext context = { .output = streams->output_stream,
					 .messages = streams->messages_stream,
					 .arena = test->arena };
	const bool is_done =
		batch_run_together(&context, &verb, names, start_all, &started, &test->error);
	streams_finish(test, streams);
	return is_done;
}

TEST(batch_does_all_together_and_tells_of_each)
{
	Streams streams = { 0 };
	const Texts names = texts_of(test, (const char *const[]){ "web", "bad", "db", NULL });
	CHECK_ERROR(run_together(test, &names, &streams), "some containers could not be stopped");
	CHECK_TEXT(streams.output, "web\ndb\n");
	CHECK_TEXT(streams.messages, "stopping 'web'\n"
				     "stopping 'bad'\n"
				     "stopping 'db'\n"
				     "now\n"
				     "error: bad: it will not\\x1b end\n");

	const Texts cut = texts_of(test, (const char *const[]){ "signal", "db", NULL });
	CHECK(!run_together(test, &cut, &streams) && test->error.code == ERROR_INTERRUPTED);
	CHECK_TEXT(streams.output, "");
	error_clear(&test->error);
}

TEST(name_resolve_exact_prefix_ambiguous)
{
	const Texts names =
		texts_of(test, (const char *const[]){ "worker", "web", "web-2", "db", NULL });
	const char *name = NULL;
	CHECK(name_resolve("web", "container", &names, test->arena, &name, &test->error));
	CHECK_TEXT(name, "web");
	CHECK(name_resolve("d", "container", &names, test->arena, &name, &test->error));
	CHECK_TEXT(name, "db");
	CHECK_ERROR(name_resolve("x", "container", &names, test->arena, &name, &test->error),
		    "no container found matching 'x'");
	CHECK_ERROR(name_resolve("", "container", &names, test->arena, &name, &test->error),
		    "no container found matching ''");
	CHECK_ERROR(name_resolve("w", "container", &names, test->arena, &name, &test->error),
		    "ambiguous name 'w', could match: web, web-2, worker");

	Texts resolved = { 0 };
	const Texts asked = texts_of(test, (const char *const[]){ "d", "web", "db", NULL });
	CHECK(name_resolve_all(&asked, "container", &names, test->arena, &resolved, &test->error));
	CHECK(resolved.count == 2);
	CHECK_TEXT(resolved.items[1], "web");
}

TEST(message_has_place_and_lines)
{
	Streams streams = { 0 };
	streams_open(&streams);
	CLEANUP_ERROR error = { 0 };
	error_set_at(&error, (SourcePos){ "a.yaml", 3, 7 }, "first\nsecond \x07");
	message_print_error(streams.messages_stream, "Error: ", &error);
	message_print(streams.messages_stream, "Warning: ", "careful\n");
	streams_finish(test, &streams);
	CHECK_TEXT(streams.messages, "Error: a.yaml:3:7: first\nsecond \\x07\nWarning: careful\n");
}
