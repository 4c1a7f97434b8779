// The end of a machine, and what killed commands left of one.
#include "isolate/machine/machine.h"

#include "isolate/machine/memory_volume.h"
#include "isolate/machine/owner.h"
#include "isolate/machine/place.h"
#include "isolate/plan/unit.h"
#include "pkg/base/path.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "store/state/layout.h"
#include "store/state/slot.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>

// --- what there is of a machine

static bool has_record(const Host *host, const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	return file_exists(AT_FDCWD, layout_path_of(host, LAYOUT_STATE, name, scratch));
}

// Locks come first and go last: whatever else a killed command left, its lock file is there, too, unless the host lost its
// power.
static bool list_traces(const Host *host, Arena *arena, Texts *names, Error *error)
{
	Texts marked = { 0 };
	if (!place_list(host, PLACE_LOCK, arena, names, error) ||
	    !place_list(host, PLACE_DIRECTORY, arena, names, error) ||
	    !place_list(host, PLACE_DROP_IN, arena, &marked, error))
		return false;
	for (size_t i = 0; i < marked.count; i++) {
		if (!texts_contain(names, marked.items[i]) &&
		    machine_owner(host, marked.items[i], arena, NULL) == OWNER_OURS)
			texts_add(arena, names, marked.items[i]);
	}
	return true;
}

// What killed commands left: files, a slot or a mark of machines that have no record. One that a living command makes at
// the moment is among them.
static bool list_leftovers(const Host *host, Arena *arena, Texts *ret_names, Error *error)
{
	Texts names = { 0 }, leftovers = { 0 };
	if (!list_traces(host, arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (!has_record(host, names.items[i]))
			texts_add(arena, &leftovers, names.items[i]);
	}
	*ret_names = leftovers;
	return true;
}

bool machine_list_removable(const Host *host, Arena *arena, Texts *ret_names, Error *error)
{
	Texts names = { 0 };
	if (!list_leftovers(host, arena, &names, error) ||
	    !machine_list_lost(host, arena, &names, error))
		return false;
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

static bool remove_drop_in(const Host *host, const char *name, bool is_ours, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD marks = -1;
	CLEANUP_FD directory = -1;
	const char *file = place_path(host, PLACE_DROP_IN, name, scratch);
	const char *path = path_parent(scratch, file);
	if (!file_exists(AT_FDCWD, path))
		return true;
	if (!machine_lock_marks(host, &marks, error) ||
	    !file_open_directory(AT_FDCWD, path, &directory, error) ||
	    !staging_collect_at(directory, NULL, error))
		return false;
	if (is_ours && unlink(file) < 0 && errno != ENOENT)
		return error_set_errno(error, errno, "remove '%s'", file);
	// It stays when somebody has put something into it.
	if (rmdir(path) < 0 && errno != ENOTEMPTY && errno != EEXIST)
		return error_set_errno(error, errno, "remove '%s'", path);
	return true;
}

static bool remove_directory(const Host *host, const char *name, Error *error)
{
	CLEANUP_FD containers = -1;
	return layout_open(host, LAYOUT_CONTAINERS, &containers, error) &&
	       (!file_exists(containers, name) || staging_discard(containers, name, error));
}

// owns_unit: what is on the host goes, too; the mark last.
static bool discard(const Host *host, const Lock *lock, const char *name, bool owns_unit,
		    Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *run = machine_run_directory(host, name, scratch);
	return remove_directory(host, name, error) && slot_free(host, lock, name, error) &&
	       (!owns_unit || (memory_volumes_remove(host, name, error) &&
			       file_tree_remove_path(AT_FDCWD, run, error))) &&
	       remove_drop_in(host, name, owns_unit, error);
}

static bool has_our_mark(const Host *host, const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	return machine_owner(host, name, scratch, NULL) == OWNER_OURS;
}

bool machine_discard(const Host *host, const Lock *lock, const char *name, Error *error)
{
	return discard(host, lock, name, has_our_mark(host, name), error);
}

// Everything but the lock's file, of a machine that does not run.
static bool remove_all(const Host *host, Bus *bus, const Lock *lock, const char *name,
		       bool owns_unit, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *unit = unit_machine_name(scratch, name);
	Texts linked = { 0 };
	if (owns_unit && !machine_list_linked(host, scratch, &linked, error))
		return false;
	return (!texts_contain(&linked, name) || machine_remove_links(host, bus, name, error)) &&
	       remove_record(host, name, error) &&
	       (!owns_unit || bus_reset_failed(bus, unit, error)) &&
	       discard(host, lock, name, owns_unit, error);
}

bool machine_has_leftovers(const Host *host, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	if (!machine_list_removable(host, scratch, &names, error))
		return false;
	return texts_contain(&names, name) ||
	       error_set(error, ERROR_NOT_FOUND, "no machine '%s'", name);
}

// Whether the unit of that name is meant by who names the machine.
static bool owns_named_unit(const Host *host, const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	switch (machine_owner(host, name, scratch, NULL)) {
	case OWNER_OURS:
		return true;
	case OWNER_OTHER:
		return false;
	case OWNER_LOST:
		return !has_record(host, name);
	case OWNER_NONE:
		break;
	}
	return has_record(host, name);
}

static bool stop(Bus *bus, const char *name, bool owns_unit, const Config *config, Error *error)
{
	return !owns_unit || machine_stop(bus, name, STOP_GRACEFUL, config, error);
}

bool machine_remove(const Host *host, Bus *bus, const char *name, const Config *config,
		    Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	if (!name_check_machine(name, error) ||
	    (!has_record(host, name) && !machine_has_leftovers(host, name, error)))
		return false;
	const bool owns_unit = owns_named_unit(host, name);
	if (!stop(bus, name, owns_unit, config, error) ||
	    !machine_take_lock(host, name, &lock, error) ||
	    // Somebody may have started it before the lock was ours.
	    !stop(bus, name, owns_unit, config, error))
		return false;
	if (!remove_all(host, bus, &lock, name, owns_unit, error))
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
		return busy.code == ERROR_BUSY || error_move(error, &busy);
	if (has_record(host, name)) // made meanwhile
		return true;
	const bool owns_unit = has_our_mark(host, name);
	if (!stop(bus, name, owns_unit, config, error) ||
	    !remove_all(host, bus, &lock, name, owns_unit, error))
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
	    !list_leftovers(host, scratch, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (!collect_one(host, bus, names.items[i], config, error))
			return false;
	}
	return true;
}
