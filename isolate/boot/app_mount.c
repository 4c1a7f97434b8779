// What the containers mount: volumes, VOLUMEs of their images, /etc/hosts and its like; each where links lead in its root.
#include "isolate/boot/state.h"

#include "isolate/guest/inside.h"
#include "isolate/machine/mount_path.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_root.h"
#include "pkg/sys/kernel/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// What one app mounts, while it is mounted.
typedef struct AppMounts {
	const Boot *boot;
	const PlanApp *app;
	int root;
	int *read_only; // trees that become it when all mount points in them are made
	size_t read_only_count;
} AppMounts;

static void close_mounts(AppMounts *self)
{
	for (size_t i = 0; i < self->read_only_count; i++)
		file_close(&self->read_only[i]);
}

// --- where a mount goes

static const PlanVolume *volume_at(const AppMounts *self, const char *path)
{
	for (size_t i = 0; i < self->app->mounts.count; i++) {
		const PlanMount *mount = &self->app->mounts.items[i];
		if (text_equal(mount->path, path))
			return plan_find_volume(&self->boot->plan, mount->volume);
	}
	return NULL;
}

static bool is_object(const PlanVolume *volume)
{
	return volume->kind == PLAN_VOLUME_CONFIG_MAP || volume->kind == PLAN_VOLUME_SECRET;
}

// The keys of an object are links, to a version that goes with the next change: there the link itself is covered.
static bool find_place(const AppMounts *self, const char *path, const char **ret, Error *error)
{
	Arena *arena = self->boot->arena;
	const char *parent = path_parent(arena, path);
	const PlanVolume *above = volume_at(self, parent);
	const bool is_key = above && is_object(above);
	const char *place = NULL;
	if (!file_root_resolve(self->root, is_key ? parent : path, arena, &place, NULL, error))
		return false;
	if (is_key)
		place = path_join(arena, place, path_name(path));
	*ret = place;
	return mount_path_check(path, place, error);
}

static FileRootNew missing(const AppMounts *self, bool is_file)
{
	return (FileRootNew){
		.is_file = is_file,
		.mode = is_file ? 0644 : 0755,
		.uid = self->boot->id_base,
		.gid = self->boot->id_base,
	};
}

