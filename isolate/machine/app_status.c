#include "isolate/machine/app_status.h"

#include "isolate/guest/spec.h"
#include "isolate/machine/machine.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

#define RECORD_BYTES_MAX (64 * 1024)

bool app_status_outlasts_boot(const MachinePlan *plan)
{
	return plan_restart(plan) != PLAN_RESTART_ALWAYS;
}

const char *app_status_identifier(const MachinePlan *plan, const PlanApp *app,
				  const char *generation, Arena *arena)
{
	return arena_printf(arena, "%s/%s/%s", plan->name, app->name, generation);
}

bool app_status_is_of(const AppRecord *record, const char *generation)
{
	return text_equal(path_name(record->identifier), generation);
}

static bool open_directory(const Host *host, const char *machine, Arena *arena, int *ret,
			   Error *error)
{
	const char *run =
		path_join(arena, machine_run_directory(host, machine, arena), APP_STATUS_DIRECTORY);
	const char *state =
		path_join(arena, machine_directory(host, machine, arena), APP_STATUS_DIRECTORY);
	return file_open_directory(AT_FDCWD, file_exists(AT_FDCWD, run) ? run : state, ret, error);
}

bool app_status_load(const Host *host, const char *machine, const char *app, Arena *arena,
		     AppRecord *ret, Error *error)
{
	CLEANUP_FD directory = -1;
	CLEANUP_FD fd = -1;
	const char *text = NULL;
	return open_directory(host, machine, arena, &directory, error) &&
	       file_open_plain_in_root(
		       directory, arena_printf(arena, "%s/" SPEC_STATUS_RECORD, app), &fd, error) &&
	       file_read_fd(fd, RECORD_BYTES_MAX, arena, &text, NULL, error) &&
	       app_record_parse(text, arena, ret, error);
}

// Whatever a start of the machine makes anew is seen from above.
static bool watch_place(const char *place, const MachinePlan *plan, Watch *watch, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *statuses = path_join(scratch, place, APP_STATUS_DIRECTORY);
	if (!watch_add_directory(watch, path_parent(scratch, place), error) ||
	    !watch_add_directory(watch, place, error) ||
	    !watch_add_directory(watch, statuses, error))
		return false;
	for (size_t i = 0; i < plan->apps.count; i++) {
		const char *app = path_join(scratch, statuses, plan->apps.items[i].name);
		if (!watch_add_directory(watch, app, error))
			return false;
	}
	return true;
}

bool app_status_watch(const Host *host, const MachinePlan *plan, Watch *watch, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return watch_place(machine_run_directory(host, plan->name, scratch), plan, watch, error) &&
	       watch_place(machine_directory(host, plan->name, scratch), plan, watch, error);
}

// Where the word for the state begins; NULL when it is another one.
static const char *find_running(const char *text)
{
	static const char line[] = "STATE=" APP_STATE_WORD_RUNNING "\n";
	const char *found = strstr(text, line);
	return found && (found == text || found[-1] == '\n') ? found + strlen("STATE=") : NULL;
}

static bool note_lost(int directory, const char *app, Arena *arena, Error *error)
{
	CLEANUP_FD own = -1;
	CLEANUP_FD fd = -1;
	CLEANUP_ERROR none = { 0 }; // what was not started, or is no record, is not running
	const char *text = NULL;
	if (!file_open_in_root(directory, app, O_RDONLY | O_DIRECTORY, 0, &own, &none) ||
	    !file_open_plain_in_root(own, SPEC_STATUS_RECORD, &fd, &none) ||
	    !file_read_fd(fd, RECORD_BYTES_MAX, arena, &text, NULL, &none) || !find_running(text))
		return true;
	const char *word = find_running(text);
	const char *lost = arena_printf(arena, "%.*s" APP_STATE_WORD_LOST "%s", (int)(word - text),
					text, word + strlen(APP_STATE_WORD_RUNNING));
	return file_replace_volatile(own, SPEC_STATUS_RECORD, lost, strlen(lost), 0644, error);
}

bool app_status_note_lost(const Host *host, const MachinePlan *plan, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR none = { 0 }; // nothing was started
	CLEANUP_FD directory = -1;
	if (!open_directory(host, plan->name, scratch, &directory, &none))
		return true;
	for (size_t i = 0; i < plan->apps.count; i++) {
		if (!note_lost(directory, plan->apps.items[i].name, scratch, error))
			return false;
	}
	return true;
}
