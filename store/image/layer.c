#include "store/image/layer.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/layer_files.h"
#include "store/state/layout.h"
#include "store/state/record.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define LAYERS "layers/sha256"

const char *layer_path(const Host *host, const char *diff_id, Arena *arena)
{
	return arena_printf(arena, "%s/" LAYERS "/%s/" LAYER_TREE,
			    layout_path(host, LAYOUT_IMAGES, arena), digest_hex(diff_id));
}

bool layer_open_all(const Host *host, int *ret_fd, Error *error)
{
	CLEANUP_FD images = -1;
	return layout_open(host, LAYOUT_IMAGES, &images, error) &&
	       file_make_directories(images, LAYERS, 0700, error) &&
	       file_open_directory(images, LAYERS, ret_fd, error);
}

// Fails with ERROR_NOT_FOUND or ERROR_INVALID when there is no good record: what has none is no layer, as it cannot come
// from layer_publish. Any other failure says nothing about the layer.
static bool load_info(int layers, const char *diff_id, LayerInfo *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = arena_printf(scratch, "%s/" LAYER_RECORD, digest_hex(diff_id));
	Pairs record = { 0 };
	LayerInfo info = { 0 };
	if (!record_load(layers, path, scratch, &record, error) ||
	    !record_get_u64(&record, LAYER_KEY_BYTES, 0, &info.size_bytes, error) ||
	    !record_get_u64(&record, LAYER_KEY_DISK, info.size_bytes, &info.disk_bytes, error) ||
	    !record_get_bool(&record, LAYER_KEY_OPAQUE, false, &info.is_root_opaque, error) ||
	    !record_get_bool(&record, LAYER_KEY_DAMAGED, false, &info.is_damaged, error))
		return false;
	const char *own = pairs_get(&record, LAYER_KEY_DIFF_ID);
	info.is_damaged |= !own; // then it has no frame, either
	if (own && !text_equal(own, diff_id))
		return error_set(error, ERROR_INVALID, "the layer is another one");
	*ret = info;
	return true;
}

static bool is_layer(int layers, const char *diff_id)
{
	CLEANUP_ERROR absent = { 0 };
	LayerInfo info;
	return load_info(layers, diff_id, &info, &absent);
}

bool layer_find(const Host *host, const char *diff_id, LayerInfo *ret)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR absent = { 0 };
	CLEANUP_FD layers = -1;
	const char *path = layout_path_of(host, LAYOUT_IMAGES, LAYERS, scratch);
	LayerInfo info;
	if (!file_open_directory(AT_FDCWD, path, &layers, &absent) ||
	    !load_info(layers, diff_id, &info, &absent))
		return false;
	if (ret)
		*ret = info;
	return true;
}

// Whether what has the name is no layer, or a damaged one.
static bool find_broken(int layers, const char *diff_id, bool *ret, Error *error)
{
	CLEANUP_ERROR reason = { 0 };
	LayerInfo info;
	const bool is_loaded = load_info(layers, diff_id, &info, &reason);
	// One that cannot be read now may be a good one.
	if (!is_loaded && reason.code != ERROR_NOT_FOUND && reason.code != ERROR_INVALID)
		return error_move(error, &reason);
	*ret = !is_loaded || info.is_damaged;
	return true;
}

static bool publish_staged(int layers, const StagedLayer *staged, Error *error)
{
	CLEANUP_ERROR taken = { 0 };
	const char *name = digest_hex(staged->diff_id);
	bool is_broken = false;
	if (file_exists(layers, name) && !find_broken(layers, staged->diff_id, &is_broken, error))
		return false;
	if (is_broken)
		return staging_replace(layers, staged->name, name, error) ||
		       error_wrap(error, "replace a damaged layer");
	if (staging_publish(layers, staged->name, name, &taken))
		return true;
	if (taken.code != ERROR_EXISTS)
		return error_move(error, &taken);
	return staging_discard(layers, staged->name, error);
}

static bool publish_all(int layers, const StagedLayers *staged, Error *error)
{
	// One call for all files of all of them. A name that appears before its content would be a broken layer after a
	// power cut.
	if (syncfs(layers) < 0)
		return error_set_errno(error, errno, "sync the layers");
	for (size_t i = 0; i < staged->count; i++) {
		if (!publish_staged(layers, &staged->items[i], error))
			return false;
	}
	return true;
}

// The failure that led here is the one to tell about; what stays is for layer_collect.
static void discard_all(int layers, const StagedLayers *staged)
{
	CLEANUP_ERROR left_behind = { 0 };
	for (size_t i = 0; i < staged->count; i++) {
		if (!file_tree_remove(layers, staged->items[i].name, &left_behind))
			return;
	}
}

bool layer_publish(int layers, const StagedLayers *staged, Error *error)
{
	if (staged->count == 0 || publish_all(layers, staged, error))
		return true;
	discard_all(layers, staged);
	return false;
}

bool layer_open(const Host *host, const char *diff_id, int *ret_fd, Error *error)
{
	CLEANUP_FD layers = -1;
	if (!layer_open_all(host, &layers, error))
		return error_wrap(error, "open the layers");
	if (!is_layer(layers, diff_id))
		return error_set(error, ERROR_NOT_FOUND, "layer %.*s is not here",
				 LAYER_SHORT_DIGEST, digest_hex(diff_id));
	return file_open_directory(layers, digest_hex(diff_id), ret_fd, error);
}

static bool save_mark(int layers, const char *diff_id, bool is_damaged, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = arena_printf(scratch, "%s/" LAYER_RECORD, digest_hex(diff_id));
	Pairs record = { 0 };
	if (!record_load(layers, path, scratch, &record, error))
		return false;
	record_set_bool(scratch, &record, LAYER_KEY_DAMAGED, is_damaged);
	return record_save(layers, path, &record, 0600, error);
}

bool layer_mark(const Host *host, const char *diff_id, bool is_damaged, Error *error)
{
	CLEANUP_FD layers = -1;
	LayerInfo info;
	if (!layer_find(host, diff_id, &info) || info.is_damaged == is_damaged)
		return true;
	return (layer_open_all(host, &layers, error) &&
		save_mark(layers, diff_id, is_damaged, error)) ||
	       error_wrap(error, "mark the layer");
}

bool layer_is_good(const Host *host, const char *diff_id)
{
	LayerInfo info;
	return layer_find(host, diff_id, &info) && !info.is_damaged;
}

bool layer_remove(const Host *host, const char *diff_id, Error *error)
{
	CLEANUP_FD layers = -1;
	return layer_open_all(host, &layers, error) &&
	       staging_discard(layers, digest_hex(diff_id), error);
}

bool layer_list(const Host *host, Arena *arena, Texts *ret, Error *error)
{
	CLEANUP_FD layers = -1;
	Texts names = { 0 };
	if (!layer_open_all(host, &layers, error) || !file_list(layers, ".", arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *diff_id = arena_printf(arena, "sha256:%s", names.items[i]);
		if (digest_is_valid(diff_id) && is_layer(layers, diff_id))
			texts_add(arena, ret, diff_id);
	}
	return true;
}

bool layer_collect(const Host *host, size_t *ret_count, Error *error)
{
	CLEANUP_FD layers = -1;
	return layer_open_all(host, &layers, error) && staging_collect_at(layers, ret_count, error);
}

bool layer_tidy(const Host *host, Error *error)
{
	CLEANUP_FD layers = -1;
	return layer_open_all(host, &layers, error) && staging_tidy(layers, error);
}
