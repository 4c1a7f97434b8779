#include "store/image/remove.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"
#include "store/image/layer.h"
#include "store/image/record.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

// What stays.
typedef struct Needed {
	Texts blobs;
	Texts layers;
} Needed;

static void add_all(Arena *arena, Texts *to, const Texts *from)
{
	for (size_t i = 0; i < from->count; i++)
		texts_add(arena, to, from->items[i]);
}

static bool has_name_beside(const StoredImage *image, const Texts *references)
{
	for (size_t i = 0; i < image->references.count; i++) {
		if (!texts_contain(references, image->references.items[i]))
			return true;
	}
	return false;
}

// What the images that stay and the machines need, once the names are gone.
static Needed list_needed(const ImageInventory *inventory, const Texts *references, Arena *arena)
{
	Needed needed = { 0 };
	for (size_t i = 0; i < inventory->images.count; i++) {
		const StoredImage *image = &inventory->images.items[i];
		if (!has_name_beside(image, references) && image->users.count == 0)
			continue;
		texts_add(arena, &needed.blobs, image->manifest_digest);
		texts_add(arena, &needed.blobs, image->config_digest);
		add_all(arena, &needed.layers, &image->layers);
	}
	for (size_t i = 0; i < inventory->uses.count; i++)
		add_all(arena, &needed.layers, &inventory->uses.items[i].layers);
	return needed;
}

static void plan_layer(const Host *host, const char *layer, const Needed *needed, Arena *arena,
		       ImageRemoval *removal)
{
	LayerInfo info;
	if (texts_contain(&needed->layers, layer) || texts_contain(&removal->layers, layer) ||
	    !layer_find(host, layer, &info))
		return;
	texts_add(arena, &removal->layers, layer);
	removal->size_bytes += info.disk_bytes;
}

static void plan_blob(const char *digest, const Needed *needed, Arena *arena, ImageRemoval *removal)
{
	if (digest[0] && !texts_contain(&needed->blobs, digest) &&
	    !texts_contain(&removal->blobs, digest))
		texts_add(arena, &removal->blobs, digest);
}

// --- by name

bool image_plan_removal(const Host *host, const ImageInventory *inventory, const StoredImage *image,
			const Texts *references, Arena *arena, ImageRemoval *ret, Error *error)
{
	ImageRemoval removal = { .references = *references };
	if (has_name_beside(image, references)) {
		*ret = removal;
		return true;
	}
	if (image->users.count > 0)
		return error_set(error, ERROR_BUSY, "it is used by %s",
				 texts_join(&image->users, ", ", arena));
	const Needed needed = list_needed(inventory, references, arena);
	texts_add(arena, &removal.images, stored_image_id(image));
	plan_blob(image->manifest_digest, &needed, arena, &removal);
	plan_blob(image->config_digest, &needed, arena, &removal);
	for (size_t i = 0; i < image->layers.count; i++)
		plan_layer(host, image->layers.items[i], &needed, arena, &removal);
	*ret = removal;
	return true;
}

// --- what nothing needs

static void list_unused_names(const ImageInventory *inventory, Arena *arena, Texts *ret)
{
	for (size_t i = 0; i < inventory->images.count; i++) {
		if (inventory->images.items[i].users.count == 0)
			add_all(arena, ret, &inventory->images.items[i].references);
	}
}

void image_plan_prune(const Host *host, const ImageInventory *inventory, bool is_all, Arena *arena,
		      ImageRemoval *ret)
{
	ImageRemoval removal = { 0 };
	if (is_all)
		list_unused_names(inventory, arena, &removal.references);
	const Needed needed = list_needed(inventory, &removal.references, arena);
	for (size_t i = 0; i < inventory->images.count; i++) {
		const StoredImage *image = &inventory->images.items[i];
		if (!texts_contain(&needed.blobs, image->manifest_digest))
			texts_add(arena, &removal.images, stored_image_id(image));
	}
	for (size_t i = 0; i < inventory->blobs.count; i++)
		plan_blob(inventory->blobs.items[i], &needed, arena, &removal);
	for (size_t i = 0; i < inventory->layers.count; i++)
		plan_layer(host, inventory->layers.items[i], &needed, arena, &removal);
	*ret = removal;
}

bool image_removal_is_empty(const ImageRemoval *removal)
{
	return removal->references.count == 0 && removal->blobs.count == 0 &&
	       removal->layers.count == 0;
}

// --- done

static bool remove_each(int images, const Texts *names, bool (*remove)(int, const char *, Error *),
			Error *error)
{
	for (size_t i = 0; i < names->count; i++) {
		if (!remove(images, names->items[i], error))
			return false;
	}
	return true;
}

bool image_remove(const Host *host, const Lock *lock, const ImageRemoval *removal, Error *error)
{
	CLEANUP_FD images = -1;
	assert(lock->fd >= 0 && lock->kind == LOCK_IMAGES && lock->is_exclusive);
	if (!image_record_open(host, &images, error) ||
	    !remove_each(images, &removal->references, image_record_remove, error) ||
	    !remove_each(images, &removal->blobs, image_blob_remove, error))
		return false;
	// A name that comes back with a loss of power must find its layers.
	if (removal->layers.count > 0 && syncfs(images) < 0)
		return error_set_errno(error, errno, "sync the images");
	for (size_t i = 0; i < removal->layers.count; i++) {
		if (!interrupt_check(error) || !layer_remove(host, removal->layers.items[i], error))
			return error_wrap(error, "remove a layer");
	}
	return true;
}

bool image_collect(const Host *host, size_t *ret_count, Error *error)
{
	CLEANUP_FD images = -1;
	size_t records = 0;
	size_t layers = 0;
	if (!image_record_open(host, &images, error) ||
	    !image_record_collect(images, &records, error) || !layer_collect(host, &layers, error))
		return false;
	*ret_count = records + layers;
	return true;
}
