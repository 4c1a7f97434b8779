// What machines run of ours: a copy of what is installed, as it was when they were started.
#include "isolate/boot/state.h"

#include "pkg/base/hash.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "store/state/layout.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// RUNDIR/library/KEY is a copy, RUNDIR/machines/NAME/LINK_NAME a link to the one that the machine was started with.
#define LIBRARIES "library"
#define LINK_NAME "library"

static bool add_tree(int directory, Arena *arena, uint64_t *hash, Error *error);

// Whatever is written into a file, or put into its place, has another time of change or another inode.
static bool add_entry(int directory, const char *name, Arena *arena, uint64_t *hash, Error *error)
{
	CLEANUP_FD child = -1;
	struct stat status;
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "look at '%s'", name);
	const uint64_t identity[] = { status.st_dev, status.st_ino, (uint64_t)status.st_ctim.tv_sec,
				      (uint64_t)status.st_ctim.tv_nsec };
	*hash = hash_add(*hash, name, strlen(name) + 1);
	*hash = hash_add(*hash, identity, sizeof(identity));
	return !S_ISDIR(status.st_mode) || (file_open_directory(directory, name, &child, error) &&
					    add_tree(child, arena, hash, error));
}

static bool add_tree(int directory, Arena *arena, uint64_t *hash, Error *error)
{
	Texts names = { 0 };
	if (!file_list(directory, ".", arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (!add_entry(directory, names.items[i], arena, hash, error))
			return false;
	}
	return true;
}

// Never the same again once anything has changed: a copy that was made meanwhile is nobody else's.
static bool find_key(int installed, Arena *arena, const char **ret, Error *error)
{
	uint64_t hash = HASH_EMPTY;
	if (!add_tree(installed, arena, &hash, error))
		return false;
	*ret = arena_printf(arena, "%016llx", (unsigned long long)hash);
	return true;
}

static bool make_copy(int installed, int libraries, const char *key, Arena *arena, Error *error)
{
	CLEANUP_FD copy = -1;
	const char *staged = NULL;
	return file_exists(libraries, key) ||
	       (staging_make_directory(libraries, "library", 0755, arena, &staged, &copy, error) &&
		file_tree_copy(installed, copy, -1, NULL, error) &&
		staging_publish(libraries, staged, key, error));
}

static bool note_use(const Boot *boot, const char *key, Error *error)
{
	return file_replace_link(AT_FDCWD, path_join(boot->arena, boot->run, LINK_NAME),
				 arena_printf(boot->arena, "../../" LIBRARIES "/%s", key), error);
}

// What the links of all machines point to. One that does not run keeps its own until its next start.
static bool list_used(const Boot *boot, Texts *ret, Error *error)
{
	Arena *arena = boot->arena;
	Texts machines = { 0 };
	const char *directory = path_join(arena, boot->host->run_dir, "machines");
	if (!file_list(AT_FDCWD, directory, arena, &machines, error))
		return false;
	for (size_t i = 0; i < machines.count; i++) {
		char target[64];
		const char *link =
			arena_printf(arena, "%s/%s/" LINK_NAME, directory, machines.items[i]);
		const ssize_t length = readlink(link, target, sizeof(target));
		if (length > 0)
			texts_add(arena, ret,
				  path_name(arena_strndup(arena, target, (size_t)length)));
	}
	return true;
}

static bool collect(const Boot *boot, int libraries, Error *error)
{
	Texts copies = { 0 };
	Texts used = { 0 };
	if (!file_list(libraries, ".", boot->arena, &copies, error))
		return false;
	if (copies.count <= 1)
		return true;
	if (!list_used(boot, &used, error))
		return false;
	// Whoever else makes one waits for our lock: what has another name was left by a killed process.
	for (size_t i = 0; i < copies.count; i++) {
		if (!texts_contain(&used, copies.items[i]) &&
		    !file_tree_remove(libraries, copies.items[i], error))
			return false;
	}
	return true;
}

bool boot_open_library(const Boot *boot, int *ret_library, Error *error)
{
	Arena *arena = boot->arena;
	CLEANUP_FD installed = -1;
	CLEANUP_FD libraries = -1;
	const char *key = NULL;
	const char *source = path_join(arena, boot->host->library_dir, "machine");
	const char *path = path_join(arena, boot->host->run_dir, LIBRARIES);
	return file_open_directory(AT_FDCWD, source, &installed, error) &&
	       file_make_directories(AT_FDCWD, path, 0700, error) &&
	       file_open_directory(AT_FDCWD, path, &libraries, error) &&
	       file_lock(libraries, path, error) && find_key(installed, arena, &key, error) &&
	       make_copy(installed, libraries, key, arena, error) && note_use(boot, key, error) &&
	       collect(boot, libraries, error) &&
	       file_open_directory(libraries, key, ret_library, error);
}
