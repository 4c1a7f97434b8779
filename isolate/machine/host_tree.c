#include "isolate/machine/host_tree.h"

#include "pkg/sys/file.h"
#include "pkg/sys/kernel/mount_table.h"

#include <fcntl.h>

static bool can_be_mapped(const char *path, MountOptions options)
{
	CLEANUP_ERROR failure = { 0 };
	CLEANUP_FD tree = -1;
	options.is_recursive = false;
	return mount_clone(AT_FDCWD, path, options, &tree, &failure) ||
	       failure.code != ERROR_UNSUPPORTED;
}

#define WAY_OUT "cannot be id-mapped for the Pod's user namespace; set spec.hostUsers: true"

// The kernel maps all of them or none, and does not say which one it was.
static bool refuse_mount(const char *path, MountOptions options, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR ignored = { 0 }; // then it stays without a name
	MountEntries mounts = { 0 };
	if (!mount_table_below(path, scratch, &mounts, &ignored))
		mounts.count = 0;
	for (size_t i = 0; i < mounts.count; i++) {
		const MountEntry *mount = &mounts.items[i];
		if (!can_be_mapped(i == 0 ? path : mount->path, options))
			return error_set(error, ERROR_UNSUPPORTED,
					 "the file system %s, mounted at '%s', " WAY_OUT,
					 mount->type, mount->path);
	}
	return error_set(error, ERROR_UNSUPPORTED, "what is mounted below it " WAY_OUT);
}

bool host_tree_clone(int fd, const char *path, MountOptions options, int *ret_tree, Error *error)
{
	options.is_recursive = true;
	if (mount_clone(fd, "", options, ret_tree, error))
		return true;
	if (error->code != ERROR_UNSUPPORTED)
		return false;
	error_clear(error);
	return refuse_mount(path, options, error);
}
