// isolate/app/record.h - what became of an application, as sdme-isolate wrote it down.
// The file SPEC_STATUS_RECORD in the application's status directory; replaced by rename at every change of state.
#ifndef ISOLATE_APP_RECORD_H
#define ISOLATE_APP_RECORD_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

#include <stdint.h>

typedef enum AppState {
	APP_STATE_WAITING, // not started yet, or backing off
	APP_STATE_RUNNING,
	APP_STATE_TERMINATED,
} AppState;

// How one instance ended.
typedef struct AppEnd {
	int exit_code;       // 0..255; 128 + signal_number when a signal ended it
	int signal_number;   // 0 when it exited
	const char *reason;  // Completed, Error, OOMKilled, StartError, ContainerStatusUnknown
	const char *message; // of a StartError; ""
	bool was_stopped;    // somebody had asked it to end
	int64_t started_us;  // microseconds since 1970; 0: never
	int64_t finished_us;
	bool has_partial_log; // journald failed, or sdme-isolate: last lines may be missing
} AppEnd;

typedef struct AppRecord {
	AppState state;
	const char *identifier; // AppSpec.identifier
	const char *reason;     // waiting: CrashLoopBackOff
	uint32_t pid;           // running: as the machine numbers it
	int64_t started_us;     // running
	bool is_ending;         // running: it has ended, and journald is taking its last lines
	AppEnd end;             // terminated, ending
	bool has_last;          // there was an instance before
	AppEnd last;            // the one before
	uint32_t restarts;
	uint64_t backoff_ms;      // the delay that the next restart will take
	int64_t backoff_until_us; // waiting: when it ends
} AppRecord;

// Words of the line STATE=. The second one takes the place of the first when the machine has died: terminated, by that.
#define APP_STATE_WORD_RUNNING "running"
#define APP_STATE_WORD_LOST    "lost"

// Understands the text of a record. Fails with ERROR_INVALID.
MUST_CHECK bool app_record_parse(const char *text, Arena *arena, AppRecord *ret, Error *error);
// What was running has ended, and nobody knows how.
void app_record_end_lost(AppRecord *record);

#endif
