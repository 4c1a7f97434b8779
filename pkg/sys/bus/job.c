#include "pkg/sys/bus/job.h"

#include "pkg/base/text.h"

static const char *const verb_methods[] = {
	[JOB_VERB_START] = "StartUnit",
	[JOB_VERB_STOP] = "StopUnit",
	[JOB_VERB_RESTART] = "RestartUnit",
	[JOB_VERB_RELOAD] = "ReloadUnit",
};

static const char *const verb_words[] = {
	[JOB_VERB_START] = "start",
	[JOB_VERB_STOP] = "stop",
	[JOB_VERB_RESTART] = "restart",
	[JOB_VERB_RELOAD] = "reload",
};

static const char *const mode_words[] = {
	[JOB_MODE_REPLACE] = "replace",
	[JOB_MODE_FAIL] = "fail",
	[JOB_MODE_REPLACE_IRREVERSIBLY] = "replace-irreversibly",
	[JOB_MODE_ISOLATE] = "isolate",
	[JOB_MODE_IGNORE_DEPENDENCIES] = "ignore-dependencies",
};

// systemd's words are those of JobRemoved; the first two and the last are ours.
static const char *const result_words[JOB_RESULT_COUNT] = {
	[JOB_UNFINISHED] = "unfinished",
	[JOB_REFUSED] = "refused",
	[JOB_DONE] = "done",
	[JOB_SKIPPED] = "skipped",
	[JOB_CANCELED] = "canceled",
	[JOB_TIMEOUT] = "timeout",
	[JOB_FAILED] = "failed",
	[JOB_DEPENDENCY] = "dependency",
	[JOB_INVALID] = "invalid",
	[JOB_ASSERT] = "assert",
	[JOB_UNSUPPORTED] = "unsupported",
	[JOB_COLLECTED] = "collected",
	[JOB_ONCE] = "once",
	[JOB_OTHER] = "other",
};

const char *job_result_to_text(JobResult result)
{
	return result_words[result];
}

bool job_result_is_good(JobResult result)
{
	return result == JOB_DONE || result == JOB_SKIPPED;
}

static JobResult result_from_text(const char *word)
{
	for (unsigned i = JOB_DONE; i < JOB_OTHER; i++) {
		if (text_equal(result_words[i], word))
			return (JobResult)i;
	}
	return JOB_OTHER;
}

// The end of a job whose number we may not know yet.
typedef struct Removal {
	const char *path;
	JobResult result;
} Removal;
VEC_DECLARE(Removals, removals, Removal);

// All the jobs of one bus_run_jobs.
typedef struct Jobs {
	struct Pending *items;
	size_t count;
	size_t open; // not ended yet
	Arena *arena;
	Removals early; // ended before the answer to their call was handled
} Jobs;

typedef struct Pending {
	Jobs *jobs;
	UnitJob *job;
	const char *path; // NULL until the manager has answered
	BusSlot *call;
} Pending;

static void end_job(Pending *pending, JobResult result)
{
	pending->job->result = result;
	pending->jobs->open--;
}

static void set_reason(const Pending *pending, const Error *failure)
{
	UnitJob *job = pending->job;
	job->code = failure->code;
	job->message = arena_printf(pending->jobs->arena, "%s unit '%s': %s", verb_words[job->verb],
				    job->unit, failure->message);
}

static void refuse_job(Pending *pending, const Error *failure)
{
	set_reason(pending, failure);
	end_job(pending, JOB_REFUSED);
}

static void on_queued(BusMessage *answer, const Error *failure, void *context)
{
	Pending *pending = context;
	const char *path = NULL;
	CLEANUP_ERROR malformed = { 0 };
	if (failure) {
		refuse_job(pending, failure);
		return;
	}
	if (!bus_message_read(answer, NULL, &malformed, "o", &path)) {
		refuse_job(pending, &malformed);
		return;
	}

	pending->path = arena_strdup(pending->jobs->arena, path);
	const Removals *early = &pending->jobs->early;
	for (size_t i = 0; i < early->count; i++) {
		if (text_equal(early->items[i].path, path)) {
			end_job(pending, early->items[i].result);
			return;
		}
	}
}

// Several of our units may share one job: a start that was queued already is joined.
static void on_job_removed(BusMessage *signal, const Error *failure, void *context)
{
	(void)failure; // signals have none
	Jobs *jobs = context;
	uint32_t id = 0;
	const char *path = NULL, *unit = NULL, *word = NULL;
	CLEANUP_ERROR malformed = { 0 };
	if (!bus_message_read(signal, NULL, &malformed, "uoss", &id, &path, &unit, &word))
		return;

	const JobResult result = result_from_text(word);
	for (size_t i = 0; i < jobs->count; i++) {
		Pending *pending = &jobs->items[i];
		if (pending->job->result == JOB_UNFINISHED &&
		    text_equal_or_null(pending->path, path))
			end_job(pending, result);
	}
	Removal *removal = removals_push(jobs->arena, &jobs->early);
	removal->path = arena_strdup(jobs->arena, path);
	removal->result = result;
}

