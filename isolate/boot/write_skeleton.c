// The skeleton and the units of a machine, written to a tmpfs.
#include "isolate/boot/state.h"

#include "isolate/boot/skeleton.h"
#include "isolate/plan/unit.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static bool make(const Boot *boot, int directory, const SkeletonEntry *entry, Error *error)
{
	switch (entry->kind) {
	case SKELETON_DIRECTORY:
		if (mkdirat(directory, entry->path, entry->mode) < 0)
			return error_set_errno(error, errno, "make '%s'", entry->path);
		break;
	case SKELETON_LINK:
		if (symlinkat(entry->content, directory, entry->path) < 0)
			return error_set_errno(error, errno, "link '%s'", entry->path);
		break;
	case SKELETON_FILE: {
		CLEANUP_FD fd = openat(directory, entry->path,
				       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, entry->mode);
		if (fd < 0)
			return error_set_errno(error, errno, "create '%s'", entry->path);
		if (!file_write_fd(fd, entry->content, strlen(entry->content), error))
			return error_wrap(error, "'%s'", entry->path);
		break;
	}
	}
	if (boot->id_base > 0 &&
	    fchownat(directory, entry->path, boot->id_base, boot->id_base, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "give '%s' to the machine's root",
				       entry->path);
	return true;
}

// A new directory below the machine's run directory in place of an earlier start's.
static bool make_new(const Boot *boot, const char *name, int *ret_fd, Error *error)
{
	const char *path = path_join(boot->arena, boot->run, name);
	return file_tree_remove_path(AT_FDCWD, path, error) &&
	       file_make_directories(AT_FDCWD, path, 0755, error) &&
	       file_open_directory(AT_FDCWD, path, ret_fd, error);
}

static bool write_root(const Boot *boot, Error *error)
{
	CLEANUP_FD directory = -1;
	Skeleton skeleton = { 0 };
	skeleton_print(&boot->plan, boot->arena, &skeleton);
	if (!make_new(boot, "skeleton", &directory, error))
		return false;
	for (size_t i = 0; i < skeleton.count; i++) {
		if (!make(boot, directory, &skeleton.items[i], error))
			return false;
	}
	return true;
}

static bool write_units(const Boot *boot, Error *error)
{
	CLEANUP_FD directory = -1;
	UnitFiles files = { 0 };
	unit_print_machine(&boot->plan, boot->arena, &files);
	if (!make_new(boot, "generation", &directory, error))
		return false;
	for (size_t i = 0; i < files.count; i++) {
		const UnitFile *file = &files.items[i];
		const SkeletonEntry entry = {
			.kind = file->text ? SKELETON_FILE : SKELETON_LINK,
			.path = file->path,
			.content = file->text ? file->text : file->target,
			.mode = 0644,
		};
		if (!file_make_directories(directory, path_parent(boot->arena, file->path), 0755,
					   error) ||
		    !make(boot, directory, &entry, error))
			return false;
	}
	return true;
}

bool boot_write_skeleton(const Boot *boot, Error *error)
{
	return write_root(boot, error) && write_units(boot, error);
}
