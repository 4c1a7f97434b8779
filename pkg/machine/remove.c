#include "pkg/machine/machine.h"

#include "pkg/base/path.h"
#include "pkg/machine/unit.h"
#include "pkg/sys/bus_unit.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "store/layout.h"
#include "store/slot.h"
#include "store/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define UNIT_PREFIX "sdme@"

// --- what there is of a machine

static bool has_record(const Host *host, const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	return file_exists(AT_FDCWD, layout_path_of(host, LAYOUT_STATE, name, scratch));
}

// One directory in which machines leave something, and the names they have there.
typedef struct Place {
	const char *directory;
	const char *prefix;
	const char *suffix;
	const char *inside; // only what has this file in it is ours; NULL: all
} Place;

static const char *name_in_place(const Place *place, const char *entry, Arena *arena)
{
	const size_t around = strlen(place->prefix) + strlen(place->suffix);
	CLEANUP_ERROR ignored = { 0 }; // another name is none of ours
	if (strlen(entry) <= around || !text_starts_with(entry, place->prefix) ||
	    !text_ends_with(entry, place->suffix))
		return NULL;
	const char *name =
		arena_strndup(arena, entry + strlen(place->prefix), strlen(entry) - around);
	if (!name_check_machine(name, &ignored))
		return NULL;
	return place->inside && !file_exists(AT_FDCWD,
					     arena_printf(arena, "%s/%s/%s", place->directory,
							  entry, place->inside))
		       ? NULL
		       : name;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_among(const Texts *sorted, const char *name)
{
	return sorted->count > 0 && bsearch(&name, sorted->items, sorted->count,
					    sizeof(sorted->items[0]), compare_names);
}

static void add_leftover(const char *name, const Texts *machines, Arena *arena, Texts *ret)
{
	if (!is_among(machines, name) && !texts_contain(ret, name))
		texts_add(arena, ret, name);
}

static bool list_place(const Place *place, const Texts *machines, Arena *arena, Texts *ret,
		       Error *error)
{
	Texts entries = { 0 };
	if (!file_exists(AT_FDCWD, place->directory))
		return true;
	if (!file_list(AT_FDCWD, place->directory, arena, &entries, error))
		return false;
	for (size_t i = 0; i < entries.count; i++) {
		const char *name = name_in_place(place, entries.items[i], arena);
		if (name)
			add_leftover(name, machines, arena, ret);
	}
	return true;
}

bool machine_list_leftovers(const Host *host, Arena *arena, Texts *ret_names, Error *error)
{
	// Locks come first and go last: whatever else a killed command left, its lock file is there, too, unless the
	// host lost its power.
	const Place places[] = {
		{ layout_path_of(host, LAYOUT_LOCKS, lock_kind_to_text(LOCK_CONTAINERS), arena), "",
		  ".lock", NULL },
		{ layout_path(host, LAYOUT_CONTAINERS, arena), "", "", NULL },
		{ arena_printf(arena, "%s/machines", host->run_dir), "", "", NULL },
		{ host->unit_dir, UNIT_PREFIX, ".service.d", MACHINE_DROP_IN_NAME },
	};
	Texts machines = { 0 };
	Texts names = { 0 };
	Texts linked = { 0 };
	if (!machine_list_names(host, arena, &machines, error) ||
	    !machine_list_linked(host, arena, &linked, error))
		return false;
	for (size_t i = 0; i < COUNT(places); i++) {
		if (!list_place(&places[i], &machines, arena, &names, error))
			return false;
	}
	for (size_t i = 0; i < linked.count; i++)
		add_leftover(linked.items[i], &machines, arena, &names);
	*ret_names = names;
	return true;
}

// --- removal

static bool remove_record(const Host *host, const char *name, Error *error)
{
	CLEANUP_FD state = -1;
	if (!layout_open(host, LAYOUT_STATE, &state, error))
		return false;
	if (unlinkat(state, name, 0) < 0 && errno != ENOENT)
		return error_set_errno(error, errno, "remove the record of '%s'", name);
	return true;
}

// The directory stays when an administrator has put something into it.
static bool remove_drop_in(const Host *host, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD directory = -1;
	const char *path = machine_drop_in_directory(host, name, scratch);
	if (!file_exists(AT_FDCWD, path))
		return true;
	if (!file_open_directory(AT_FDCWD, path, &directory, error) ||
	    !staging_collect_at(directory, NULL, error))
		return false;
	if (unlinkat(directory, MACHINE_DROP_IN_NAME, 0) < 0 && errno != ENOENT)
		return error_set_errno(error, errno, "remove '%s/%s'", path, MACHINE_DROP_IN_NAME);
	if (rmdir(path) < 0 && errno != ENOTEMPTY && errno != EEXIST)
		return error_set_errno(error, errno, "remove '%s'", path);
	return true;
}

bool machine_discard(const Host *host, const Lock *lock, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD containers = -1;
	if (!remove_drop_in(host, name, error) ||
	    !layout_open(host, LAYOUT_CONTAINERS, &containers, error))
		return false;
	if (file_exists(containers, name) && !staging_discard(containers, name, error))
		return false;
	return file_tree_remove_path(AT_FDCWD, machine_run_directory(host, name, scratch), error) &&
	       slot_free(host, lock, name, error);
}

// Everything but the lock's file, of a machine that does not run.
static bool remove_all(const Host *host, Bus *bus, const Lock *lock, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts linked = { 0 };
	return machine_list_linked(host, scratch, &linked, error) &&
	       (!texts_contain(&linked, name) || machine_remove_links(host, bus, name, error)) &&
	       remove_record(host, name, error) && machine_discard(host, lock, name, error) &&
	       bus_reset_failed(bus, unit_machine_name(scratch, name), error);
}

bool machine_has_leftovers(const Host *host, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	if (!machine_list_leftovers(host, scratch, &names, error))
		return false;
	return texts_contain(&names, name) ||
	       error_set(error, ERROR_NOT_FOUND, "no machine '%s'", name);
}

bool machine_remove(const Host *host, Bus *bus, const char *name, const Config *config,
		    Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	if (!name_check_machine(name, error) ||
	    (!has_record(host, name) && !machine_has_leftovers(host, name, error)) ||
	    !machine_stop(bus, name, STOP_GRACEFUL, config, error) ||
	    !machine_take_lock(host, name, &lock, error) ||
	    // Somebody may have started it before the lock was ours.
	    !machine_stop(bus, name, STOP_GRACEFUL, config, error))
		return false;
	if (!remove_all(host, bus, &lock, name, error))
		return error_wrap(error, "remove '%s'", name);
	lock_release_and_remove(host, &lock);
	return true;
}

// --- what killed commands left

static bool collect_one(const Host *host, Bus *bus, const char *name, const Config *config,
			Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_ERROR busy = { 0 };
	const LockRequest request = { .kind = LOCK_CONTAINERS, .name = name };
	if (!lock_take(host, &request, &lock, &busy))
		return busy.code == ERROR_BUSY || error_set(error, busy.code, "%s", busy.message);
	if (has_record(host, name)) // made meanwhile
		return true;
	if (!machine_stop(bus, name, STOP_GRACEFUL, config, error) ||
	    !remove_all(host, bus, &lock, name, error))
		return error_wrap(error, "remove what is left of '%s'", name);
	lock_release_and_remove(host, &lock);
	return true;
}

bool machine_collect(const Host *host, Bus *bus, const Config *config, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	if (!staging_collect(host, LAYOUT_STATE, NULL, error) ||
	    !staging_collect(host, LAYOUT_CONTAINERS, NULL, error) ||
	    !machine_list_leftovers(host, scratch, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (!collect_one(host, bus, names.items[i], config, error))
			return false;
	}
	return true;
}