static bool is_over(const void *context)
{
	return ((const Jobs *)context)->open == 0;
}

static bool queue_all(Bus *bus, Jobs *jobs, Error *error)
{
	for (size_t i = 0; i < jobs->count; i++) {
		Pending *pending = &jobs->items[i];
		const UnitJob *job = pending->job;
		if (!bus_send(bus, &bus_manager, verb_methods[job->verb], on_queued, pending,
			      &pending->call, error, "ss", job->unit, mode_words[job->mode]))
			return error_wrap(error, "%s unit '%s'", verb_words[job->verb], job->unit);
	}
	return true;
}

static bool run_all(Bus *bus, Jobs *jobs, uint64_t deadline, Error *error)
{
	// In this order, and none of them waited for: messages are handled in the order in which they are sent.
	CLEANUP_BUS_SLOT removed = NULL;
	return bus_watch(bus, &bus_manager, "JobRemoved", on_job_removed, jobs, &removed, error) &&
	       bus_subscribe(bus, error) && queue_all(bus, jobs, error) &&
	       bus_wait(bus, deadline, is_over, jobs, error);
}

// The deadline came: that is each open job's result, not a failure of the whole.
static void give_up(const Jobs *jobs, uint64_t timeout_ms)
{
	for (size_t i = 0; i < jobs->count; i++) {
		const Pending *pending = &jobs->items[i];
		CLEANUP_ERROR late = { 0 };
		if (pending->job->result != JOB_UNFINISHED)
			continue;
		error_set(&late, ERROR_TIMEOUT, "not done after %g s", (double)timeout_ms / 1000);
		set_reason(pending, &late);
	}
}

bool bus_run_jobs(Bus *bus, UnitJob *jobs, size_t count, uint64_t timeout_ms, Arena *arena,
		  Error *error)
{
	Jobs all = {
		.items = arena_array(arena, count, sizeof(Pending)),
		.count = count,
		.open = count,
		.arena = arena,
	};
	for (size_t i = 0; i < count; i++) {
		jobs[i].result = JOB_UNFINISHED;
		jobs[i].code = ERROR_NONE;
		jobs[i].message = NULL;
		all.items[i] = (Pending){ .jobs = &all, .job = &jobs[i] };
	}

	bool is_done = run_all(bus, &all, bus_deadline(timeout_ms), error);
	for (size_t i = 0; i < count; i++)
		bus_slot_drop(&all.items[i].call);
	if (!is_done && error->code == ERROR_TIMEOUT) {
		error_clear(error);
		give_up(&all, timeout_ms);
		is_done = true;
	}
	return is_done;
}

static bool run_one(Bus *bus, const char *unit, JobVerb verb, JobMode mode, uint64_t timeout_ms,
		    JobResult *ret, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	UnitJob job = { .unit = unit, .verb = verb, .mode = mode };
	if (!bus_run_jobs(bus, &job, 1, timeout_ms, arena, error))
		return false;
	if (job.code != ERROR_NONE)
		return error_set(error, job.code, "%s", job.message);
	*ret = job.result;
	return true;
}

bool bus_start_unit(Bus *bus, const char *unit, JobMode mode, uint64_t timeout_ms, JobResult *ret,
		    Error *error)
{
	return run_one(bus, unit, JOB_VERB_START, mode, timeout_ms, ret, error);
}

bool bus_stop_unit(Bus *bus, const char *unit, JobMode mode, uint64_t timeout_ms, JobResult *ret,
		   Error *error)
{
	return run_one(bus, unit, JOB_VERB_STOP, mode, timeout_ms, ret, error);
}

bool bus_restart_unit(Bus *bus, const char *unit, JobMode mode, uint64_t timeout_ms, JobResult *ret,
		      Error *error)
{
	return run_one(bus, unit, JOB_VERB_RESTART, mode, timeout_ms, ret, error);
}

static bool run_same(Bus *bus, const Texts *units, JobVerb verb, uint64_t timeout_ms, Arena *arena,
		     UnitJob **ret_jobs, Error *error)
{
	UnitJob *jobs = arena_array(arena, units->count, sizeof(UnitJob));
	for (size_t i = 0; i < units->count; i++)
		jobs[i] = (UnitJob){ .unit = units->items[i], .verb = verb };
	if (!bus_run_jobs(bus, jobs, units->count, timeout_ms, arena, error))
		return false;
	*ret_jobs = jobs;
	return true;
}

bool bus_start_units(Bus *bus, const Texts *units, uint64_t timeout_ms, Arena *arena,
		     UnitJob **ret_jobs, Error *error)
{
	return run_same(bus, units, JOB_VERB_START, timeout_ms, arena, ret_jobs, error);
}

bool bus_stop_units(Bus *bus, const Texts *units, uint64_t timeout_ms, Arena *arena,
		    UnitJob **ret_jobs, Error *error)
{
	return run_same(bus, units, JOB_VERB_STOP, timeout_ms, arena, ret_jobs, error);
}
