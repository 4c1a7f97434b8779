// Roots: overlays of the machine's base, and of the layers of each container's image.
#include "isolate/boot/state.h"

#include "isolate/boot/nspawn.h"
#include "isolate/guest/inside.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_root.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/kernel/mount.h"
#include "store/image/layer.h"
#include "store/state/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// A directory in which there never is anything.
#define EMPTY_NAME "empty"

// A directory of the host (an empty path: the open one), mounted read-only at `path` of the machine.
static bool bind_read_only(const Boot *boot, int directory, const char *source, int id_map,
			   const char *path, Error *error)
{
	CLEANUP_FD tree = -1;
	CLEANUP_FD target = -1;
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.user_namespace = id_map;
	options.is_read_only = true;
	// Some distributions mount /run noexec.
	options.may_exec = true;
	return mount_clone(directory, source, options, &tree, error) &&
	       file_root_make_directories(boot->root, path, 0755, boot->id_base, boot->id_base,
					  &target, error) &&
	       mount_attach(tree, target, error);
}

// What the overlays of one machine have in common.
static OverlaySpec overlay_of(const Boot *boot, const OverlayLayers *lowers, const char *state)
{
	return (OverlaySpec){
		.lowers = *lowers,
		.state = state,
		.upper_id_map = boot->upper_id_map,
		.is_volatile = true,
	};
}

static const char *stage_of(const Boot *boot)
{
	return path_join(boot->arena, boot->run, "stage");
}

static void add_layer(const Boot *boot, OverlayLayers *lowers, const char *path, int id_map)
{
	*overlay_layers_push(boot->arena, lowers) = (OverlayLayer){ path, id_map };
}

static bool open_id_maps(Boot *boot, Error *error)
{
	if (boot->id_base == 0)
		return true;
	return mount_open_id_map(boot->id_base, MACHINE_ID_COUNT, /* maps_host_root= */ false,
				 &boot->lower_id_map, error) &&
	       mount_open_id_map(boot->id_base, MACHINE_ID_COUNT, /* maps_host_root= */ true,
				 &boot->upper_id_map, error);
}

static bool mount_base(Boot *boot, Error *error)
{
	Arena *arena = boot->arena;
	OverlayLayers lowers = { 0 };
	add_layer(boot, &lowers, path_join(arena, boot->run, "skeleton"), -1);
	if (!text_is_empty(boot->plan.root_fs))
		add_layer(boot, &lowers,
			  layout_path_of(boot->host, LAYOUT_ROOTFS, boot->plan.root_fs, arena),
			  boot->lower_id_map);

	CLEANUP_FD target = -1;
	const OverlaySpec overlay =
		overlay_of(boot, &lowers, path_join(arena, boot->state, "machine"));
	if (!file_make_directories(AT_FDCWD, stage_of(boot), 0700, error) ||
	    !file_make_directories(AT_FDCWD, path_join(arena, boot->run, EMPTY_NAME), 0755,
				   error) ||
	    !file_make_directories(AT_FDCWD, boot->root_path, 0755, error) ||
	    !file_open_directory(AT_FDCWD, boot->root_path, &target, error) ||
	    !mount_overlay(&overlay, target, stage_of(boot), error))
		return error_wrap(error, "mount the machine's root");
	return file_open_directory(AT_FDCWD, boot->root_path, &boot->root, error);
}

// In the place of the host's own, in machines that boot by our units alone (isolate/guest/shutdown/sdme-shutdown.c).
#define SHUTDOWN_PROGRAM "/usr/lib/systemd/systemd-shutdown"

static bool bind_shutdown(const Boot *boot, int library, Error *error)
{
	CLEANUP_FD tree = -1;
	CLEANUP_FD target = -1;
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.is_read_only = true;
	options.may_exec = true;
	if (boot->plan.is_full_boot || !text_is_empty(boot->plan.root_fs))
		return true;
	return file_open_in_root(boot->root, SHUTDOWN_PROGRAM, O_PATH, 0, &target, error) &&
	       mount_clone(library, "sdme-shutdown", options, &tree, error) &&
	       mount_attach(tree, target, error);
}

