#include "isolate/journal/run.h"
#include "tests/unit/test.h"

#include <string.h>

static LogMark mark(const char *invocation, const char *stream, uint64_t time_us)
{
	LogMark made = { .time_us = time_us };
	memcpy(made.invocation.text, invocation, strlen(invocation));
	memcpy(made.stream.text, stream, strlen(stream));
	return made;
}

// Entries are given as they are met: the newest first.
static bool take(LogRun *run, const char *invocation, const char *stream, uint64_t time_us)
{
	const LogMark one = mark(invocation, stream, time_us);
	return log_run_take(run, &one);
}

TEST(log_run_of_an_app_that_lived)
{
	LogRun run = { 0 };
	CHECK(take(&run, "b", "", 9)); // "Deactivated"
	CHECK(take(&run, "b", "B", 8));
	CHECK(take(&run, "b", "B", 7));
	CHECK(take(&run, "b", "", 6));  // "Started"
	CHECK(!take(&run, "a", "", 5)); // "Deactivated", of the run before
	CHECK_TEXT(run.invocation.text, "b");
	CHECK_TEXT(run.stream.text, "B");
	CHECK(run.first_us == 6);
}

TEST(log_run_of_an_app_that_died_before_journald_looked)
{
	LogRun run = { 0 };
	CHECK(take(&run, "b", "", 9));
	CHECK(take(&run, "", "B", 8));
	CHECK(take(&run, "", "B", 7));
	CHECK(take(&run, "b", "", 6));
	CHECK(!take(&run, "", "A", 5));
	CHECK_TEXT(run.invocation.text, "b");
	CHECK_TEXT(run.stream.text, "B");
}

TEST(log_run_without_words_of_systemd)
{
	LogRun run = { 0 };
	CHECK(take(&run, "", "B", 8));
	CHECK(!take(&run, "", "A", 5));
	CHECK_TEXT(run.stream.text, "B");
}

TEST(log_run_that_wrote_nothing)
{
	LogRun run = { 0 };
	CHECK(take(&run, "b", "", 9));  // "Started"
	CHECK(!take(&run, "a", "", 8)); // "Scheduled restart job"
	CHECK_TEXT(run.invocation.text, "b");
	CHECK_TEXT(run.stream.text, "");
	CHECK(run.first_us == 9);
}
