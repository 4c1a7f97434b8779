// Volumes of the Pod, and where containers mount them.
#include "kube/compile/compile.h"

#include "isolate/machine/mount_path.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/config.h"

#include <stdlib.h>

static void compile_items(const Compiler *compiler, const KeyToPaths *items, PlanItems *ret)
{
	for (size_t i = 0; i < items->count; i++) {
		const KeyToPath *item = &items->items[i];
		*plan_items_push(compiler->arena, ret) = (PlanItem){
			.key = item->key,
			.path = item->path,
			.mode = item->mode.is_set ? (uint32_t)item->mode.value : PLAN_MODE_DEFAULT,
		};
	}
}

static void compile_object(const Compiler *compiler, const ObjectVolumeSource *source,
			   PlanVolumeKind kind, PlanVolume *ret)
{
	ret->kind = kind;
	ret->object = source->name;
	ret->default_mode = (uint32_t)source->default_mode.value;
	ret->is_optional = source->optional.is_set && source->optional.value;
	compile_items(compiler, &source->items, &ret->items);
}

static void compile_empty_dir(const Compiler *compiler, const EmptyDirSource *source,
			      const char *field, PlanVolume *ret)
{
	const bool is_memory = text_equal_or_null(source->medium, "Memory");
	ret->kind = is_memory ? PLAN_VOLUME_MEMORY : PLAN_VOLUME_EMPTY;
	if (is_memory && source->size_limit.is_set)
		ret->size_bytes = (uint64_t)quantity_units(&source->size_limit.value);
	else if (source->size_limit.is_set)
		report_add(compiler->report, SEVERITY_NOTE, origin_of(&source->origin, "sizeLimit"),
			   arena_printf(compiler->arena, "%s.emptyDir.sizeLimit", field),
			   "not enforced on disk");
}

static void compile_host_path(const HostPathSource *source, PlanVolume *ret)
{
	static const PlanPathType types[] = {
		[HOST_PATH_UNSET] = PLAN_PATH_ANY,
		[HOST_PATH_DIRECTORY_OR_CREATE] = PLAN_PATH_DIRECTORY_OR_CREATE,
		[HOST_PATH_DIRECTORY] = PLAN_PATH_DIRECTORY,
		[HOST_PATH_FILE_OR_CREATE] = PLAN_PATH_FILE_OR_CREATE,
		[HOST_PATH_FILE] = PLAN_PATH_FILE,
		[HOST_PATH_SOCKET] = PLAN_PATH_SOCKET,
		[HOST_PATH_CHAR_DEVICE] = PLAN_PATH_CHARACTER_DEVICE,
		[HOST_PATH_BLOCK_DEVICE] = PLAN_PATH_BLOCK_DEVICE,
	};
	ret->kind = PLAN_VOLUME_HOST_PATH;
	ret->path = source->path;
	ret->path_type = types[source->type];
}

static void compile_volume(const Compiler *compiler, const Volume *volume, const char *field)
{
	PlanVolume *planned = plan_volumes_push(compiler->arena, &compiler->plan->volumes);
	planned->name = volume->name;
	if (volume->empty_dir) {
		compile_empty_dir(compiler, volume->empty_dir, field, planned);
	} else if (volume->host_path) {
		compile_host_path(volume->host_path, planned);
	} else if (volume->config_map) {
		compile_object(compiler, volume->config_map, PLAN_VOLUME_CONFIG_MAP, planned);
	} else if (volume->secret) {
		compile_object(compiler, volume->secret, PLAN_VOLUME_SECRET, planned);
	} else if (volume->persistent_volume_claim) {
		planned->kind = PLAN_VOLUME_CLAIM;
		planned->object = volume->persistent_volume_claim->claim_name;
		planned->is_read_only = volume->persistent_volume_claim->read_only;
	}
}

void compile_volumes(const Compiler *compiler)
{
	const Volumes *volumes = &compiler->input->pod->spec.volumes;
	for (size_t i = 0; i < volumes->count; i++)
		compile_volume(compiler, &volumes->items[i],
			       arena_printf(compiler->arena, "spec.volumes[%zu]", i));
}

// --- mounts

static bool is_always_read_only(PlanVolumeKind kind)
{
	return kind == PLAN_VOLUME_CONFIG_MAP || kind == PLAN_VOLUME_SECRET;
}

static void compile_mount(const Compiler *compiler, const VolumeMount *mount, PlanApp *app)
{
	const PlanVolume *volume = plan_find_volume(compiler->plan, mount->name);
	PlanMount *planned = plan_mounts_push(compiler->arena, &app->mounts);
	planned->volume = mount->name;
	planned->path =
		path_clean(compiler->arena, path_join(compiler->arena, "/", mount->mount_path));
	planned->is_read_only =
		mount->read_only ||
		(volume && (volume->is_read_only || is_always_read_only(volume->kind)));
}

static int compare_paths(const void *left, const void *right)
{
	return strcmp(((const PlanMount *)left)->path, ((const PlanMount *)right)->path);
}

void compile_mounts(const Compiler *compiler, const Container *container, PlanApp *app)
{
	const VolumeMounts *mounts = &container->volume_mounts;
	for (size_t i = 0; i < mounts->count; i++)
		compile_mount(compiler, &mounts->items[i], app);
	// Byte order puts a directory before what lies in it: a parent never hides a child.
	if (app->mounts.count > 1)
		qsort(app->mounts.items, app->mounts.count, sizeof(PlanMount), compare_paths);
}

// --- VOLUMEs of the image

// A volume above has what the manifest wants to be there.
static bool is_covered(const PlanMounts *mounts, const char *path)
{
	for (size_t i = 0; i < mounts->count; i++) {
		if (path_is_below(path, mounts->items[i].path))
			return true;
	}
	return false;
}

void compile_image_volumes(const Compiler *compiler, const Container *container,
			   const ImageConfig *config, const char *field, PlanApp *app)
{
	Arena *arena = compiler->arena;
	for (size_t i = 0; i < config->volumes.count; i++) {
		const char *path =
			path_clean(arena, path_join(arena, "/", config->volumes.items[i]));
		if (path_has_dotdot(path) || mount_path_is_kernels(path))
			report_add(
				compiler->report, SEVERITY_NOTE,
				origin_of(&container->origin, "image"),
				arena_printf(arena, "%s.image", field),
				"the image's VOLUME '%s' has no effect: it is the container's own",
				path);
		else if (!is_covered(&app->mounts, path) &&
			 !texts_contain(&app->image_volumes, path))
			texts_add(arena, &app->image_volumes, path);
	}
	texts_sort(&app->image_volumes);
}
