// isolate/log/logs.h - what containers have written, from their logs on disk (isolate/guest/log_format.h).
// The log of an instance is complete when it is said to have ended. Several containers are merged by time; each has its
// own tail and its own prefix. Machines run by their own will: what they left for a log may be anything, and is read as
// bytes, never trusted.
#ifndef ISOLATE_LOG_LOGS_H
#define ISOLATE_LOG_LOGS_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>

// What is missing of a log.
typedef struct AppLogFindings {
	bool is_missing;       // there is no such instance
	bool has_no_beginning; // what was asked for begins before the oldest line that is kept
	uint64_t lost;         // lines that could not be written: the disk was full
	uint64_t damaged;      // lines that are none
} AppLogFindings;

typedef struct AppLogSource {
	const char *directory;   // of the container's log
	uint64_t back;           // 0: the newest instance; 1: the one before
	const char *prefix;      // put before each line; "" = none
	AppLogFindings findings; // set by app_logs_print
} AppLogSource;
VEC_DECLARE(AppLogSources, app_log_sources, AppLogSource);

typedef enum AppLogStreams {
	APP_LOG_STREAMS_ALL,
	APP_LOG_STREAMS_STDOUT,
	APP_LOG_STREAMS_STDERR,
} AppLogStreams;

#define APP_LOG_TAIL_ALL UINT64_MAX

typedef struct AppLogOptions {
	AppLogStreams streams;
	bool has_timestamps;  // "2026-01-31T12:00:00.123456000Z " before each line
	bool is_for_terminal; // control characters are shown as \x1b instead of being obeyed
	uint64_t tail;        // this many last lines of each source; APP_LOG_TAIL_ALL
	uint64_t since_us;    // lines before this moment (since the epoch) are left out; 0 = none
	uint64_t limit_bytes; // stop after so many bytes; 0 = none
	bool follow;          // wait for more until the instances have ended
} AppLogOptions;

// Takes output. False ends app_logs_print without an error (nobody reads any more).
typedef bool AppLogOutput(const char *bytes, size_t length, void *context);

// Prints what the containers wrote, byte by byte: an end without a newline has none. One that has no log is silent.
// Fails with ERROR_INTERRUPTED (while following).
MUST_CHECK bool app_logs_print(AppLogSources *sources, const AppLogOptions *options,
			       AppLogOutput *output, void *context, Error *error);

// The last `count` lines of the newest instance, oldest first, safe for a terminal; for error messages.
MUST_CHECK bool app_logs_last_lines(const char *directory, size_t count, Arena *arena, Texts *ret,
				    Error *error);

#endif
