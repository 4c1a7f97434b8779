#include "store/image/inventory.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/layer.h"
#include "store/image/load.h"
#include "store/image/name.h"

#include <stdlib.h>

// Digits that tell images apart for people, and the fewest that they may type.
#define SHORT_ID      12
#define ID_PREFIX_MIN 4
#define OTHERS_MAX    4 // that an error names
#define DIGEST_PREFIX "sha256:"

// One reading of the store.
typedef struct Reading {
	const Host *host;
	int images;
	Arena *arena;
	ImageInventory *inventory;
} Reading;

static bool is_in(const Texts *sorted, const char *text);

// --- images and their names

static StoredImage *find_image(Reading *self, const char *manifest_digest)
{
	StoredImages *images = &self->inventory->images;
	for (size_t i = 0; i < images->count; i++) {
		if (text_equal(images->items[i].manifest_digest, manifest_digest))
			return &images->items[i];
	}
	return NULL;
}

static void add_record(Reading *self, const ImageRecord *record)
{
	StoredImage *image = find_image(self, record->manifest_digest);
	if (!image) {
		image = stored_images_push(self->arena, &self->inventory->images);
		image->manifest_digest = record->manifest_digest;
		image->config_digest = "";
	}
	texts_add(self->arena, &image->references, record->reference);
	if (record->repository_digest[0] &&
	    !texts_contain(&image->repository_digests, record->repository_digest))
		texts_add(self->arena, &image->repository_digests, record->repository_digest);
	if (record->pulled_s > image->pulled_s)
		image->pulled_s = record->pulled_s;
}

static bool add_records(Reading *self, Error *error)
{
	ImageRecords records = { 0 };
	if (!image_record_list(self->images, self->arena, &records, error))
		return false;
	for (size_t i = 0; i < records.count; i++)
		add_record(self, &records.items[i]);
	return true;
}

// --- what an image is

// True in *ret when the blob is there and the manifest of an image. A damaged one is as good as none.
static bool find_manifest(Reading *self, const char *digest, Manifest *ret_manifest, bool *ret,
			  Error *error)
{
	CLEANUP_ERROR damaged = { 0 };
	const char *bytes = NULL;
	size_t length = 0;
	if (!image_blob_load(self->images, digest, MANIFEST_BYTES_MAX, self->arena, &bytes, &length,
			     error))
		return false;
	*ret = bytes && manifest_parse(bytes, length, "", self->arena, ret_manifest, &damaged) &&
	       !ret_manifest->is_index;
	return true;
}

static bool find_config(Reading *self, StoredImage *image, bool *ret, Error *error)
{
	CLEANUP_ERROR damaged = { 0 };
	const char *bytes = NULL;
	size_t length = 0;
	if (!image_blob_load(self->images, image->config_digest, IMAGE_CONFIG_BYTES_MAX,
			     self->arena, &bytes, &length, error))
		return false;
	*ret = bytes && image_config_parse(bytes, length, self->arena, &image->config, &damaged) &&
	       image->config.diff_ids.count == image->manifest.layers.count;
	return true;
}

static void add_layers(Reading *self, StoredImage *image)
{
	const Texts *diff_ids = &image->config.diff_ids;
	uint64_t visible_bytes = 0; // what is hidden takes room, too
	image->is_complete = image_find_layers(self->host, diff_ids, self->arena, &image->overlay,
					       &visible_bytes);
	for (size_t i = 0; i < diff_ids->count; i++) {
		if (!texts_contain(&image->layers, diff_ids->items[i]))
			texts_add(self->arena, &image->layers, diff_ids->items[i]);
	}
}

static bool load_image(Reading *self, StoredImage *image, Error *error)
{
	bool has_manifest = false;
	bool has_config = false;
	if (!find_manifest(self, image->manifest_digest, &image->manifest, &has_manifest, error))
		return false;
	if (!has_manifest)
		return true;
	image->config_digest = image->manifest.config.digest;
	if (!find_config(self, image, &has_config, error))
		return false;
	if (has_config)
		add_layers(self, image);
	return true;
}

static bool load_images(Reading *self, Error *error)
{
	StoredImages *images = &self->inventory->images;
	for (size_t i = 0; i < images->count; i++) {
		if (!load_image(self, &images->items[i], error))
			return false;
	}
	return true;
}

// Of the blobs that belong to no named image those that are manifests.
static bool add_nameless(Reading *self, Error *error)
{
	const Texts *blobs = &self->inventory->blobs;
	Texts known = { 0 };
	const StoredImages *images = &self->inventory->images;
	for (size_t i = 0; i < images->count; i++) {
		texts_add(self->arena, &known, images->items[i].manifest_digest);
		texts_add(self->arena, &known, images->items[i].config_digest);
	}
	texts_sort(&known);
	for (size_t i = 0; i < blobs->count; i++) {
		Manifest manifest = { 0 };
		bool is_image = false;
		if (is_in(&known, blobs->items[i]))
			continue;
		if (!find_manifest(self, blobs->items[i], &manifest, &is_image, error))
			return false;
		if (!is_image)
			continue;
		StoredImage *image = stored_images_push(self->arena, &self->inventory->images);
		image->manifest_digest = blobs->items[i];
		image->config_digest = "";
		if (!load_image(self, image, error))
			return false;
	}
	return true;
}

