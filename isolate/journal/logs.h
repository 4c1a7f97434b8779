// isolate/journal/logs.h - what machines and their apps have said.
// A machine's journald writes into DATADIR/containers/NAME/journal, so its log can be read while it runs and after it
// stopped, however it stopped. A LogSource is one voice: an app, a unit, a whole machine. Several voices are merged by
// time; each has its own tail and its own prefix.
#ifndef ISOLATE_JOURNAL_LOGS_H
#define ISOLATE_JOURNAL_LOGS_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/sys/bus/bus.h"

#include <stdint.h>

typedef enum LogScope {
	LOG_SCOPE_APP,     // what the unit's processes wrote to stdout and stderr
	LOG_SCOPE_UNIT,    // that, and what systemd says about the unit: journalctl -u
	LOG_SCOPE_MACHINE, // everything in the journal
} LogScope;

// Which runs of a unit: every restart is a new one. Other than all goes with LOG_SCOPE_APP.
typedef enum LogInstance {
	LOG_INSTANCE_ALL,
	LOG_INSTANCE_CURRENT,  // the last one that was started
	LOG_INSTANCE_PREVIOUS, // the one before
} LogInstance;

typedef enum LogStream {
	LOG_STREAM_BOTH,
	LOG_STREAM_STDOUT,
	LOG_STREAM_STDERR,
} LogStream;

typedef struct LogSource {
	const char *directory; // of the machine's journal; NULL = the host's own journal
	const char *unit;      // NULL with LOG_SCOPE_MACHINE
	LogScope scope;
	LogInstance instance;
	bool is_waiting; // its newest run has not started the app yet: the one before counts as the last
	const char *prefix; // put before each line; "" = none
} LogSource;

VEC_DECLARE(LogSources, log_sources, LogSource);

typedef enum LogFormat {
	LOG_FORMAT_MESSAGE, // the line as the app wrote it
	LOG_FORMAT_SHORT,   // "Jan 31 12:00:00 web nginx[12]: line", as journalctl
} LogFormat;

#define LOG_TAIL_ALL UINT64_MAX

typedef struct LogOptions {
	LogFormat format;
	LogStream stream;
	bool has_timestamps; // LOG_FORMAT_MESSAGE: "2026-01-31T12:00:00.123456000Z " before each line
	bool is_for_terminal; // control characters are shown as \x1b instead of being obeyed
	uint64_t tail;        // this many last lines of each source; LOG_TAIL_ALL
	bool is_tail_of_all; // the tail counts over all sources together; not with LOG_INSTANCE_CURRENT
	uint64_t since_us;    // entries before this moment (since the epoch) are left out; 0 = none
	uint64_t limit_bytes; // stop after so many bytes; 0 = none
	bool follow;          // wait for more
	// With follow: a descriptor that becomes readable when no more will come (pidfd of the leader), or -1.
	int until_fd;
} LogOptions;

// Takes output, whole lines. False ends logs_print without an error (nobody reads any more).
typedef bool LogOutput(const char *bytes, size_t length, void *context);

// Prints what the sources say. A journal that does not exist yet is an empty one; with follow it is waited for.
// Without until_fd, following one LOG_INSTANCE_CURRENT source ends with that run of the unit, as kubectl logs -f does.
// Fails: ERROR_NOT_FOUND (LOG_INSTANCE_PREVIOUS, and there was none), ERROR_INTERRUPTED (while following).
MUST_CHECK bool logs_print(const LogSource *sources, size_t count, const LogOptions *options,
			   LogOutput *output, void *context, Error *error);

// The last `count` lines of the unit's last run, oldest first, safe for a terminal; for error messages. is_waiting: as in
// LogSource.
MUST_CHECK bool logs_last_lines(const char *directory, const char *unit, bool is_waiting,
				size_t count, Arena *arena, Texts *ret, Error *error);

// What following needs to know. ret_until_fd: the caller's; readable once the machine has stopped, -1 when it does not
// run. ret_is_live: more may come: the machine runs, and its unit `unit` (NULL = any) has not ended.
MUST_CHECK bool logs_find_end(Bus *bus, const char *machine, const char *unit, int *ret_until_fd,
			      bool *ret_is_live, Error *error);

#endif
