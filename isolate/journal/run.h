// isolate/journal/run.h - which journal entries make one run of a unit. Private to the logs.
// systemd gives each run an invocation id, and journald each run's stdout a stream id. journald learns the invocation
// from the living process, so the lines of an app that dies at once lack it; they always have the stream. systemd's own
// words about the unit have the invocation only. So a run is known by either, put together while walking back.
#ifndef ISOLATE_JOURNAL_RUN_H
#define ISOLATE_JOURNAL_RUN_H

#include "pkg/sys/journal.h"

// 128 bits in hexadecimal; "" = not known.
typedef struct LogId {
	char text[33];
} LogId;

typedef struct LogRun {
	LogId invocation;
	LogId stream;      // "" = has not written anything
	uint64_t first_us; // of the oldest entry that was looked at
} LogRun;

// What one entry says.
typedef struct LogMark {
	LogId invocation;
	LogId stream; // "" in systemd's words
	uint64_t time_us;
} LogMark;

// Adds the next older entry to the run, unless it belongs to an earlier one: then false. An empty run takes any.
bool log_run_take(LogRun *run, const LogMark *mark);

// Finds the last run of the unit (newer 0), or the one before (newer 1). *ret_found: there is one. Leaves the journal
// without matches.
MUST_CHECK bool log_run_find(Journal *journal, const char *unit, unsigned newer, LogRun *ret,
			     bool *ret_found, Error *error);

#endif