static bool is_directory(int fd)
{
	struct stat status;
	return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

// Shows `tree` at `path` of the app's root: a directory, or a file where a hostPath is one.
static bool attach(const AppMounts *self, int tree, const char *path, Error *error)
{
	const bool is_file = !is_directory(tree);
	const FileRootNew wanted = missing(self, is_file);
	CLEANUP_FD target = -1;
	const char *place = NULL;
	if (!find_place(self, path, &place, error) ||
	    !file_root_make(self->root, place, &wanted, &target, error))
		return false;
	if (is_file && is_directory(target))
		return error_set(error, ERROR_INVALID,
				 "a file cannot be mounted on the directory '%s'", place);
	return mount_attach(tree, target, error);
}

// Shows `source`, a path of the machine, with all that is mounted below it.
static bool show(const AppMounts *self, const char *source, const char *path, bool is_read_only,
		 int *ret_tree, Error *error)
{
	CLEANUP_FD from = -1;
	CLEANUP_FD tree = -1;
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.is_read_only = is_read_only;
	options.is_recursive = true;
	if (!file_open_in_root(self->boot->root, source, O_PATH, 0, &from, error) ||
	    !mount_clone(from, "", options, &tree, error) || !attach(self, tree, path, error))
		return false;
	*ret_tree = steal_fd(&tree);
	return true;
}

// --- volumes

// What is the machine's own can hold mount points before it is read-only. What belongs to others is never written to.
static bool is_own(const PlanVolume *volume)
{
	return volume && volume->kind != PLAN_VOLUME_HOST_PATH && volume->kind != PLAN_VOLUME_CLAIM;
}

static bool mount_volume_in_app(AppMounts *self, const PlanMount *mount, Error *error)
{
	const PlanVolume *volume = plan_find_volume(&self->boot->plan, mount->volume);
	const char *source = arena_printf(self->boot->arena, "/" INSIDE_VOLUME, mount->volume);
	const bool is_late = mount->is_read_only && is_own(volume);
	CLEANUP_FD tree = -1;
	if (!show(self, source, mount->path, mount->is_read_only && !is_late, &tree, error))
		return error_wrap(error, "mount volume '%s' at '%s'", mount->volume, mount->path);
	if (is_late)
		self->read_only[self->read_only_count++] = steal_fd(&tree);
	return true;
}

static bool mount_volumes(AppMounts *self, Error *error)
{
	const PlanMounts *mounts = &self->app->mounts;
	self->read_only = arena_array(self->boot->arena, mounts->count + 1, sizeof(int));
	for (size_t i = 0; i < mounts->count; i++) {
		const PlanMount *mount = &mounts->items[i];
		if (path_is_below(mount->path, "/dev")) // that, sdme-isolate mounts
			continue;
		if (!mount_volume_in_app(self, mount, error))
			return false;
	}
	return true;
}

// What the image has there is there, and may be changed, also where the root is read-only. It is as old as the root.
static bool mount_image_volume(const AppMounts *self, const char *path, Error *error)
{
	const FileRootNew wanted = missing(self, /* is_file= */ false);
	const char *place = NULL;
	CLEANUP_FD target = -1;
	CLEANUP_FD tree = -1;
	return find_place(self, path, &place, error) &&
	       file_root_make(self->root, place, &wanted, &target, error) &&
	       (!self->app->is_root_read_only ||
		(mount_clone(target, "", MOUNT_OPTIONS_NONE, &tree, error) &&
		 mount_attach(tree, target, error)));
}

static bool mount_image_volumes(const AppMounts *self, Error *error)
{
	const Texts *paths = &self->app->image_volumes;
	for (size_t i = 0; i < paths->count; i++) {
		if (!mount_image_volume(self, paths->items[i], error))
			return error_wrap(error, "the image's VOLUME '%s'", paths->items[i]);
	}
	return true;
}

static bool make_read_only(const AppMounts *self, Error *error)
{
	for (size_t i = 0; i < self->read_only_count; i++) {
		if (!mount_make_read_only(self->read_only[i], error))
			return false;
	}
	return true;
}

// /etc/hosts and its like, unless the app mounts something of its own there. On top of a volume at /etc, too.
static bool mount_etc(const AppMounts *self, Error *error)
{
	static const char *const names[] = { "hosts", "resolv.conf", "hostname" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *path = path_join(self->boot->arena, "/etc", names[i]);
		const char *source = arena_printf(self->boot->arena, "/" INSIDE_ETC, names[i]);
		CLEANUP_FD tree = -1;
		if (!volume_at(self, path) &&
		    !show(self, source, path, /* is_read_only= */ false, &tree, error))
			return error_wrap(error, "mount '%s'", path);
	}
	return true;
}

static bool mount_into_app(const Boot *boot, const PlanApp *app, Error *error)
{
	CLEANUP(close_mounts) AppMounts self = { .boot = boot, .app = app };
	CLEANUP_FD root = -1;
	if (!boot_open_app_root(boot, app, &root, error))
		return false;
	self.root = root;
	// Parents come before what lies in them, in the plan as well.
	return mount_image_volumes(&self, error) && mount_volumes(&self, error) &&
	       mount_etc(&self, error) && make_read_only(&self, error);
}

bool boot_mount_into_apps(const Boot *boot, Error *error)
{
	for (size_t i = 0; i < boot->plan.apps.count; i++) {
		const PlanApp *app = &boot->plan.apps.items[i];
		if (!mount_into_app(boot, app, error))
			return error_wrap(error, "container '%s'", app->name);
	}
	return true;
}
