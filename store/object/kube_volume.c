#include "store/object/kube_volume.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/crypto.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_root.h"
#include "pkg/sys/file_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DATA_LINK     "..data"
#define DATA_LINK_NEW "..data_tmp"

#define PATH_LENGTH_MAX 4096
#define NAME_LENGTH_MAX 255

// --- which files

static bool refuse_missing(const VolumeProjection *projection, const char *key, Error *error)
{
	return error_set(error, ERROR_NOT_FOUND, "references non-existent %s key: %s",
			 projection->is_secret ? "secret" : "config", key);
}

// A path is there once: the last source that has it decides. `searched`: how many files it could be among.
static void set_file(Arena *arena, VolumeFiles *files, size_t searched, VolumeFile file)
{
	for (size_t i = 0; i < searched; i++) {
		if (text_equal(files->items[i].path, file.path)) {
			files->items[i] = file;
			return;
		}
	}
	*volume_files_push(arena, files) = file;
}

static bool project_items(const VolumeProjection *projection, Arena *arena, VolumeFiles *files,
			  Error *error)
{
	for (size_t i = 0; i < projection->items->count; i++) {
		const VolumeKey *entry = &projection->items->items[i];
		const StoredItem *item = stored_data_get(projection->data, entry->key);
		if (!item && !projection->is_optional)
			return refuse_missing(projection, entry->key, error);
		if (!item)
			continue;
		const uint32_t mode =
			entry->mode >= 0 ? (uint32_t)entry->mode : projection->default_mode;
		set_file(arena, files, files->count,
			 (VolumeFile){ entry->path, item->value, mode });
	}
	return true;
}

bool kube_volume_project(const VolumeProjection *projection, Arena *arena, VolumeFiles *files,
			 Error *error)
{
	if (!projection->data)
		return true;
	if (projection->items && projection->items->count > 0)
		return project_items(projection, arena, files, error);
	// One object has no key twice, and may have very many.
	const size_t before = files->count;
	for (size_t i = 0; i < projection->data->count; i++) {
		const StoredItem *item = &projection->data->items[i];
		set_file(arena, files, before,
			 (VolumeFile){ item->key, item->value, projection->default_mode });
	}
	return true;
}

// --- how much room they need

static uint64_t count_slashes(const char *path)
{
	uint64_t count = 0;
	for (; *path; path++)
		count += *path == '/';
	return count;
}

VolumeRoom kube_volume_room(const VolumeFiles *files)
{
	// The version's own directory, and ..data, which is two for a moment.
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	VolumeRoom room = { .bytes = 3 * page, .inodes = 3 };
	for (size_t i = 0; i < files->count; i++) {
		const VolumeFile *file = &files->items[i];
		// A long link takes a page, too.
		room.bytes += (file->content.length + page - 1) / page * page + page;
		room.inodes += 2 + count_slashes(file->path);
	}
	return room;
}

// --- writing them

// The checks, and the words, of the kubelet's AtomicWriter (pkg/volume/util/atomic_writer.go).
static bool check_path(const char *path, Error *error)
{
	if (path[0] == '\0')
		return error_set(error, ERROR_INVALID, "invalid path: must not be empty: \"\"");
	if (path_is_absolute(path))
		return error_set(error, ERROR_INVALID, "invalid path: must be relative path: %s",
				 path);
	if (strlen(path) > PATH_LENGTH_MAX)
		return error_set(error, ERROR_INVALID,
				 "invalid path: must be less than or equal to %d characters",
				 PATH_LENGTH_MAX);
	if (path_has_dotdot(path))
		return error_set(error, ERROR_INVALID, "invalid path: must not contain '..': %s",
				 path);
	if (text_starts_with(path, ".."))
		return error_set(error, ERROR_INVALID, "invalid path: must not start with '..': %s",
				 path);
	for (const char *part = path; *part; part += part[0] == '/' ? 1 : 0) {
		const size_t length = strcspn(part, "/");
		if (length > NAME_LENGTH_MAX)
			return error_set(error, ERROR_INVALID,
					 "invalid path: filenames must be less than or equal to %d "
					 "characters",
					 NAME_LENGTH_MAX);
		part += length;
	}
	return true;
}

