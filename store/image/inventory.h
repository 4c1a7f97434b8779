// store/image/inventory.h - all that the image store holds: images with their names, layers, sizes and users.
// An image is a manifest. Names (references) point to images; one that lost its names, because a tag moved on, stays as
// long as a machine uses its layers.
#ifndef STORE_IMAGE_INVENTORY_H
#define STORE_IMAGE_INVENTORY_H

#include "store/image/image.h"

// A container that stands on layers.
typedef struct ImageUse {
	const char *user;     // the machine
	const char *image_id; // "docker.io/library/nginx@sha256:…", or "sha256:…" of the config
	Texts layers;         // diff_ids, topmost first
} ImageUse;

VEC_DECLARE(ImageUses, image_uses, ImageUse);

typedef struct StoredImage {
	const char *manifest_digest;
	const char *config_digest; // the image's id; "" when the manifest is missing or damaged
	Texts references;          // its names, sorted
	Texts repository_digests; // what the names pointed to: "docker.io/library/nginx@sha256:…"
	int64_t pulled_s;         // the newest of the names; 0 without one
	Manifest manifest;
	ImageConfig config;
	Texts layers;        // diff_ids, bottom first, each once
	Texts overlay;       // of these what an overlay needs, topmost first
	bool is_complete;    // nothing of it is missing
	uint64_t size_bytes; // what all its layers take on the disk, about
	uint64_t own_bytes;  // of the layers that no other image has
	Texts users;         // machines that stand on its layers, sorted
} StoredImage;

VEC_DECLARE(StoredImages, stored_images, StoredImage);

typedef struct ImageInventory {
	const Host *host;
	StoredImages images; // by name; those without one last
	Texts layers;        // diff_ids of all layers on disk, sorted
	Texts blobs;         // digests of all manifests and configs on disk, sorted
	ImageUses uses;      // as given
} ImageInventory;

// uses: of all machines; empty when it does not matter who uses what.
// Whoever acts on it holds the lock of the images (store/image/lock.h).
MUST_CHECK bool image_inventory_load(const Host *host, const ImageUses *uses, Arena *arena,
				     ImageInventory *ret, Error *error);

// The image that a user means: by name (image_name_parse), digest, id ("sha256:…", or at least 4 of its hexadecimal
// digits). ret_reference: the name, when it was found by its name, or else NULL.
// Fails with ERROR_NOT_FOUND "no image 'x'", ERROR_INVALID "'ab12' is ambiguous: it could be …", or "'X' …" for what
// can be neither a name nor an id.
MUST_CHECK bool image_inventory_find(const ImageInventory *inventory, const char *name,
				     const char *default_registry, Arena *arena,
				     const StoredImage **ret, const char **ret_reference,
				     Error *error);

// "sha256:…" of the config; of the manifest, when that is damaged.
const char *stored_image_id(const StoredImage *image);
// What people call the image: its first name, or its id.
const char *stored_image_name(const StoredImage *image, Arena *arena);
// The first twelve digits of the id.
const char *stored_image_short_id(const StoredImage *image, Arena *arena);

#endif
