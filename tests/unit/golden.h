// tests/unit/golden.h - texts that are compared with a file of the repository, whole.
// `make golden` (SDME_GOLDEN=write) rewrites the files; the difference shows in `git diff`.
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

#include "tests/unit/test.h"

// True when the file at `path` (from the root of the repository) holds exactly `text`. Otherwise says in which line they
// part. With SDME_GOLDEN=write the file is written, and the answer is true.
bool golden_compare(Test *test, const char *path, const char *text);

#define CHECK_GOLDEN(path, text)                                                                   \
	do {                                                                                       \
		if (!golden_compare(test, (path), (text))) {                                       \
			test->has_failed = true;                                                   \
			return;                                                                    \
		}                                                                                  \
	} while (0)

#endif
