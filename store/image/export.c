#include "store/image/export.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/stream/sink.h"
#include "store/image/layout.h"
#include "store/image/record.h"
#include "store/state/layout.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// Of the hidden names.
#define STAGING_KIND "export"

// Where the export will be, and the hidden name beside it that it has until then.
typedef struct Place {
	int parent;
	const char *name;
	const char *staged;
	bool is_forced; // a file that has the name is replaced
} Place;

static void place_clear(Place *place)
{
	file_close(&place->parent);
}
#define CLEANUP_PLACE CLEANUP(place_clear) Place

// --- what is written

static bool write_to(const Host *host, const ImageExport *export, ExportTarget *target,
		     Error *error)
{
	CLEANUP_FD images = -1;
	return image_record_open(host, &images, error) &&
	       image_layout_write(host, images, export, target, error);
}

static bool write_archive(const Host *host, const ImageExport *export, int fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_EXPORT_TARGET target = export_archive(fd, scratch);
	return write_to(host, export, target, error);
}

static bool stage_archive(const Host *host, const ImageExport *export, const Place *place,
			  Error *error)
{
	CLEANUP_FD fd =
		openat(place->parent, place->staged, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_set_errno(error, errno, "create a file");
	if (!write_archive(host, export, fd, error))
		return false;
	return fsync(fd) == 0 || error_set_errno(error, errno, "sync the file");
}

static bool stage_directory(const Host *host, const ImageExport *export, const Place *place,
			    Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD directory = -1;
	if (!file_make_directories(place->parent, place->staged, 0755, error) ||
	    !file_open_directory(place->parent, place->staged, &directory, error))
		return false;
	CLEANUP_EXPORT_TARGET target = export_directory(directory, scratch);
	return write_to(host, export, target, error);
}

// --- where it appears

static bool check_place(const Place *place, Error *error)
{
	struct stat status;
	if (fstatat(place->parent, place->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || error_set_errno(error, errno, "look at it");
	if (!S_ISREG(status.st_mode))
		return error_set(error, ERROR_EXISTS, "it exists already");
	return place->is_forced ||
	       error_set(error, ERROR_EXISTS, "it exists already; --force replaces it");
}

static bool find_place(const char *path, Arena *arena, Place *ret, Error *error)
{
	const char *clean = path_clean(arena, path);
	ret->name = path_name(clean);
	if (!path_is_name(ret->name))
		return error_set(error, ERROR_INVALID, "this is no name for a file");
	return file_open_directory(AT_FDCWD, path_parent(arena, clean), &ret->parent, error) &&
	       staging_name(STAGING_KIND, arena, &ret->staged, error);
}

static bool publish(const Place *place, Error *error)
{
	// Somebody may have made one meanwhile; a directory that holds something is never replaced.
	const unsigned flags = place->is_forced ? 0 : RENAME_NOREPLACE;
	if (renameat2(place->parent, place->staged, place->parent, place->name, flags) < 0)
		return error_set_errno(error, errno, "give it its name");
	return fsync(place->parent) == 0 || error_set_errno(error, errno, "sync its directory");
}

static bool write_and_publish(const Host *host, const ImageExport *export, const Place *place,
			      Error *error)
{
	const bool is_directory = export->format == IMAGE_EXPORT_OCI;
	if (!(is_directory ? stage_directory : stage_archive)(host, export, place, error))
		return false;
	return publish(place, error);
}

// What killed exports left beside it; whatever else is in somebody's directory is not ours to remove. No failure matters
// to the export that comes now.
static void collect(const Place *place)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR ignored = { 0 };
	Texts names = { 0 };
	if (!file_list(place->parent, ".", scratch, &names, &ignored))
		return;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		CLEANUP_ERROR left_behind = { 0 };
		if (text_starts_with(name, "." STAGING_KIND "-") && staging_is_stale(name) &&
		    !file_tree_remove(place->parent, name, &left_behind))
			continue;
	}
}

// The failure that led here is the one to tell about.
static void discard(const Place *place)
{
	CLEANUP_ERROR second = { 0 };
	if (!file_tree_remove(place->parent, place->staged, &second))
		return;
}

static bool export_to_place(const Host *host, const ImageExport *export, const Place *place,
			    Error *error)
{
	if (write_and_publish(host, export, place, error))
		return true;
	discard(place);
	return false;
}

bool image_export(const Host *host, const ImageExport *export, const char *path, bool is_forced,
		  Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_PLACE place = { .parent = -1, .is_forced = is_forced };
	if (!find_place(path, scratch, &place, error) || !check_place(&place, error))
		return error_wrap(error, "'%s'", path);
	collect(&place);
	return export_to_place(host, export, &place, error) || error_wrap(error, "'%s'", path);
}

// --- a stream

static bool copy_file(int from, int to, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	if (lseek(from, 0, SEEK_SET) < 0)
		return error_set_errno(error, errno, "read the archive");
	return source_write_fd(source_of_fd(from, scratch), to, NULL, error);
}

// Sizes stand in front of contents in an archive and are known behind them: it has to be complete first. In a file
// without a name, which ends with the process.
bool image_export_to(const Host *host, const ImageExport *export, int fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *directory = layout_path(host, LAYOUT_IMAGES, scratch);
	CLEANUP_FD file = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (file < 0)
		return error_set_errno(error, errno, "make a temporary file in '%s'", directory);
	return write_archive(host, export, file, error) && copy_file(file, fd, error);
}
