// pkg/sys/bus/job.h - jobs of a systemd manager: start, stop, restart, one unit or a hundred at once.
// Everything works the same for the host's manager (bus_open_system) and for a machine's (bus_open_machine). The end
// of a job is a signal (JobRemoved); nothing polls.
// Spec: https://www.freedesktop.org/software/systemd/man/252/org.freedesktop.systemd1.html
#ifndef PKG_SYS_BUS_JOB_H
#define PKG_SYS_BUS_JOB_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/sys/bus/bus.h"

#include <stdint.h>

typedef enum JobVerb {
	JOB_VERB_START,
	JOB_VERB_STOP,
	JOB_VERB_RESTART,
	JOB_VERB_RELOAD,
} JobVerb;

// What becomes of queued jobs that conflict.
typedef enum JobMode {
	JOB_MODE_REPLACE,
	JOB_MODE_FAIL,
	JOB_MODE_REPLACE_IRREVERSIBLY,
	JOB_MODE_ISOLATE,
	JOB_MODE_IGNORE_DEPENDENCIES,
} JobMode;

typedef enum JobResult {
	JOB_UNFINISHED, // the deadline came first
	JOB_REFUSED,    // there was no job at all: see UnitJob.code
	JOB_DONE,
	JOB_SKIPPED, // nothing to do, or a condition did not hold
	JOB_CANCELED,
	JOB_TIMEOUT,
	JOB_FAILED,
	JOB_DEPENDENCY, // a unit that this one requires failed
	JOB_INVALID,    // the unit has no such job
	JOB_ASSERT,
	JOB_UNSUPPORTED,
	JOB_COLLECTED,
	JOB_ONCE,
	JOB_OTHER, // a result that a later systemd added
	JOB_RESULT_COUNT,
} JobResult;

// systemd's word: "done", "dependency".
const char *job_result_to_text(JobResult result);
// Done or skipped.
bool job_result_is_good(JobResult result);

typedef struct UnitJob {
	const char *unit;
	JobVerb verb;
	JobMode mode;

	JobResult result;
	ErrorCode
		code; // ERROR_NONE unless refused (ERROR_NOT_FOUND …) or unfinished (ERROR_TIMEOUT)
	const char *message; // why, when code is set; in the arena
} UnitJob;

// Queues all jobs at once, then waits for all. True also when jobs failed: look at each result.
// timeout_ms: for all of them together, 0 = none.
// Fails: ERROR_INTERRUPTED (the jobs go on), or when the connection breaks.
MUST_CHECK bool bus_run_jobs(Bus *bus, UnitJob *jobs, size_t count, uint64_t timeout_ms,
			     Arena *arena, Error *error);

// One job. True when it ended in any way, *ret tells how. Fails: ERROR_NOT_FOUND (no such unit), ERROR_TIMEOUT,
// ERROR_INTERRUPTED, ERROR_DENIED …; the message names the unit.
MUST_CHECK bool bus_start_unit(Bus *bus, const char *unit, JobMode mode, uint64_t timeout_ms,
			       JobResult *ret, Error *error);
MUST_CHECK bool bus_stop_unit(Bus *bus, const char *unit, JobMode mode, uint64_t timeout_ms,
			      JobResult *ret, Error *error);
MUST_CHECK bool bus_restart_unit(Bus *bus, const char *unit, JobMode mode, uint64_t timeout_ms,
				 JobResult *ret, Error *error);
// bus_run_jobs for units that all get the same job. ret_jobs: one per unit, in their order, in the arena.
MUST_CHECK bool bus_start_units(Bus *bus, const Texts *units, uint64_t timeout_ms, Arena *arena,
				UnitJob **ret_jobs, Error *error);
MUST_CHECK bool bus_stop_units(Bus *bus, const Texts *units, uint64_t timeout_ms, Arena *arena,
			       UnitJob **ret_jobs, Error *error);

#endif
