#include "isolate/machine/owner.h"

#include "isolate/machine/machine.h"
#include "isolate/machine/place.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"

#include <fcntl.h>

#define DROP_IN_MAX (64 * 1024)

static bool is_there(const UnitHome *home, Arena *arena)
{
	return text_equal(layout_id(home->data_dir, arena), home->id);
}

// A copy of a data directory has its id, too: then the one at the place that the mark says is the right one. One that is
// not there any more has been moved.
static bool is_our_home(const Host *host, const UnitHome *home, Arena *arena)
{
	return text_equal(layout_id(host->data_dir, arena), home->id) &&
	       (text_equal(host->data_dir, home->data_dir) ||
		layout_is_same(host->data_dir, home->data_dir) || !is_there(home, arena));
}

MachineOwner machine_owner(const Host *host, const char *name, Arena *arena, UnitHome *ret_home)
{
	CLEANUP_ERROR none = { 0 }; // what cannot be read says nothing
	const char *text = NULL;
	UnitHome home = { 0 };
	if (!file_read(AT_FDCWD, place_path(host, PLACE_DROP_IN, name, arena), DROP_IN_MAX, arena,
		       &text, NULL, &none) ||
	    !unit_parse_home(text, arena, &home))
		return OWNER_NONE;
	if (ret_home)
		*ret_home = home;
	if (is_our_home(host, &home, arena))
		return OWNER_OURS;
	return is_there(&home, arena) ? OWNER_OTHER : OWNER_LOST;
}

bool machine_check_owner(const Host *host, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	UnitHome home = { 0 };
	const MachineOwner owner = machine_owner(host, name, scratch, &home);
	if (owner == OWNER_NONE || owner == OWNER_OURS)
		return true;
	return error_set(error, ERROR_BUSY, "sdme@%s.service is of the data directory '%s'", name,
			 home.data_dir);
}

bool machine_lock_marks(const Host *host, int *ret_fd, Error *error)
{
	CLEANUP_FD fd = -1;
	if (!file_make_directories(AT_FDCWD, host->drop_in_dir, 0755, error) ||
	    !file_open_directory(AT_FDCWD, host->drop_in_dir, &fd, error) ||
	    !file_lock(fd, host->drop_in_dir, error))
		return false;
	*ret_fd = steal_fd(&fd);
	return true;
}

bool machine_list_lost(const Host *host, Arena *arena, Texts *names, Error *error)
{
	Texts marked = { 0 };
	if (!place_list(host, PLACE_DROP_IN, arena, &marked, error))
		return false;
	for (size_t i = 0; i < marked.count; i++) {
		if (machine_owner(host, marked.items[i], arena, NULL) == OWNER_LOST &&
		    !texts_contain(names, marked.items[i]))
			texts_add(arena, names, marked.items[i]);
	}
	return true;
}

// --- rivals

// Machines of one other data directory.
typedef struct Rivals {
	MachineOwner owner;
	UnitHome home;
	Texts names;
} Rivals;

// They are all of one data directory; should they not be, the first one's come first.
static void add_marked(const Host *host, const Texts *marked, Arena *arena, Rivals *rivals)
{
	for (size_t i = 0; i < marked->count; i++) {
		UnitHome home = { 0 };
		const MachineOwner owner = machine_owner(host, marked->items[i], arena, &home);
		if (owner == OWNER_NONE || owner == OWNER_OURS)
			continue;
		if (rivals->names.count == 0) {
			rivals->owner = owner;
			rivals->home = home;
		}
		if (text_equal(rivals->home.id, home.id))
			texts_add(arena, &rivals->names, marked->items[i]);
	}
}

static bool refuse_marked(const Rivals *rivals, Arena *arena, Error *error)
{
	const char *directory = rivals->home.data_dir;
	const char *what =
		arena_printf(arena, "machines of this host are of the data directory '%s'%s: %s",
			     directory, rivals->owner == OWNER_LOST ? ", which is not there" : "",
			     texts_join(&rivals->names, ", ", arena));
	if (rivals->owner == OWNER_LOST)
		return error_set(error, ERROR_BUSY,
				 "%s. Mount it and use it, or take away what is left of them: "
				 "sdme rm %s",
				 what, texts_join(&rivals->names, " ", arena));
	return error_set(error, ERROR_BUSY,
			 "%s. A host keeps its machines in one: use that, or remove them first: "
			 "sdme --datadir '%s' rm --all --force",
			 what, directory);
}

// Runs or is enabled, without a mark, and is no machine of ours: nobody knows of which data directory.
static bool check_unmarked(const Host *host, const char *name, Arena *arena, Error *error)
{
	if (machine_owner(host, name, arena, NULL) != OWNER_NONE ||
	    file_exists(AT_FDCWD, layout_path_of(host, LAYOUT_STATE, name, arena)))
		return true;
	const char *unit = unit_machine_name(arena, name);
	return error_set(error, ERROR_BUSY,
			 "%s is of a data directory that nobody knows: end it first: systemctl "
			 "disable --now %s",
			 unit, unit);
}

static bool list_unmarked(const Host *host, Bus *bus, Arena *arena, Texts *names, Error *error)
{
	UnitRows rows = { 0 };
	if (!machine_list_linked(host, arena, names, error) ||
	    !bus_list_units(bus, "sdme@*.service", arena, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++) {
		const char *name = unit_machine_of(rows.items[i].name, arena);
		if (name && rows.items[i].active != UNIT_INACTIVE &&
		    rows.items[i].active != UNIT_FAILED)
			texts_add(arena, names, name);
	}
	return true;
}

bool machine_check_rivals(const Host *host, Bus *bus, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts marked = { 0 }, unmarked = { 0 };
	Rivals rivals = { 0 };
	if (!place_list(host, PLACE_DROP_IN, scratch, &marked, error))
		return false;
	add_marked(host, &marked, scratch, &rivals);
	if (rivals.names.count > 0)
		return refuse_marked(&rivals, scratch, error);
	if (bus && !list_unmarked(host, bus, scratch, &unmarked, error))
		return false;
	for (size_t i = 0; i < unmarked.count; i++) {
		if (!check_unmarked(host, unmarked.items[i], scratch, error))
			return false;
	}
	return true;
}