// Programs and units, as they were installed when the machine was started; and what was made from its plan.
static bool bind_sdme(const Boot *boot, Error *error)
{
	CLEANUP_FD library = -1;
	const char *generation = path_join(boot->arena, boot->run, "generation");
	if (!boot_open_library(boot, &library, error) ||
	    !bind_read_only(boot, library, "", -1, "/" INSIDE_LIBRARY, error) ||
	    !bind_shutdown(boot, library, error))
		return error_wrap(error, "mount the machine's library");
	return bind_read_only(boot, AT_FDCWD, generation, -1, "/" INSIDE_GENERATION, error);
}

bool boot_mount_root(Boot *boot, Error *error)
{
	if (!open_id_maps(boot, error) || !mount_base(boot, error))
		return false;
	if (text_is_empty(boot->plan.root_fs) &&
	    !bind_read_only(boot, AT_FDCWD, "/usr", boot->lower_id_map, "/usr", error))
		return error_wrap(error, "mount the host's /usr");
	return bind_sdme(boot, error);
}

static const char *app_root_path(const Boot *boot, const PlanApp *app)
{
	return arena_printf(boot->arena, "/" INSIDE_APP_ROOT, app->name);
}

bool boot_open_app_root(const Boot *boot, const PlanApp *app, int *ret_root, Error *error)
{
	return file_open_in_root(boot->root, app_root_path(boot, app), O_RDONLY | O_DIRECTORY, 0,
				 ret_root, error);
}

// A directory of the right name is not enough: only what was published whole has a record.
static bool add_image_layers(const Boot *boot, const PlanApp *app, OverlayLayers *lowers,
			     Error *error)
{
	for (size_t i = 0; i < app->layers.count; i++) {
		const char *diff_id = app->layers.items[i];
		if (!layer_find(boot->host, diff_id, NULL))
			return error_set(
				error, ERROR_NOT_FOUND,
				"its layer %s is not in the store, or damaged: pull the image "
				"again",
				diff_id);
		add_layer(boot, lowers, layer_path(boot->host, diff_id, boot->arena),
			  boot->lower_id_map);
	}
	return true;
}

static bool mount_app(const Boot *boot, const PlanApp *app, Error *error)
{
	Arena *arena = boot->arena;
	OverlayLayers lowers = { 0 };
	if (!add_image_layers(boot, app, &lowers, error))
		return false;
	// An image without layers is an empty directory, and an overlay needs one to stand on.
	if (lowers.count == 0)
		add_layer(boot, &lowers, path_join(arena, boot->run, EMPTY_NAME), -1);

	CLEANUP_FD target = -1;
	OverlaySpec overlay = overlay_of(boot, &lowers,
					 arena_printf(arena, "%s/apps/%s", boot->state, app->name));
	overlay.no_device = true;
	// Under no_new_privs neither set-uid bits nor file capabilities count, and a file that asks for a capability
	// outside the bounding set could not even be executed: nspawn takes CAP_NET_BIND_SERVICE from user namespaces,
	// and many web servers have it on their file.
	overlay.no_setuid = !app->may_escalate;
	return file_root_make_directories(boot->root, app_root_path(boot, app), 0755, boot->id_base,
					  boot->id_base, &target, error) &&
	       mount_overlay(&overlay, target, stage_of(boot), error);
}

static bool make_plain_directory(const Boot *boot, int root, const char *name, Error *error)
{
	struct stat status;
	if (fstatat(root, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode))
		return true;
	return file_tree_remove(root, name, error) &&
	       file_root_make_directories(root, name, 0755, boot->id_base, boot->id_base, NULL,
					  error);
}

// Directories, whatever the image has there: nothing else has a name below them, nor they another one.
static bool make_kernel_directories(const Boot *boot, const PlanApp *app, Error *error)
{
	CLEANUP_FD root = -1;
	return boot_open_app_root(boot, app, &root, error) &&
	       make_plain_directory(boot, root, "dev", error) &&
	       make_plain_directory(boot, root, "proc", error) &&
	       make_plain_directory(boot, root, "sys", error);
}

bool boot_mount_apps(const Boot *boot, Error *error)
{
	for (size_t i = 0; i < boot->plan.apps.count; i++) {
		const PlanApp *app = &boot->plan.apps.items[i];
		if (!mount_app(boot, app, error) || !make_kernel_directories(boot, app, error))
			return error_wrap(error, "mount the image of container '%s'", app->name);
	}
	return true;
}
