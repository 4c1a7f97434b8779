#include "isolate/machine/restart.h"

#include "isolate/machine/app_status.h"
#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "pkg/base/moment.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"
#include "store/state/record.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define RESTARTS_NAME "restarts"
#define FAILURE_NAME  "boot-error"
#define FAILURE_MAX   ((size_t)64 * 1024)

// Keys of RUNDIR/machines/NAME/restarts.
#define KEY_STARTED_US "STARTED_US" // the last start
#define KEY_COUNT      "COUNT"      // of the restarts before it, each soon after the other

#define PAUSE_FIRST_MS 1000u
#define PAUSE_MAX_MS   (5u * 60 * 1000)
#define RUN_GOOD_US    (UINT64_C(10) * 60 * 1000 * 1000)

uint64_t restart_pause_ms(uint64_t count)
{
	uint64_t pause_ms = count > 0 ? PAUSE_FIRST_MS : 0;
	for (uint64_t i = 1; i < count && pause_ms < PAUSE_MAX_MS; i++)
		pause_ms *= 2;
	return pause_ms < PAUSE_MAX_MS ? pause_ms : PAUSE_MAX_MS;
}

// --- what the machine left

static const char *path_of(const Host *host, const char *name, const char *file, Arena *arena)
{
	return path_join(arena, machine_run_directory(host, name, arena), file);
}

static bool remove_file(const char *path, Error *error)
{
	return unlink(path) == 0 || errno == ENOENT ||
	       error_set_errno(error, errno, "remove '%s'", path);
}

bool restart_note_failure(const Host *host, const char *name, const char *words, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = path_of(host, name, FAILURE_NAME, scratch);
	return file_replace_volatile(AT_FDCWD, path, words, strlen(words), 0600, error);
}

bool restart_note_success(const Host *host, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return remove_file(path_of(host, name, FAILURE_NAME, scratch), error);
}

const char *restart_failure(const Host *host, const char *name, Arena *arena)
{
	CLEANUP_ERROR none = { 0 }; // without the file there was no failure
	const char *words = NULL;
	return file_read(AT_FDCWD, path_of(host, name, FAILURE_NAME, arena), FAILURE_MAX, arena,
			 &words, NULL, &none)
		       ? words
		       : NULL;
}

bool restart_note_wish(const Host *host, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return machine_make_run_directory(host, name, error) &&
	       remove_file(path_of(host, name, RESTARTS_NAME, scratch), error) &&
	       restart_note_success(host, name, error);
}

// --- whose turn it is

typedef struct Restarts {
	uint64_t started_us;
	uint64_t count;
} Restarts;

// False when there is nothing to go on with: whatever is wrong with the file, a start without it is a good one.
static bool load_restarts(const Host *host, const char *name, Arena *arena, Restarts *ret)
{
	CLEANUP_ERROR none = { 0 };
	Pairs pairs = { 0 };
	return record_load(AT_FDCWD, path_of(host, name, RESTARTS_NAME, arena), arena, &pairs,
			   &none) &&
	       record_get_u64(&pairs, KEY_STARTED_US, 0, &ret->started_us, &none) &&
	       record_get_u64(&pairs, KEY_COUNT, 0, &ret->count, &none);
}

static bool save_restarts(const Host *host, const char *name, const Restarts *restarts,
			  Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_BUFFER text = { 0 };
	Pairs pairs = { 0 };
	record_set_u64(scratch, &pairs, KEY_STARTED_US, restarts->started_us);
	record_set_u64(scratch, &pairs, KEY_COUNT, restarts->count);
	record_print(&pairs, &text);
	return file_replace_volatile(AT_FDCWD, path_of(host, name, RESTARTS_NAME, scratch),
				     buffer_text(&text), text.length, 0600, error);
}

// A machine that was stopped in order, or restarted by systemctl, has told so its apps.
static bool was_stopped(const Host *host, const MachinePlan *plan, Arena *arena)
{
	for (size_t i = 0; i < plan->apps.count; i++) {
		CLEANUP_ERROR none = { 0 };
		AppRecord record = { 0 };
		if (app_status_load(host, plan->name, plan->apps.items[i].name, arena, &record,
				    &none) &&
		    record.state == APP_STATE_TERMINATED && record.end.was_stopped)
			return true;
	}
	return false;
}

// plan: NULL when it cannot be understood, which is a start that fails again.
static StartCause find_cause(const Host *host, const char *name, const MachinePlan *plan,
			     Arena *arena, Restarts *ret)
{
	if (!file_exists(AT_FDCWD, machine_run_directory(host, name, arena)))
		return START_BY_HOST;
	if (!load_restarts(host, name, arena, ret))
		return START_BY_WISH;
	return plan && !restart_failure(host, name, arena) && was_stopped(host, plan, arena)
		       ? START_BY_WISH
		       : START_AGAIN;
}

// Says what became of the machine, unless that has been said.
static bool note_death(const Host *host, const char *name, const MachinePlan *plan, Arena *arena,
		       Error *error)
{
	const char *words = arena_printf(
		arena, "the machine ended unexpectedly; see journalctl -u sdme@%s.service", name);
	return (restart_failure(host, name, arena) ||
		restart_note_failure(host, name, words, error)) &&
	       (!plan || app_status_note_lost(host, plan, error));
}

// One that starts for another reason begins to count.
static uint64_t count_restarts(StartCause cause, const Restarts *last, uint64_t now_us)
{
	// A clock that was set back must not count as a long run.
	const bool ran_well = now_us > last->started_us && now_us - last->started_us > RUN_GOOD_US;
	return cause != START_AGAIN || ran_well ? 0 : last->count;
}

bool restart_wait_turn(const Host *host, const char *name, StartCause *ret, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR damaged = { 0 };
	MachinePlan loaded = { 0 };
	Restarts last = { 0 };
	int ready = 0;
	const MachinePlan *plan =
		generation_load_current(host, name, arena, NULL, &loaded, &damaged) ? &loaded
										    : NULL;
	const StartCause cause = find_cause(host, name, plan, arena, &last);
	const uint64_t now_us = moment_now_us();
	const uint64_t count = count_restarts(cause, &last, now_us);
	const uint64_t pause_us = restart_pause_ms(count) * 1000;
	const Restarts next = {
		.started_us = now_us + pause_us,
		.count = cause == START_AGAIN ? count + 1 : 0,
	};
	*ret = cause;
	return machine_make_run_directory(host, name, error) &&
	       save_restarts(host, name, &next, error) &&
	       (cause != START_AGAIN || (note_death(host, name, plan, arena, error) &&
					 interrupt_poll(NULL, 0, pause_us, &ready, error)));
}
