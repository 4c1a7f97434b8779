// isolate/journal/logs.h - the journals of machines: what their systemd says, and a copy of what their apps say.
// A machine's journald writes into DATADIR/containers/NAME/journal, so that it can be read while the machine runs and after
// it stopped, however it stopped. A LogSource is one voice: a unit, a whole machine, or a unit of the host. Several voices
// are merged by time. What containers wrote is complete in their logs alone (isolate/log/).
#ifndef ISOLATE_JOURNAL_LOGS_H
#define ISOLATE_JOURNAL_LOGS_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>

typedef struct LogSource {
	const char *directory; // of the machine's journal; NULL = the host's own journal
	const char *
		unit; // what its processes wrote to stdout and stderr, and what systemd says about it; NULL = everything
} LogSource;

VEC_DECLARE(LogSources, log_sources, LogSource);

#define LOG_TAIL_ALL UINT64_MAX

typedef struct LogOptions {
	bool is_for_terminal; // control characters are shown as \x1b instead of being obeyed
	uint64_t tail;        // this many last lines of all sources together; LOG_TAIL_ALL
	uint64_t since_us;    // entries before this moment (since the epoch) are left out; 0 = none
	bool follow;          // wait for more
} LogOptions;

// Takes output, whole lines. False ends logs_print without an error (nobody reads any more).
typedef bool LogOutput(const char *bytes, size_t length, void *context);

// Prints what the sources say, as journalctl does. A journal that does not exist yet is an empty one; with follow it is
// waited for. Fails: ERROR_INTERRUPTED (while following).
MUST_CHECK bool logs_print(const LogSource *sources, size_t count, const LogOptions *options,
			   LogOutput *output, void *context, Error *error);

#endif
