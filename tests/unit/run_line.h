// tests/unit/run_line.h - whole commands, as a user types them, with what they print.
#ifndef TESTS_UNIT_RUN_LINE_H
#define TESTS_UNIT_RUN_LINE_H

#include "tests/unit/test.h"

typedef struct RunResult {
	int exit_status;
	const char *output;
	const char *messages;
} RunResult;

// Runs sdme with the words of `line`, which single blanks separate; "@" in a word stands for the test's directory. The
// data directory is @/data, the configuration @/sdme.conf.
RunResult run_line(Test *test, const char *line);

// The command ends with this status and prints exactly these texts.
#define CHECK_RUN(line, status, want_output, want_messages)                                        \
	do {                                                                                       \
		const RunResult result_ = run_line(test, (line));                                  \
		CHECK_TEXT(result_.messages, (want_messages));                                     \
		CHECK_TEXT(result_.output, (want_output));                                         \
		CHECK(result_.exit_status == (status));                                            \
	} while (0)

#endif
