// Starting with the host: the links that systemd reads.
#include "isolate/machine/machine.h"

#include "isolate/machine/owner.h"
#include "isolate/plan/unit.h"
#include "pkg/base/path.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// --- links: systemd looks for them in directories beside the units, and so does systemctl is-enabled

static bool holds_links(const char *directory)
{
	static const char *const suffixes[] = { ".wants", ".requires", ".upholds" };
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		if (text_ends_with(directory, suffixes[i]))
			return true;
	}
	return false;
}

static bool list_link_directories(const Host *host, Arena *arena, Texts *ret, Error *error)
{
	Texts entries = { 0 };
	if (!file_exists(AT_FDCWD, host->unit_dir))
		return true;
	if (!file_list(AT_FDCWD, host->unit_dir, arena, &entries, error))
		return false;
	for (size_t i = 0; i < entries.count; i++) {
		if (holds_links(entries.items[i]))
			texts_add(arena, ret, path_join(arena, host->unit_dir, entries.items[i]));
	}
	return true;
}

bool machine_list_linked(const Host *host, Arena *arena, Texts *ret_names, Error *error)
{
	Texts directories = { 0 };
	Texts names = { 0 };
	if (!list_link_directories(host, arena, &directories, error))
		return false;
	for (size_t i = 0; i < directories.count; i++) {
		Texts links = { 0 };
		if (!file_list(AT_FDCWD, directories.items[i], arena, &links, error))
			return false;
		for (size_t j = 0; j < links.count; j++) {
			const char *name = unit_machine_of(links.items[j], arena);
			if (name)
				texts_add(arena, &names, name);
		}
	}
	texts_sort(&names);
	*ret_names = names;
	return true;
}

// A mask is a link to /dev/null, or an empty file. One in /run is gone when the host boots.
static bool is_masked(const Host *host, const char *name, Arena *arena)
{
	const char *path = path_join(arena, host->unit_dir, unit_machine_name(arena, name));
	struct stat status;
	return stat(path, &status) == 0 && (S_ISCHR(status.st_mode) || status.st_size == 0);
}

bool machine_list_enabled(const Host *host, Arena *arena, Texts *ret_names, Error *error)
{
	Texts linked = { 0 };
	Texts enabled = { 0 };
	if (!machine_list_linked(host, arena, &linked, error))
		return false;
	for (size_t i = 0; i < linked.count; i++) {
		const bool is_twin = i > 0 && text_equal(linked.items[i - 1], linked.items[i]);
		CLEANUP_ERROR other = { 0 };
		if (!is_twin && !is_masked(host, linked.items[i], arena) &&
		    machine_check_owner(host, linked.items[i], &other))
			texts_add(arena, &enabled, linked.items[i]);
	}
	*ret_names = enabled;
	return true;
}

static bool remove_links(const Host *host, const char *unit, Arena *arena, Error *error)
{
	Texts directories = { 0 };
	if (!list_link_directories(host, arena, &directories, error))
		return false;
	for (size_t i = 0; i < directories.count; i++) {
		const char *link = path_join(arena, directories.items[i], unit);
		if (unlink(link) < 0 && errno != ENOENT)
			return error_set_errno(error, errno, "remove '%s'", link);
	}
	return true;
}

bool machine_remove_links(const Host *host, Bus *bus, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *unit = unit_machine_name(scratch, name);
	// systemd leaves the links of a masked unit alone.
	return bus_disable_unit(bus, unit, UNIT_FOR_GOOD, error) &&
	       remove_links(host, unit, scratch, error) && bus_reload(bus, error);
}

bool machine_set_enabled(const Host *host, Bus *bus, const char *name, bool is_enabled,
			 Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_LOCK lock = LOCK_NONE;
	Pairs record = { 0 };
	// One that is being removed gets no link.
	if (!machine_check_owner(host, name, error) ||
	    !machine_take_lock(host, name, &lock, error) ||
	    !machine_load(host, name, scratch, &record, error))
		return false;
	if (!is_enabled)
		return machine_remove_links(host, bus, name, error);
	return bus_enable_unit(bus, unit_machine_name(scratch, name), UNIT_FOR_GOOD, NULL, error) &&
	       bus_reload(bus, error);
}
