// tests/unit/test.h - unit tests that register themselves and print TAP.
// TEST(name) { … } in any file of tests/unit; CHECK and CHECK_TEXT report the first fault of a test and leave it.
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

// What a running test has: an arena of its own, an error to pass on, and a temporary directory (made on first use,
// removed afterwards).
typedef struct Test {
	const char *name;
	Arena *arena;
	Error error;
	bool has_failed;
	const char *skip_reason;
	char *directory;
} Test;

typedef void (*TestFunction)(Test *test);

void test_register(const char *file, const char *name, TestFunction function);
// An empty directory of this test's own.
const char *test_directory(Test *test);
void test_fail(Test *test, const char *file, int line, const char *format, ...) PRINTF(4, 5);

#define TEST(name)                                                                                 \
	static void test_##name(Test *test);                                                       \
	__attribute__((constructor)) static void register_##name(void)                             \
	{                                                                                          \
		test_register(__FILE__, #name, test_##name);                                       \
	}                                                                                          \
	static void test_##name(Test *test)

// Leaves the test as failed unless the condition holds; the message carries the test's error when one is set.
#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			test_fail(test, __FILE__, __LINE__, "%s", #condition);                     \
			return;                                                                    \
		}                                                                                  \
	} while (0)

#define CHECK_TEXT(got, want)                                                                      \
	do {                                                                                       \
		const char *got_ = (got), *want_ = (want);                                         \
		if (!got_ || strcmp(got_, want_) != 0) {                                           \
			test_fail(test, __FILE__, __LINE__, "%s\n  got:  %s\n  want: %s", #got,    \
				  got_ ? got_ : "(null)", want_);                                  \
			return;                                                                    \
		}                                                                                  \
	} while (0)

// The call fails, and its error reads exactly so. Clears the error for what follows.
#define CHECK_ERROR(call, text)                                                                    \
	do {                                                                                       \
		CHECK(!(call));                                                                    \
		CHECK_TEXT(test->error.message, text);                                             \
		error_clear(&test->error);                                                         \
	} while (0)

#define SKIP(reason)                                                                               \
	do {                                                                                       \
		test->skip_reason = (reason);                                                      \
		return;                                                                            \
	} while (0)

#endif
