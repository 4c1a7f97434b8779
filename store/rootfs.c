#include "store/rootfs.h"

#include "pkg/base/pairs.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/unpack.h"
#include "pkg/sys/archive.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/inflate.h"
#include "store/layout.h"
#include "store/lock.h"
#include "store/os_release.h"
#include "store/record.h"
#include "store/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// Key of a machine's record: the root file system that it stands on.
#define RECORD_KEY_ROOTFS "ROOTFS"

// What a machine needs to boot, and where distributions put it.
static const char *const systemd_paths[] = { "usr/lib/systemd/systemd", "lib/systemd/systemd" };
static const char *const dbus_paths[] = { "usr/bin/dbus-daemon", "usr/bin/dbus-broker-launch",
					  "bin/dbus-daemon" };

// How to get it, by the ID or ID_LIKE of os-release.
static const struct {
	const char *id;
	const char *command;
} installers[] = {
	{ "debian", "apt-get install systemd systemd-sysv dbus" },
	{ "fedora", "dnf install systemd dbus-broker" },
	{ "rhel", "dnf install systemd dbus-broker" },
	{ "suse", "zypper install systemd dbus-1" },
	{ "arch", "pacman -S systemd" },
};

// --- what is in a root file system

static bool has_program(int root, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CLEANUP_ERROR ignored = { 0 };
		CLEANUP_FD fd = -1;
		struct stat status;
		if (file_open_in_root(root, paths[i], O_PATH, 0, &fd, &ignored) &&
		    fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
		    (status.st_mode & 0111) != 0)
			return true;
	}
	return false;
}

static const char *install_hint(int root, Arena *arena)
{
	Pairs release = { 0 };
	os_release_load(root, arena, &release);
	for (size_t i = 0; i < COUNT(installers); i++) {
		if (os_release_is_like(&release, installers[i].id))
			return installers[i].command;
	}
	return "the packages systemd and dbus";
}

bool rootfs_check_bootable(int root, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const bool has_systemd = has_program(root, systemd_paths, COUNT(systemd_paths));
	const bool has_dbus = has_program(root, dbus_paths, COUNT(dbus_paths));
	if (has_systemd && has_dbus)
		return true;
	const char *missing = has_systemd ? "no D-Bus daemon"
			      : has_dbus  ? "no systemd"
					  : "neither systemd nor a D-Bus daemon";
	return error_set(error, ERROR_INVALID,
			 "there is %s in it, so no machine could boot; install in it: %s", missing,
			 install_hint(root, scratch));
}

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
			return error_set(error, gone.code, "%s", gone.message);
		}
		if (text_equal(pairs_get_or(&record, RECORD_KEY_ROOTFS, ""), name))
			texts_add(arena, users, machines.items[i]);
	}
	return true;
}

static bool check_unused(const Host *host, const char *name, Error *error)
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

// --- import

static bool unpack(int file, int directory, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_INFLATE inflate = inflate_open(source_of_fd(file, scratch));
	CLEANUP_ARCHIVE archive = NULL;
	return archive_open(inflate_source(inflate), ARCHIVE_ANY_COMPRESSION, &archive, error) &&
	       unpack_tar(archive, directory, &unpack_plain, NULL, error);
}

static bool copy_directory(const Host *host, int source, int directory, Error *error)
{
	CLEANUP_FD data = -1;
	return layout_open(host, LAYOUT_ROOT, &data, error) &&
	       file_tree_copy(source, directory, data, NULL, error);
}

// Fills the staging directory from whatever the source is.
static bool fill(const Host *host, const char *source, int directory, Error *error)
{
	CLEANUP_FD fd = open(source, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat status;
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_set_errno(error, errno, "open '%s'", source);
	if (S_ISDIR(status.st_mode))
		return copy_directory(host, fd, directory, error);
	if (S_ISREG(status.st_mode))
		return unpack(fd, directory, error);
	return error_set(error, ERROR_INVALID, "'%s' is neither a directory nor a file", source);
}

// "/" of a machine is open to all its users, whatever the mode of the directory was that it came from.
static bool open_to_all(int directory, Error *error)
{
	struct stat status;
	if (fstat(directory, &status) < 0 || fchmod(directory, (status.st_mode & 07777) | 0755) < 0)
		return error_set_errno(error, errno, "set the mode of the root directory");
	return true;
}

static bool publish(int rootfses, const char *staged, const char *name, Error *error)
{
	// Before the name shows: a crash must not leave empty files under it.
	if (syncfs(rootfses) < 0)
		return error_set_errno(error, errno, "sync '%s'", name);
	if (!file_exists(rootfses, name))
		return staging_publish(rootfses, staged, name, error);
	return staging_exchange(rootfses, staged, name, error) &&
	       staging_discard(rootfses, staged, error);
}

static bool fill_and_publish(const Host *host, const RootfsImport *import, int rootfses,
			     const char *staged, int directory, Error *error)
{
	if (!fill(host, import->source, directory, error) ||
	    !rootfs_check_bootable(directory, error))
		return error_wrap(error, "import '%s'", import->source);
	return open_to_all(directory, error) && publish(rootfses, staged, import->name, error);
}

// After a failure, which is what the caller tells of. What a signal leaves is collected later.
static void discard(int rootfses, const char *staged)
{
	CLEANUP_ERROR second = { 0 };
	if (file_exists(rootfses, staged) && !file_tree_remove(rootfses, staged, &second))
		return;
}

static bool check_free(const Host *host, const RootfsImport *import, int rootfses, Error *error)
{
	if (!file_exists(rootfses, import->name))
		return true;
	if (!import->is_forced)
		return error_set(error, ERROR_EXISTS,
				 "a root file system '%s' exists already; --force replaces it",
				 import->name);
	return check_unused(host, import->name, error);
}

bool rootfs_import(const Host *host, const RootfsImport *import, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_FD rootfses = -1;
	CLEANUP_FD directory = -1;
	const char *staged = NULL;
	if (!name_check_rootfs(import->name, error) ||
	    !take_lock(host, import->name, &lock, error) ||
	    !layout_open(host, LAYOUT_ROOTFS, &rootfses, error) ||
	    !check_free(host, import, rootfses, error) ||
	    !staging_collect_at(rootfses, NULL, error) ||
	    !staging_make_directory(rootfses, "import", 0755, scratch, &staged, &directory, error))
		return false;

	progress_report(host->progress, import->name, "import", 0, 0);
	if (fill_and_publish(host, import, rootfses, staged, directory, error)) {
		progress_report(host->progress, import->name, "import", 1, 1);
		return true;
	}
	discard(rootfses, staged);
	return false;
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
	if (!check_unused(host, name, error))
		return false;
	const bool is_removed = staging_discard(rootfses, name, error);
	lock_release_and_remove(host, &lock);
	return is_removed;
}

bool rootfs_collect(const Host *host, size_t *ret_count, Error *error)
{
	return staging_collect(host, LAYOUT_ROOTFS, ret_count, error);
}
