#include "store/rootfs/rootfs.h"

#include "pkg/base/pairs.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/rootfs/os_release.h"
#include "store/state/layout.h"
#include "store/state/lock.h"
#include "store/state/record.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// Key of a machine's record: the root file system that it stands on.
#define RECORD_KEY_ROOTFS "ROOTFS"

// --- what is in a root file system

const char *rootfs_read_os(int root, Arena *arena)
{
	Pairs release = { 0 };
	os_release_load(root, arena, &release);
	const char *name = pairs_get(&release, "PRETTY_NAME");
	return name ? name : pairs_get(&release, "NAME");
}

// --- who uses it

// Adds the machines whose record names the root file system. Records are replaced whole, so no lock is needed to read.
static bool add_users(const Host *host, const char *name, Arena *arena, Texts *users, Error *error)
{
	CLEANUP_FD state = -1;
	Texts machines = { 0 };
	if (!layout_open(host, LAYOUT_STATE, &state, error) ||
	    !file_list(state, ".", arena, &machines, error))
		return false;
	for (size_t i = 0; i < machines.count; i++) {
		CLEANUP_ERROR gone = { 0 };
		Pairs record = { 0 };
		if (machines.items[i][0] == '.')
			continue;
		if (!record_load(state, machines.items[i], arena, &record, &gone)) {
			if (gone.code == ERROR_NOT_FOUND) // removed meanwhile
				continue;
			return error_move(error, &gone);
		}
		if (text_equal(pairs_get_or(&record, RECORD_KEY_ROOTFS, ""), name))
			texts_add(arena, users, machines.items[i]);
	}
	return true;
}

bool rootfs_check_unused(const Host *host, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts users = { 0 };
	if (!add_users(host, name, scratch, &users, error))
		return false;
	if (users.count == 0)
		return true;
	return error_set(error, ERROR_BUSY, "the root file system '%s' is used by %s", name,
			 texts_join(&users, ", ", scratch));
}

static bool take_lock(const Host *host, const char *name, Lock *ret_lock, Error *error)
{
	const LockRequest request = { .kind = LOCK_FS, .name = name };
	return lock_take(host, &request, ret_lock, error);
}

// --- the others

static bool list_names(const Host *host, Arena *arena, Texts *ret_names, Error *error)
{
	CLEANUP_FD rootfses = -1;
	Texts all = { 0 };
	if (!layout_open(host, LAYOUT_ROOTFS, &rootfses, error) ||
	    !file_list(rootfses, ".", arena, &all, error))
		return false;
	for (size_t i = 0; i < all.count; i++) {
		if (all.items[i][0] != '.') // staged, or trash
			texts_add(arena, ret_names, all.items[i]);
	}
	return true;
}

static bool not_found(const Host *host, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	if (!list_names(host, scratch, &names, error))
		return false;
	if (names.count == 0)
		return error_set(
			error, ERROR_NOT_FOUND,
			"no root file system '%s': none was imported, see 'sdme fs import'", name);
	return error_set(error, ERROR_NOT_FOUND, "no root file system '%s', there are: %s", name,
			 texts_join(&names, ", ", scratch));
}

bool rootfs_open(const Host *host, const char *name, int *ret_fd, Error *error)
{
	CLEANUP_FD rootfses = -1;
	if (!name_check_rootfs(name, error) || !layout_open(host, LAYOUT_ROOTFS, &rootfses, error))
		return false;
	if (!file_exists(rootfses, name))
		return not_found(host, name, error);
	return file_open_directory(rootfses, name, ret_fd, error);
}

bool rootfs_open_locked(const Host *host, const char *name, Lock *ret_lock, int *ret_fd,
			Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_FD seen = -1;
	const LockRequest request = { .kind = LOCK_FS, .name = name, .is_shared = true };
	// First without: there is no lock for what is not there. Then what the lock keeps.
	if (!rootfs_open(host, name, &seen, error) || !lock_take(host, &request, &lock, error) ||
	    !rootfs_open(host, name, ret_fd, error))
		return false;
	*ret_lock = lock;
	lock.fd = -1;
	return true;
}

bool rootfs_list(const Host *host, Arena *arena, Rootfses *ret_rootfses, Error *error)
{
	Texts names = { 0 };
	Rootfses found = { 0 };
	if (!list_names(host, arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP_FD root = -1;
		const char *name = names.items[i];
		if (!rootfs_open(host, name, &root, error))
			return false;
		const char *os = rootfs_read_os(root, arena);
		Rootfs *rootfs = rootfses_push(arena, &found);
		rootfs->name = name;
		rootfs->os = os ? os : "unknown";
		rootfs->path = layout_path_of(host, LAYOUT_ROOTFS, name, arena);
		if (!add_users(host, name, arena, &rootfs->containers, error))
			return false;
	}
	*ret_rootfses = found;
	return true;
}

bool rootfs_remove(const Host *host, const char *name, Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_FD rootfses = -1;
	if (!name_check_rootfs(name, error) || !take_lock(host, name, &lock, error) ||
	    !layout_open(host, LAYOUT_ROOTFS, &rootfses, error))
		return false;
	if (!file_exists(rootfses, name)) {
		lock_release_and_remove(host, &lock);
		return not_found(host, name, error);
	}
	if (!rootfs_check_unused(host, name, error))
		return false;
	const bool is_removed = staging_discard(rootfses, name, error);
	lock_release_and_remove(host, &lock);
	return is_removed;
}

bool rootfs_collect(const Host *host, size_t *ret_count, Error *error)
{
	return staging_collect(host, LAYOUT_ROOTFS, ret_count, error);
}
