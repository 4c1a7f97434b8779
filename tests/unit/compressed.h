// tests/unit/compressed.h - compressed bytes made for a test.
#ifndef TESTS_UNIT_COMPRESSED_H
#define TESTS_UNIT_COMPRESSED_H

#include "pkg/base/text.h"
#include "pkg/sys/stream/inflate.h"
#include "tests/unit/test.h"

// Appends the bytes to *ret as one gzip member or zstd frame.
void add_compressed(Test *test, Compression compression, const void *bytes, size_t length,
		    Buffer *ret);
// The same as a zstd frame that needs a window of so many bytes (as a logarithm), however few there are.
void add_long_frame(const void *bytes, size_t length, int window_log, Buffer *ret);

#endif
