// isolate/guest/app/record.h - what became of the application, kept in its status directory.
// KEY=VALUE lines, replaced by rename; isolate/app/record.h reads them on the host. The file outlives restarts of the
// unit and says how often, and how fast, the application may be started again.
#ifndef ISOLATE_GUEST_APP_RECORD_H
#define ISOLATE_GUEST_APP_RECORD_H

#include "isolate/guest/app/application.h"
#include "isolate/guest/base/failure.h"

// How one instance ended.
typedef struct Ending {
	bool exists;
	int exit_code;
	int signal;       // 0: it exited
	bool was_stopped; // somebody had asked it to end
	char reason[32];
	char message[256];
	int64_t started_us; // since 1970
	int64_t finished_us;
	bool has_partial_log; // its last lines may be missing
} Ending;

typedef enum RecordState {
	RECORD_WAITING,
	RECORD_RUNNING,
	RECORD_TERMINATED,
} RecordState;

typedef struct Record {
	RecordState state;
	uint32_t pid;          // RUNNING
	int64_t started_us;    // RUNNING
	int64_t waits_till_us; // WAITING
	Ending end; // TERMINATED: this instance; RUNNING: exists while the journal takes its last lines
	Ending last; // the one before
	uint64_t restarts;
	uint64_t backoff_ms; // what the next restart waits; 0: nothing
} Record;

// Reads the record of the application, in the state TERMINATED if there was an instance (one that was running then is
// lost: status 137), WAITING if not. A record of another identifier counts as none.
void record_load(int directory, const Application *application, Record *ret);
// What tells the host whether the application may be started again (isolate/machine/ending.h) is on disk when this returns.
void record_save(int directory, const Application *application, const Record *record);

// Microseconds since 1970 at which the next instance may start; 0: at once. Kubelet's rules: the first restart at once,
// the second one backoff_base after the end of its predecessor, doubled each time up to backoff_max; an instance that
// ran longer than backoff_reset starts afresh.
int64_t record_next_start(Record *record, const SpecHeader *header);
// The next instance starts now: counts it.
void record_count_start(Record *record, const SpecHeader *header);

void ending_set(Ending *ending, int exit_code, int signal, const char *reason);

#endif
