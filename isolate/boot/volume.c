// Volumes: made once for the machine; isolate/boot/app_mount.c shows them to the containers.
#include "isolate/boot/state.h"

#include "isolate/guest/inside.h"
#include "isolate/machine/host_path.h"
#include "isolate/machine/host_tree.h"
#include "isolate/machine/memory_volume.h"
#include "isolate/machine/object_volume.h"
#include "isolate/machine/reference.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_root.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/kernel/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// A volume of a config map or secret grows when its files are written; mount points of other volumes take no pages.
#define OBJECT_VOLUME_BYTES (64ull * 1024)

static MountOptions volume_options(const Boot *boot, const PlanVolume *volume)
{
	MountOptions options = MOUNT_OPTIONS_NONE;
	// Mount points of other volumes are made in it.
	options.user_namespace = boot->upper_id_map;
	options.is_read_only = volume->is_read_only;
	return options;
}

// --- directories, and paths of the host

static const char *empty_parent(const Boot *boot)
{
	return path_join(boot->arena, boot->state, "volumes");
}

static const char *empty_directory(const Boot *boot)
{
	return path_join(boot->arena, empty_parent(boot),
			 plan_pod_directory(&boot->plan, boot->arena));
}

// Of Pods that are no more.
static bool remove_old(const Boot *boot, Error *error)
{
	const char *parent = empty_parent(boot);
	CLEANUP_FD directory = -1;
	Texts names = { 0 };
	if (!file_make_directories(AT_FDCWD, parent, 0700, error) ||
	    !file_open_directory(AT_FDCWD, parent, &directory, error) ||
	    !file_list(directory, ".", boot->arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (!text_equal(names.items[i], path_name(empty_directory(boot))) &&
		    !file_tree_remove(directory, names.items[i], error))
			return false;
	}
	return file_make_directories(AT_FDCWD, empty_directory(boot), 0700, error);
}

// An emptyDir has what it was left with by the last start of the same Pod: whatever becomes of the machine meanwhile.
static bool clone_empty(const Boot *boot, const PlanVolume *volume, int *ret_tree, Error *error)
{
	const char *path = path_join(boot->arena, empty_directory(boot), volume->name);
	return file_make_directories(AT_FDCWD, path, 0777, error) &&
	       mount_clone(AT_FDCWD, path, volume_options(boot, volume), ret_tree, error);
}

static bool clone_claim(const Boot *boot, const PlanVolume *volume, int *ret_tree, Error *error)
{
	const char *path = NULL;
	CLEANUP_FD fd = -1;
	return reference_claim(boot->host, volume, boot->arena, &path, error) &&
	       file_open_directory(AT_FDCWD, path, &fd, error) &&
	       host_tree_clone(fd, path, volume_options(boot, volume), ret_tree, error);
}

static bool clone_host_path(const Boot *boot, const PlanVolume *volume, int *ret_tree, Error *error)
{
	CLEANUP_FD fd = -1;
	if (!host_path_open(volume, &fd, error))
		return false;
	return host_tree_clone(fd, volume->path, volume_options(boot, volume), ret_tree, error) ||
	       error_wrap(error, "hostPath '%s'", volume->path);
}

// --- config maps and secrets

static bool make_object(const Boot *boot, const PlanVolume *volume, int *ret_tree, Error *error)
{
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.no_device = true;
	options.no_setuid = true;
	CLEANUP_FD tree = -1;
	if (!mount_tmpfs(OBJECT_VOLUME_BYTES, 0755, boot->id_base, boot->id_base,
			 /* is_secret= */ volume->kind == PLAN_VOLUME_SECRET, options, &tree,
			 error))
		return false;
	CLEANUP_FD directory = openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return error_set_errno(error, errno, "open a new tmpfs");
	if (!object_volume_write(boot->host, volume, boot->id_base, directory, boot->arena, error))
		return false;
	*ret_tree = steal_fd(&tree);
	return true;
}

static bool clone_memory(const Boot *boot, const PlanVolume *volume, int *ret_tree, Error *error)
{
	const char *path = memory_volume_path(boot->host, &boot->plan, volume, boot->arena);
	return mount_clone(AT_FDCWD, path, MOUNT_OPTIONS_NONE, ret_tree, error);
}

// --- all of them

static bool make_volume(const Boot *boot, const PlanVolume *volume, int *ret_tree, Error *error)
{
	switch (volume->kind) {
	case PLAN_VOLUME_EMPTY:
		return clone_empty(boot, volume, ret_tree, error);
	case PLAN_VOLUME_MEMORY:
		return clone_memory(boot, volume, ret_tree, error);
	case PLAN_VOLUME_HOST_PATH:
		return clone_host_path(boot, volume, ret_tree, error);
	case PLAN_VOLUME_CLAIM:
		return clone_claim(boot, volume, ret_tree, error);
	case PLAN_VOLUME_CONFIG_MAP:
	case PLAN_VOLUME_SECRET:
		return make_object(boot, volume, ret_tree, error);
	}
	return error_set(error, ERROR_INVALID, "volume of unknown kind %d", (int)volume->kind);
}

static bool mount_volume(const Boot *boot, const PlanVolume *volume, Error *error)
{
	CLEANUP_FD tree = -1;
	CLEANUP_FD target = -1;
	struct stat status;
	if (!make_volume(boot, volume, &tree, error))
		return false;
	if (fstat(tree, &status) < 0)
		return error_set_errno(error, errno, "look at it");
	const bool is_file = !S_ISDIR(status.st_mode); // a hostPath may be one
	const FileRootNew wanted = { .is_file = is_file,
				     .mode = is_file ? 0644 : 0755,
				     .uid = boot->id_base,
				     .gid = boot->id_base };
	const char *path = arena_printf(boot->arena, "/" INSIDE_VOLUME, volume->name);
	return file_root_make(boot->root, path, &wanted, &target, error) &&
	       mount_attach(tree, target, error);
}

bool boot_mount_volumes(const Boot *boot, Error *error)
{
	if (!remove_old(boot, error))
		return error_wrap(error, "remove old volumes");
	for (size_t i = 0; i < boot->plan.volumes.count; i++) {
		const PlanVolume *volume = &boot->plan.volumes.items[i];
		if (!mount_volume(boot, volume, error))
			return error_wrap(error, "volume '%s'", volume->name);
	}
	return true;
}