// --- sizes

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_in(const Texts *sorted, const char *text)
{
	return sorted->count > 0 &&
	       bsearch(&text, sorted->items, sorted->count, sizeof(text), by_text);
}

// Several manifests can lead to one image: it was compressed in several ways.
static bool is_first_of_its_id(const StoredImages *images, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (text_equal(images->items[i].config_digest, images->items[index].config_digest))
			return false;
	}
	return true;
}

// The layers that come in one image only, sorted.
static Texts list_single_layers(const StoredImages *images, Arena *arena)
{
	Texts all = { 0 };
	Texts single = { 0 };
	for (size_t i = 0; i < images->count; i++) {
		const Texts *layers = &images->items[i].layers;
		if (!is_first_of_its_id(images, i))
			continue;
		for (size_t j = 0; j < layers->count; j++)
			texts_add(arena, &all, layers->items[j]);
	}
	texts_sort(&all);
	for (size_t i = 0; i < all.count; i++) {
		const char *layer = all.items[i];
		if ((i == 0 || !text_equal(all.items[i - 1], layer)) &&
		    (i + 1 == all.count || !text_equal(all.items[i + 1], layer)))
			texts_add(arena, &single, layer);
	}
	return single;
}

static void measure(Reading *self)
{
	StoredImages *images = &self->inventory->images;
	const Texts single = list_single_layers(images, self->arena);
	for (size_t i = 0; i < images->count; i++) {
		StoredImage *image = &images->items[i];
		for (size_t j = 0; j < image->layers.count; j++) {
			const char *layer = image->layers.items[j];
			LayerInfo info = { 0 };
			if (!layer_find(self->host, layer, &info))
				continue;
			image->size_bytes += info.disk_bytes;
			if (is_in(&single, layer))
				image->own_bytes += info.disk_bytes;
		}
	}
}

// --- users

static bool texts_are_equal(const Texts *left, const Texts *right)
{
	if (left->count != right->count)
		return false;
	for (size_t i = 0; i < left->count; i++) {
		if (!text_equal(left->items[i], right->items[i]))
			return false;
	}
	return true;
}

static bool is_called(const StoredImage *image, const char *id)
{
	return text_equal(image->config_digest, id) || text_ends_with(id, image->manifest_digest) ||
	       texts_contain(&image->repository_digests, id);
}

static bool stands_on(const ImageUse *use, const StoredImage *image)
{
	return image->is_complete && texts_are_equal(&use->layers, &image->overlay);
}

static void add_user(Reading *self, StoredImage *image, const char *user)
{
	if (!texts_contain(&image->users, user))
		texts_add(self->arena, &image->users, user);
}

// Images may differ in their config alone. Of several with the same layers the one counts that the machine knows by its
// id; all of them when that one is not here under that id any more.
static void add_use(Reading *self, const ImageUse *use)
{
	StoredImages *images = &self->inventory->images;
	bool is_known = false;
	for (size_t i = 0; i < images->count; i++) {
		StoredImage *image = &images->items[i];
		if (!stands_on(use, image) || !is_called(image, use->image_id))
			continue;
		add_user(self, image, use->user);
		is_known = true;
	}
	for (size_t i = 0; i < images->count && !is_known; i++) {
		if (stands_on(use, &images->items[i]))
			add_user(self, &images->items[i], use->user);
	}
}

static void add_uses(Reading *self, const ImageUses *uses)
{
	StoredImages *images = &self->inventory->images;
	self->inventory->uses = *uses;
	for (size_t i = 0; i < uses->count; i++)
		add_use(self, &uses->items[i]);
	for (size_t i = 0; i < images->count; i++)
		texts_sort(&images->items[i].users);
}

bool image_inventory_load(const Host *host, const ImageUses *uses, Arena *arena,
			  ImageInventory *ret, Error *error)
{
	CLEANUP_FD images = -1;
	ImageInventory inventory = { .host = host };
	Reading self = { .host = host, .arena = arena, .inventory = &inventory };
	if (!image_record_open(host, &images, error))
		return false;
	self.images = images;
	if (!layer_list(host, arena, &inventory.layers, error) ||
	    !image_blob_list(images, arena, &inventory.blobs, error) ||
	    !add_records(&self, error) || !load_images(&self, error) || !add_nameless(&self, error))
		return error_wrap(error, "read the images");
	measure(&self);
	add_uses(&self, uses);
	*ret = inventory;
	return true;
}

// --- which one is meant