// The files with clean paths, sorted: a path and what lies below it are neighbours.
static int compare_files(const void *left, const void *right)
{
	const VolumeFile *a = left;
	const VolumeFile *b = right;
	return strcmp(a->path, b->path);
}

static bool prepare_files(const VolumeFiles *files, Arena *arena, VolumeFiles *ret, Error *error)
{
	VolumeFiles prepared = { 0 };
	for (size_t i = 0; i < files->count; i++) {
		if (!check_path(files->items[i].path, error))
			return false;
		VolumeFile *file = volume_files_push(arena, &prepared);
		*file = files->items[i];
		file->path = path_clean(arena, file->path);
		if (text_equal(file->path, "."))
			return error_set(error, ERROR_INVALID, "invalid path: must name a file: %s",
					 files->items[i].path);
	}
	if (prepared.count > 1)
		qsort(prepared.items, prepared.count, sizeof(VolumeFile), compare_files);
	*ret = prepared;
	return true;
}

// Opens below `directory`, through no symlink at all.
static int open_beneath(int directory, const char *path, int flags)
{
	return file_openat2(directory, path, flags, 0,
			    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
}

typedef struct Owner {
	uid_t uid;
	gid_t gid;
} Owner;

static bool has_status(int fd, const VolumeFile *file, Owner owner)
{
	struct stat status;
	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == owner.uid &&
	       status.st_gid == owner.gid && (status.st_mode & 07777) == file->mode &&
	       (size_t)status.st_size == file->content.length;
}

static bool has_file(int directory, const VolumeFile *file, Owner owner)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR ignored = { 0 };
	CLEANUP_FD fd = open_beneath(directory, file->path, O_RDONLY | O_NONBLOCK);
	const char *bytes = NULL;
	size_t length = 0;
	return fd >= 0 && has_status(fd, file, owner) &&
	       file_read_fd(fd, file->content.length, scratch, &bytes, &length, &ignored) &&
	       length == file->content.length &&
	       (length == 0 || memcmp(bytes, file->content.bytes, length) == 0);
}

// How many files the tree holds; SIZE_MAX when it cannot be told, or holds what we do not write.
static size_t count_files(int directory, const char *path)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR ignored = { 0 };
	CLEANUP_FD fd = open_beneath(directory, path, O_RDONLY | O_DIRECTORY);
	Texts names = { 0 };
	if (fd < 0 || !file_list(fd, ".", scratch, &names, &ignored))
		return SIZE_MAX;
	size_t count = 0;
	for (size_t i = 0; i < names.count; i++) {
		struct stat status;
		if (fstatat(fd, names.items[i], &status, AT_SYMLINK_NOFOLLOW) < 0)
			return SIZE_MAX;
		const size_t below = S_ISREG(status.st_mode)   ? 1
				     : S_ISDIR(status.st_mode) ? count_files(fd, names.items[i])
							       : SIZE_MAX;
		if (below == SIZE_MAX)
			return SIZE_MAX;
		count += below;
	}
	return count;
}

// The name that ..data points to, when it is one that we could have made: "..2026_…".
static const char *current_version(int directory, Arena *arena)
{
	char target[NAME_MAX + 1];
	const ssize_t length = readlinkat(directory, DATA_LINK, target, sizeof(target));
	if (length < 0 || (size_t)length >= sizeof(target))
		return NULL;
	const char *name = arena_strndup(arena, target, (size_t)length);
	return path_is_name(name) && text_starts_with(name, "..") ? name : NULL;
}

// The first part of the path: what the directory itself shows.
static const char *top_of(const char *path, Arena *arena)
{
	return arena_strndup(arena, path, strcspn(path, "/"));
}

