// pkg/base/base.h - the few words that every file of the tree uses: attributes, counts, hand-over of descriptors.
// Compiler extensions appear here and nowhere else.
#ifndef PKG_BASE_BASE_H
#define PKG_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>

// The caller must look at the result: a `false` carries an Error that nobody else reports.
#define MUST_CHECK __attribute__((warn_unused_result))

// The argument number `format` is a printf format for the arguments from number `first` on.
#define PRINTF(format_index, first_index) __attribute__((format(printf, format_index, first_index)))

// Calls `function(&variable)` when the variable goes out of scope.
#define CLEANUP(function) __attribute__((cleanup(function)))

#define NORETURN __attribute__((noreturn))

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Bytes that a decimal number of `type` takes, sign and NUL included.
#define DECIMAL_MAX(type) (3 * sizeof(type) + 2)

// Takes the descriptor out of a CLEANUP_FD variable: the caller owns it from here on.
static inline int steal_fd(int *fd)
{
	const int taken = *fd;
	*fd = -1;
	return taken;
}

#endif