static void find_name(const ImageInventory *inventory, const Reference *reference,
		      const StoredImage **ret, const char **ret_reference)
{
	for (size_t i = 0; i < inventory->images.count; i++) {
		const StoredImage *image = &inventory->images.items[i];
		if (!texts_contain(&image->references, reference->text))
			continue;
		*ret = image;
		*ret_reference = reference->text;
		return;
	}
	for (size_t i = 0; i < inventory->images.count && reference->digest[0]; i++) {
		const StoredImage *image = &inventory->images.items[i];
		if (texts_contain(&image->repository_digests, reference->text)) {
			*ret = image;
			return;
		}
	}
}

static bool has_manifest_digest(const StoredImage *image, const char *digest)
{
	if (text_equal(image->manifest_digest, digest) || text_equal(image->config_digest, digest))
		return true;
	for (size_t i = 0; i < image->repository_digests.count; i++) {
		if (text_ends_with(image->repository_digests.items[i], digest))
			return true;
	}
	return false;
}

// "sha256:" is not needed; digits must be enough to be no accident.
static bool has_id(const StoredImage *image, const char *text)
{
	const char *digits = text_starts_with(text, DIGEST_PREFIX) ? digest_hex(text) : text;
	return strlen(digits) >= ID_PREFIX_MIN && image->config_digest[0] &&
	       text_starts_with(digest_hex(image->config_digest), digits);
}

static bool find_id(const ImageInventory *inventory, const char *text, Arena *arena,
		    const StoredImage **ret, Error *error)
{
	const bool is_digest = digest_is_valid(text);
	const StoredImage *found = NULL;
	Texts ids = { 0 };
	for (size_t i = 0; i < inventory->images.count; i++) {
		const StoredImage *image = &inventory->images.items[i];
		if (is_digest ? !has_manifest_digest(image, text) : !has_id(image, text))
			continue;
		// Of two manifests with one id the one with a name is meant.
		const char *id = stored_image_id(image);
		if (!texts_contain(&ids, id))
			texts_add(arena, &ids, id);
		found = found ? found : image;
	}
	if (ids.count > 1)
		return error_set(error, ERROR_INVALID, "'%s' is ambiguous: it could be %s", text,
				 texts_join(&ids, ", ", arena));
	*ret = found;
	return true;
}

// "nginx" of "docker.io/library/nginx:1".
static const char *last_part(const Reference *reference)
{
	const char *slash = strrchr(reference->repository, '/');
	return slash ? slash + 1 : reference->repository;
}

// Other tags of what was asked for, and the same name of other registries: ", but NAME, NAME".
static const char *name_others(const ImageInventory *inventory, const Reference *wanted,
			       Arena *arena)
{
	Texts others = { 0 };
	for (size_t i = 0; i < inventory->images.count; i++) {
		const Texts *references = &inventory->images.items[i].references;
		for (size_t k = 0; k < references->count && others.count < OTHERS_MAX; k++) {
			CLEANUP_ERROR is_no_name = { 0 };
			Reference other;
			if (reference_parse(references->items[k], NULL, arena, &other,
					    &is_no_name) &&
			    other.kind == REFERENCE_REGISTRY &&
			    text_equal(last_part(&other), last_part(wanted)))
				texts_add(arena, &others, other.text);
		}
	}
	return others.count == 0
		       ? ""
		       : arena_printf(arena, ", but %s", texts_join(&others, ", ", arena));
}

static bool fail_to_find(const ImageInventory *inventory, const char *name,
			 const Reference *reference, Arena *arena, Error *error)
{
	CLEANUP_BUFFER shown = { 0 };
	buffer_add_printable(&shown, name, strnlen(name, 200));
	return error_set(error, ERROR_NOT_FOUND, "no image '%s'%s", buffer_text(&shown),
			 reference && reference->kind == REFERENCE_REGISTRY
				 ? name_others(inventory, reference, arena)
				 : "");
}

bool image_inventory_find(const ImageInventory *inventory, const char *name,
			  const char *default_registry, Arena *arena, const StoredImage **ret,
			  const char **ret_reference, Error *error)
{
	CLEANUP_ERROR no_name = { 0 }; // it may be an id
	const StoredImage *image = NULL;
	const char *reference_text = NULL;
	Reference reference;
	const bool is_name = image_name_parse(inventory->host, name, default_registry, arena,
					      &reference, &no_name);
	if (is_name)
		find_name(inventory, &reference, &image, &reference_text);
	if (!image && !find_id(inventory, name, arena, &image, error))
		return false;
	if (!image && !is_name)
		return error_move(error, &no_name);
	if (!image)
		return fail_to_find(inventory, name, &reference, arena, error);
	*ret = image;
	*ret_reference = reference_text;
	return true;
}

const char *stored_image_id(const StoredImage *image)
{
	return image->config_digest[0] ? image->config_digest : image->manifest_digest;
}

const char *stored_image_name(const StoredImage *image, Arena *arena)
{
	return image->references.count > 0 ? image->references.items[0]
					   : stored_image_short_id(image, arena);
}

const char *stored_image_short_id(const StoredImage *image, Arena *arena)
{
	return arena_printf(arena, "%.*s", SHORT_ID, digest_hex(stored_image_id(image)));
}