static bool has_link(int directory, const char *top, Arena *arena)
{
	char target[PATH_MAX];
	const ssize_t length = readlinkat(directory, top, target, sizeof(target));
	const char *want = path_join(arena, DATA_LINK, top);
	return length >= 0 && (size_t)length == strlen(want) &&
	       memcmp(target, want, (size_t)length) == 0;
}

// A directory or file in the place of a link is where another volume is mounted. It stays, as with the kubelet: without it
// the mount would be gone.
static bool is_mount_point(int directory, const char *top)
{
	struct stat status;
	return fstatat(directory, top, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode));
}

static bool has_top(int directory, const char *top, Arena *arena)
{
	return has_link(directory, top, arena) || is_mount_point(directory, top);
}

// True when the directory shows these files already, and nothing else.
static bool is_current(int directory, const char *version, const VolumeFiles *files, Owner owner,
		       Arena *arena)
{
	CLEANUP_FD fd = version ? open_beneath(directory, version, O_RDONLY | O_DIRECTORY) : -1;
	if (fd < 0 || count_files(fd, ".") != files->count)
		return false;
	for (size_t i = 0; i < files->count; i++) {
		if (!has_file(fd, &files->items[i], owner) ||
		    !has_top(directory, top_of(files->items[i].path, arena), arena))
			return false;
	}
	return true;
}

