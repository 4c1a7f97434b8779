#include "store/rootfs/image.h"

#include "isolate/guest/inside.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_root.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/kernel/mount.h"
#include "store/image/lock.h"
#include "store/rootfs/rootfs.h"
#include "store/state/layout.h"

#include <fcntl.h>

static bool is_shell(const char *word)
{
	static const char *const shells[] = { "sh",  "bash", "dash", "ash", "ksh",
					      "zsh", "fish", "tcsh", "csh" };
	const char *name = path_name(word);
	for (size_t i = 0; i < COUNT(shells); i++) {
		if (text_equal(name, shells[i]))
			return true;
	}
	return false;
}

bool rootfs_image_is_base(const ImageConfig *config)
{
	if (config->exposed_ports.count > 0 || config->entrypoint.count > 0)
		return false;
	return config->command.count == 0 ||
	       (config->command.count == 1 && is_shell(config->command.items[0]));
}

// --- the files of an image

// Whiteouts and opaque directories are the kernel's business: what an overlay of the layers shows is the image.
static bool mount_layers(const RootfsSite *site, const Image *image, int target, Error *error)
{
	OverlaySpec overlay = { .no_setuid = true, .no_device = true };
	for (size_t i = 0; i < image->layer_directories.count; i++) {
		OverlayLayer *layer = overlay_layers_push(site->arena, &overlay.lowers);
		layer->path = image->layer_directories.items[i];
		layer->id_map = -1;
	}
	return mount_overlay(&overlay, target, path_join(site->arena, site->scratch_path, "stage"),
			     error);
}

// By path: descriptors from before the mount namespace was entered lead to mounts of the other one.
static bool copy_mounted(const RootfsSite *site, const Image *image, int destination, Error *error)
{
	const char *path = path_join(site->arena, site->scratch_path, "merged");
	CLEANUP_FD target = -1;
	CLEANUP_FD merged = -1;
	if (!file_make_directories(site->scratch, "stage", 0700, error) ||
	    !file_make_directories(site->scratch, "merged", 0700, error) ||
	    !file_open_directory(AT_FDCWD, path, &target, error) ||
	    !mount_layers(site, image, target, error))
		return false;
	const bool is_copied = file_open_directory(AT_FDCWD, path, &merged, error) &&
			       file_tree_copy(merged, destination, -1, NULL, error);
	// The namespace would keep it until the process ends, and the scratch directory has to go before.
	mount_detach(path);
	return is_copied;
}

// Copies what a container of the image would see into the directory.
static bool copy_files(const RootfsSite *site, const Image *image, int destination, Error *error)
{
	if (image->layer_directories.count == 0)
		return true;
	return mount_enter_namespace(error) && copy_mounted(site, image, destination, error);
}

// --- what it becomes

static bool fill_base(const RootfsSite *site, const Image *image, Error *error)
{
	rootfs_site_tell(site, "OCI image: base OS");
	return copy_files(site, image, site->directory, error);
}

static bool copy_base(const RootfsSite *site, Error *error)
{
	const char *name = site->import->base_fs;
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_FD base = -1;
	if (text_equal(name, site->import->name))
		return error_set(error, ERROR_INVALID,
				 "--base-fs '%s' is what it would replace: --name NAME gives it "
				 "another name",
				 name);
	return rootfs_open_locked(site->host, name, &lock, &base, error) &&
	       file_tree_copy(base, site->directory, -1, NULL, error);
}

static bool fill_app(const RootfsSite *site, const Image *image, Error *error)
{
	const RootfsImport *import = site->import;
	rootfs_site_tell(site, "OCI image: application");
	if (text_is_empty(import->base_fs))
		return error_set(
			error, ERROR_INVALID,
			"it is the image of an application: --base-fs NAME says which root "
			"file system is to run it, --oci-mode=base takes its files as they are");
	if (!import->hooks.add_app)
		return error_set(error, ERROR_UNSUPPORTED,
				 "it is the image of an application; run it as a Pod, with "
				 "'sdme kube apply', or take its files with --oci-mode=base");
	const char *root = arena_printf(site->arena, INSIDE_APP_ROOT, import->name);
	CLEANUP_FD app = -1;
	CLEANUP_FD directory = -1;
	return copy_base(site, error) &&
	       file_root_make_directories(site->directory, root, 0755, 0, 0, &app, error) &&
	       file_open_directory(app, ".", &directory, error) &&
	       copy_files(site, image, directory, error) &&
	       import->hooks.add_app(import->hooks.data, image, import->name, site->directory,
				     error);
}

// What a file or a directory holds may be another image tomorrow; only what a registry gave is kept by its name.
static ImagePull policy_of(const char *name, Arena *arena)
{
	CLEANUP_ERROR invalid = { 0 }; // the pull says it better
	Reference reference;
	const bool is_file = reference_parse(name, NULL, arena, &reference, &invalid) &&
			     reference.kind != REFERENCE_REGISTRY;
	return is_file ? IMAGE_PULL_ALWAYS : IMAGE_PULL_IF_NOT_PRESENT;
}

static bool fill(const RootfsSite *site, const char *name, const PullOptions *options, Error *error)
{
	const RootfsImport *import = site->import;
	CLEANUP_LOCK lock = LOCK_NONE;
	Image image;
	// Until the copy is done nobody may remove the layers.
	if (!image_lock_shared(site->host, &lock, error) ||
	    !image_pull(site->host, name, options, site->arena, &image, error))
		return false;
	const bool is_app =
		import->image_mode == ROOTFS_IMAGE_APP ||
		(import->image_mode == ROOTFS_IMAGE_AUTO && !rootfs_image_is_base(&image.config));
	return (is_app ? fill_app : fill_base)(site, &image, error);
}

bool rootfs_image_fill(const RootfsSite *site, const char *name, Error *error)
{
	PullOptions options = *site->import->pull;
	options.policy = policy_of(name, site->arena);
	return fill(site, name, &options, error);
}

bool rootfs_image_fill_from(const RootfsSite *site, const char *transport, int fd, Error *error)
{
	PullOptions options = *site->import->pull;
	options.policy = IMAGE_PULL_ALWAYS;
	options.is_nameless = true;
	const char *path = file_descriptor_path(site->arena, fd);
	return fill(site, arena_printf(site->arena, "%s:%s", transport, path), &options, error);
}
