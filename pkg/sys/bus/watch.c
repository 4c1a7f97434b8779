#include "pkg/sys/bus/watch.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/base/vec.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/inotify.h>

// What belongs together comes within this time. It also bounds what somebody who changes things without end can cost.
#define PAUSE_US 20000

VEC_DECLARE(BusSlots, bus_slots, BusSlot *);

struct Watch {
	Bus *bus;
	int inotify;
	int newest; // the highest number of a watched directory: they only grow
	bool has_new;
	bool has_changed;
	Arena *arena;
	Texts units;
	BusSlots slots; // one per unit
};

bool watch_open(Bus *bus, Watch **ret, Error *error)
{
	const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd < 0 && errno == EMFILE)
		return error_set(error, ERROR_LIMIT,
				 "watch: no inotify instance is left on this host (raise the "
				 "sysctl fs.inotify.max_user_instances)");
	if (fd < 0)
		return error_set_errno(error, errno, "watch directories");
	Watch *watch = memory_resize(NULL, sizeof(Watch));
	*watch = (Watch){ .bus = bus, .inotify = fd, .arena = arena_new() };
	*ret = watch;
	return true;
}

void watch_close(Watch **watch)
{
	if (!*watch)
		return;
	for (size_t i = 0; i < (*watch)->slots.count; i++)
		bus_slot_drop(&(*watch)->slots.items[i]);
	file_close(&(*watch)->inotify);
	arena_free((*watch)->arena);
	free(*watch);
	*watch = NULL;
}

// --- directories

static bool refuse(const char *path, int problem, Error *error)
{
	if (problem == ENOSPC)
		return error_set(error, ERROR_LIMIT,
				 "watch '%s': no inotify watch is left on this host (raise the "
				 "sysctl fs.inotify.max_user_watches)",
				 path);
	return error_set_errno(error, problem, "watch '%s'", path);
}

bool watch_add_directory(Watch *watch, const char *path, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const uint32_t events = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
	int number = -1;
	for (;; path = path_parent(scratch, path)) {
		number = inotify_add_watch(watch->inotify, path,
					   events | IN_ONLYDIR | IN_DONT_FOLLOW);
		const bool is_absent = number < 0 && (errno == ENOENT || errno == ENOTDIR);
		if (!is_absent || text_equal(path, "/"))
			break;
	}
	if (number < 0)
		return refuse(path, errno, error);
	watch->has_new = watch->has_new || number > watch->newest;
	watch->newest = number > watch->newest ? number : watch->newest;
	return true;
}

// --- units

static void note_change(BusMessage *signal, const Error *failure, void *context)
{
	(void)signal;  // says which properties
	(void)failure; // signals have none
	*(bool *)context = true;
}

bool watch_add_unit(Watch *watch, const char *unit, Error *error)
{
	assert(watch->bus);
	if (texts_contain(&watch->units, unit))
		return true;
	const BusObject object = bus_unit_properties(unit, watch->arena);
	BusSlot *slot = NULL;
	if (!bus_watch(watch->bus, &object, "PropertiesChanged", note_change, &watch->has_changed,
		       &slot, error) ||
	    !bus_subscribe(watch->bus, error))
		return error_wrap(error, "watch unit '%s'", unit);
	*bus_slots_push(watch->arena, &watch->slots) = slot;
	texts_add(watch->arena, &watch->units, arena_strdup(watch->arena, unit));
	watch->has_new = true;
	return true;
}

// --- waiting

static bool wait_once(Watch *watch, Error *error)
{
	bool is_readable = false;
	if (watch->bus) {
		if (!bus_handle_next(watch->bus, watch->inotify, &is_readable, error))
			return false;
	} else {
		struct pollfd one = { .fd = watch->inotify, .events = POLLIN };
		int ready = 0;
		if (!interrupt_poll(&one, 1, UINT64_MAX, &ready, error))
			return false;
		is_readable = ready > 0;
	}
	watch->has_changed = watch->has_changed || is_readable;
	return true;
}

bool watch_wait(Watch *watch, Error *error)
{
	int ready = 0;
	if (watch->has_new) {
		watch->has_new = false;
		return true;
	}
	while (!watch->has_changed) {
		if (!wait_once(watch, error))
			return false;
	}
	if (!interrupt_poll(NULL, 0, PAUSE_US, &ready, error))
		return false;
	watch->has_changed = false;
	file_discard(watch->inotify); // which names it is about does not matter
	return true;
}