static bool write_file(int version, const VolumeFile *file, Owner owner, Arena *arena, Error *error)
{
	CLEANUP_FD parent = -1;
	if (!file_root_make_directories(version, path_parent(arena, file->path), 0755, owner.uid,
					owner.gid, &parent, error))
		return false;
	CLEANUP_FD fd = openat(parent, path_name(file->path),
			       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set_errno(error, errno, "create '%s'", file->path);
	const void *bytes = file->content.length > 0 ? file->content.bytes : "";
	if (!file_write_fd(fd, bytes, file->content.length, error))
		return error_wrap(error, "'%s'", file->path);
	if (fchown(fd, owner.uid, owner.gid) < 0 || fchmod(fd, file->mode) < 0)
		return error_set_errno(error, errno, "set owner and mode of '%s'", file->path);
	return true;
}

// "..2026_01_31_12_00_00.123456789"
static const char *version_name(Arena *arena, Error *error)
{
	struct timespec now;
	struct tm parts;
	uint32_t random = 0;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	if (!crypto_random(&random, sizeof(random), error))
		return NULL;
	return arena_printf(arena, "..%04d_%02d_%02d_%02d_%02d_%02d.%09u", parts.tm_year + 1900,
			    parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
			    parts.tm_sec, random % 1000000000u);
}

static bool write_version(int directory, const VolumeFiles *files, Owner owner, Arena *arena,
			  const char **ret_name, Error *error)
{
	const char *name = version_name(arena, error);
	if (!name)
		return false;
	if (mkdirat(directory, name, 0755) < 0)
		return error_set_errno(error, errno, "make the directory '%s'", name);
	*ret_name = name;
	CLEANUP_FD version = open_beneath(directory, name, O_RDONLY | O_DIRECTORY);
	if (version < 0)
		return error_set_errno(error, errno, "open the directory '%s'", name);
	for (size_t i = 0; i < files->count; i++) {
		if (!write_file(version, &files->items[i], owner, arena, error))
			return false;
	}
	if (fchown(version, owner.uid, owner.gid) < 0 || fchmod(version, 0755) < 0)
		return error_set_errno(error, errno, "set the owner of '%s'", name);
	return true;
}

// After a failure, which is what the caller tells of.
static void discard_version(int directory, const char *name)
{
	CLEANUP_ERROR second = { 0 };
	if (name && !file_tree_remove(directory, name, &second))
		return; // the next write collects it
}

// Makes `name` a link to `target`, owned by `owner`. What is there gives way.
static bool put_link(int directory, const char *name, const char *target, Owner owner, Error *error)
{
	if (!file_tree_remove(directory, name, error))
		return false;
	if (symlinkat(target, directory, name) < 0 ||
	    fchownat(directory, name, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "make the link '%s'", name);
	return true;
}

static bool switch_version(int directory, const char *name, Owner owner, Error *error)
{
	if (!put_link(directory, DATA_LINK_NEW, name, owner, error))
		return false;
	if (renameat(directory, DATA_LINK_NEW, directory, DATA_LINK) == 0)
		return true;
	// Only a directory of that name can stand in the way of the rename.
	if (errno != EISDIR && errno != EEXIST && errno != ENOTEMPTY)
		return error_set_errno(error, errno, "switch '%s'", DATA_LINK);
	if (!file_tree_remove(directory, DATA_LINK, error))
		return false;
	if (renameat(directory, DATA_LINK_NEW, directory, DATA_LINK) < 0)
		return error_set_errno(error, errno, "switch '%s'", DATA_LINK);
	return true;
}

static bool put_top_links(int directory, const VolumeFiles *files, Owner owner, Arena *arena,
			  Error *error)
{
	for (size_t i = 0; i < files->count; i++) {
		const char *top = top_of(files->items[i].path, arena);
		if (!has_top(directory, top, arena) &&
		    !put_link(directory, top, path_join(arena, DATA_LINK, top), owner, error))
			return false;
	}
	return true;
}

// Whether one of the files, which are sorted, is `path` or lies below it, which is what a `path` with a slash asks for.
static bool has_path(const VolumeFiles *files, const char *path)
{
	size_t low = 0;
	for (size_t high = files->count; low < high;) {
		const size_t middle = low + (high - low) / 2;
		if (strcmp(files->items[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == files->count)
		return false;
	const char *found = files->items[low].path;
	return text_equal(found, path) ||
	       (path[strlen(path) - 1] == '/' && text_starts_with(found, path));
}

static bool is_shown(const VolumeFiles *files, const char *top, Arena *arena)
{
	return has_path(files, top) || has_path(files, arena_printf(arena, "%s/", top));
}

// Removes versions that nothing shows any more: the last one, and those of writers that were killed.
static bool remove_versions(int directory, const char *shown, Arena *arena, Error *error)
{
	Texts names = { 0 };
	if (!file_list(directory, ".", arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		if (text_starts_with(name, "..2") && !(shown && text_equal(name, shown)) &&
		    !file_tree_remove(directory, name, error))
			return false;
	}
	return true;
}

// Removes our links to files that are gone.
static bool remove_old_links(int directory, const VolumeFiles *files, Arena *arena, Error *error)
{
	Texts names = { 0 };
	if (!file_list(directory, ".", arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		if (has_link(directory, name, arena) && !is_shown(files, name, arena) &&
		    !file_tree_remove(directory, name, error))
			return false;
	}
	return true;
}

bool kube_volume_sweep(int directory, const VolumeFiles *files, uid_t uid, gid_t gid,
		       bool *ret_is_current, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const Owner owner = { uid, gid };
	const char *version = current_version(directory, scratch);
	VolumeFiles wanted = { 0 };
	if (!prepare_files(files, scratch, &wanted, error) ||
	    !remove_versions(directory, version, scratch, error))
		return false;
	*ret_is_current = is_current(directory, version, &wanted, owner, scratch);
	return true;
}

bool kube_volume_write(int directory, const VolumeFiles *files, uid_t uid, gid_t gid,
		       bool *ret_changed, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const Owner owner = { uid, gid };
	const char *version = current_version(directory, scratch);
	VolumeFiles wanted = { 0 };
	if (!prepare_files(files, scratch, &wanted, error))
		return false;
	const bool is_same = is_current(directory, version, &wanted, owner, scratch);
	if (!is_same) {
		version = NULL;
		if (!write_version(directory, &wanted, owner, scratch, &version, error)) {
			discard_version(directory, version);
			return false;
		}
		if (!switch_version(directory, version, owner, error) ||
		    !put_top_links(directory, &wanted, owner, scratch, error))
			return false;
	}
	if (!remove_versions(directory, version, scratch, error) ||
	    !remove_old_links(directory, &wanted, scratch, error))
		return false;
	if (ret_changed)
		*ret_changed = !is_same;
	return true;
}
