#include "store/rootfs/import.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "store/rootfs/file.h"
#include "store/rootfs/image.h"
#include "store/rootfs/install.h"
#include "store/rootfs/rootfs.h"
#include "store/rootfs/source.h"
#include "store/state/layout.h"
#include "store/state/lock.h"
#include "store/state/staging.h"

#include <errno.h>
#include <sys/stat.h>

// A directory of fs/ that is gone when the import ends, unless it was published.
typedef struct Staged {
	int parent;
	const char *name; // NULL: none yet
	int fd;
} Staged;

// What a signal leaves is collected later, and a failure is what the caller tells of.
static void discard(Staged *staged)
{
	CLEANUP_ERROR second = { 0 };
	file_close(&staged->fd);
	if (staged->name && file_exists(staged->parent, staged->name) &&
	    !file_tree_remove(staged->parent, staged->name, &second))
		return;
}

static bool stage(int rootfses, const char *kind, Arena *arena, Staged *ret, Error *error)
{
	ret->parent = rootfses;
	return staging_make_directory(rootfses, kind, 0755, arena, &ret->name, &ret->fd, error);
}

static bool fill_site(const RootfsSite *site, Error *error)
{
	const char *source = site->import->source;
	switch (rootfs_source_kind(source)) {
	case ROOTFS_SOURCE_PATH:
		return rootfs_file_fill(site, source, error);
	case ROOTFS_SOURCE_URL:
		return rootfs_url_fill(site, source, error);
	case ROOTFS_SOURCE_IMAGE:
		break;
	}
	return rootfs_image_fill(site, source, error);
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

static bool make_tree(const RootfsSite *site, Error *error)
{
	if (fill_site(site, error) && rootfs_make_bootable(site, error))
		return open_to_all(site->directory, error);
	return error_wrap(error, "import '%s'", site->import->source);
}

static bool make_and_publish(const Host *host, const RootfsImport *import, int rootfses,
			     Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP(discard) Staged tree = { .fd = -1 };
	CLEANUP(discard) Staged work = { .fd = -1 };
	if (!stage(rootfses, "import", scratch, &tree, error) ||
	    !stage(rootfses, "scratch", scratch, &work, error))
		return false;
	const RootfsSite site = {
		.host = host,
		.import = import,
		.directory = tree.fd,
		.path = layout_path_of(host, LAYOUT_ROOTFS, tree.name, scratch),
		.scratch = work.fd,
		.scratch_path = layout_path_of(host, LAYOUT_ROOTFS, work.name, scratch),
		.arena = scratch,
	};
	return make_tree(&site, error) && publish(rootfses, tree.name, import->name, error);
}

static bool check_free(const Host *host, const RootfsImport *import, int rootfses, Error *error)
{
	if (!file_exists(rootfses, import->name))
		return true;
	if (!import->is_forced)
		return error_set(error, ERROR_EXISTS,
				 "a root file system '%s' exists already; --force replaces it",
				 import->name);
	return rootfs_check_unused(host, import->name, error);
}

bool rootfs_import(const Host *host, const RootfsImport *import, Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_FD rootfses = -1;
	const LockRequest request = { .kind = LOCK_FS, .name = import->name };
	if (!name_check_rootfs(import->name, error) || !lock_take(host, &request, &lock, error) ||
	    !layout_open(host, LAYOUT_ROOTFS, &rootfses, error) ||
	    !check_free(host, import, rootfses, error) || !staging_tidy(rootfses, error))
		return false;
	progress_report(host->progress, import->name, "import", 0, 0);
	if (!make_and_publish(host, import, rootfses, error))
		return false;
	progress_report(host->progress, import->name, "import", 1, 1);
	return true;
}
