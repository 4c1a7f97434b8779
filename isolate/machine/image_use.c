#include "isolate/machine/image_use.h"

#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "isolate/machine/owner.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "store/state/staging.h"

#include <fcntl.h>

typedef struct Search {
	Arena *arena;
	const char *machine;
	ImageUses *uses;
	Texts *damaged;
} Search;

static void add_apps(Search *self, const PlanApps *apps)
{
	for (size_t i = 0; i < apps->count; i++) {
		ImageUse *use = image_uses_push(self->arena, self->uses);
		use->user = self->machine;
		use->image_id = apps->items[i].image_id;
		use->layers = apps->items[i].layers;
	}
}

// A plan that is not there, or not any more, is none.
static bool add_plan(Search *self, const char *path, Error *error)
{
	CLEANUP_ERROR failure = { 0 };
	MachinePlan plan = { 0 };
	const char *json = NULL;
	size_t length = 0;
	if (file_read(AT_FDCWD, path, PLAN_BYTES_MAX, self->arena, &json, &length, &failure) &&
	    plan_parse(json, length, self->arena, &plan, &failure)) {
		add_apps(self, &plan.apps);
		return true;
	}
	if (failure.code == ERROR_INTERRUPTED)
		return error_move(error, &failure);
	if (failure.code != ERROR_NOT_FOUND && !texts_contain(self->damaged, self->machine))
		texts_add(self->arena, self->damaged, self->machine);
	return true;
}

static bool add_machine(Search *self, const Host *host, Error *error)
{
	Texts directories = { 0 };
	const char *run = machine_run_directory(host, self->machine, self->arena);
	if (!add_plan(self, path_join(self->arena, run, MACHINE_RUNNING_PLAN_NAME), error) ||
	    !generation_list(host, self->machine, self->arena, &directories, error))
		return false;
	for (size_t i = 0; i < directories.count; i++) {
		const char *path =
			path_join(self->arena, directories.items[i], GENERATION_PLAN_NAME);
		if (!add_plan(self, path, error))
			return false;
	}
	return true;
}

// Names in a directory that may be missing.
static bool add_names(const char *directory, Arena *arena, Texts *ret, Error *error)
{
	Texts names = { 0 };
	if (!file_exists(AT_FDCWD, directory))
		return true;
	if (!file_list(AT_FDCWD, directory, arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (names.items[i][0] != '.' && !texts_contain(ret, names.items[i]))
			texts_add(arena, ret, names.items[i]);
	}
	return true;
}

// Machines of another data directory use its images.
static bool add_running(const Host *host, Arena *arena, Texts *ret, Error *error)
{
	Texts names = { 0 };
	if (!add_names(path_join(arena, host->run_dir, "machines"), arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP_ERROR other = { 0 };
		if (!texts_contain(ret, names.items[i]) &&
		    machine_check_owner(host, names.items[i], &other))
			texts_add(arena, ret, names.items[i]);
	}
	return true;
}

bool machine_list_image_uses(const Host *host, Arena *arena, ImageUses *ret, Texts *ret_damaged,
			     Error *error)
{
	Texts machines = { 0 };
	Search self = { .arena = arena, .uses = ret, .damaged = ret_damaged };
	// What a killed command left without a record counts until it is collected.
	if (!add_names(layout_path(host, LAYOUT_CONTAINERS, arena), arena, &machines, error) ||
	    !add_running(host, arena, &machines, error))
		return false;
	for (size_t i = 0; i < machines.count; i++) {
		self.machine = machines.items[i];
		if (!add_machine(&self, host, error))
			return error_wrap(error, "see which images '%s' uses", self.machine);
	}
	return true;
}
