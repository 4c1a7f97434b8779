// store/image/remove.h - images that go: by name, or because nothing needs them.
// What goes is decided first, as data that --dry-run prints; then it is done: names, manifests, layers, in that order, so
// that a removal that is killed leaves nothing that names something missing.
#ifndef STORE_IMAGE_REMOVE_H
#define STORE_IMAGE_REMOVE_H

#include "store/image/inventory.h"
#include "store/state/lock.h"

typedef struct ImageRemoval {
	Texts references;    // names
	Texts images;        // ids of the images that go with their last name, or had none
	Texts blobs;         // digests of manifests and configs
	Texts layers;        // diff_ids
	uint64_t size_bytes; // of the layers, unpacked
} ImageRemoval;

// Some names of an image go, and what no other name, machine or image needs of it. references may be empty for an
// image without a name.
// An image that a machine stands on keeps one name at least: ERROR_BUSY names the machines.
MUST_CHECK bool image_plan_removal(const Host *host, const ImageInventory *inventory,
				   const StoredImage *image, const Texts *references, Arena *arena,
				   ImageRemoval *ret, Error *error);
// What neither a name nor a machine needs: versions that a tag has left behind, layers of no image. is_all: also names
// of images that no machine stands on.
void image_plan_prune(const Host *host, const ImageInventory *inventory, bool is_all, Arena *arena,
		      ImageRemoval *ret);
bool image_removal_is_empty(const ImageRemoval *removal);

// Does it. `lock` is held alone (image_lock_exclusive), since before the inventory was read.
MUST_CHECK bool image_remove(const Host *host, const Lock *lock, const ImageRemoval *removal,
			     Error *error);

// Deletes what killed processes left of images. ret_count: how many.
MUST_CHECK bool image_collect(const Host *host, size_t *ret_count, Error *error);

#endif
