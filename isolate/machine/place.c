#include "isolate/machine/place.h"

#include "isolate/machine/machine.h"
#include "isolate/plan/unit.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"

#include <fcntl.h>

// The names that machines have in a directory.
static const struct {
	const char *prefix;
	const char *suffix;
	const char *inside; // only what has this file in it is ours; NULL: all
} entries[PLACE_COUNT] = {
	[PLACE_LOCK] = { "", ".lock", NULL },
	[PLACE_DIRECTORY] = { "", "", NULL },
	[PLACE_DROP_IN] = { UNIT_MACHINE_PREFIX, UNIT_MACHINE_SUFFIX ".d", MACHINE_DROP_IN_NAME },
};

static const char *directory_of(const Host *host, MachinePlace place, Arena *arena)
{
	switch (place) {
	case PLACE_LOCK:
		return layout_path_of(host, LAYOUT_LOCKS, lock_kind_to_text(LOCK_CONTAINERS),
				      arena);
	case PLACE_DIRECTORY:
		return layout_path(host, LAYOUT_CONTAINERS, arena);
	case PLACE_DROP_IN:
	case PLACE_COUNT:
		break;
	}
	return host->drop_in_dir;
}

const char *place_path(const Host *host, MachinePlace place, const char *name, Arena *arena)
{
	const char *entry =
		arena_printf(arena, "%s%s%s", entries[place].prefix, name, entries[place].suffix);
	const char *path = path_join(arena, directory_of(host, place, arena), entry);
	return entries[place].inside ? path_join(arena, path, entries[place].inside) : path;
}

// The machine whose entry this is, or NULL.
static const char *name_of(MachinePlace place, const char *entry, Arena *arena)
{
	const char *prefix = entries[place].prefix;
	const char *suffix = entries[place].suffix;
	const size_t around = strlen(prefix) + strlen(suffix);
	CLEANUP_ERROR ignored = { 0 }; // another name is none of ours
	if (strlen(entry) <= around || !text_starts_with(entry, prefix) ||
	    !text_ends_with(entry, suffix))
		return NULL;
	const char *name = arena_strndup(arena, entry + strlen(prefix), strlen(entry) - around);
	return name_check_machine(name, &ignored) ? name : NULL;
}

bool place_list(const Host *host, MachinePlace place, Arena *arena, Texts *names, Error *error)
{
	Texts found = { 0 };
	const char *directory = directory_of(host, place, arena);
	if (!file_exists(AT_FDCWD, directory))
		return true;
	if (!file_list(AT_FDCWD, directory, arena, &found, error))
		return false;
	for (size_t i = 0; i < found.count; i++) {
		const char *name = name_of(place, found.items[i], arena);
		if (name && !texts_contain(names, name) &&
		    file_exists(AT_FDCWD, place_path(host, place, name, arena)))
			texts_add(arena, names, name);
	}
	return true;
}
