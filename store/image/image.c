#include "store/image/image.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/layer.h"
#include "store/image/load.h"
#include "store/image/name.h"

static bool load_manifest(int images, const char *digest, Arena *arena, Manifest *ret,
			  bool *ret_found, Error *error)
{
	const char *bytes = NULL;
	size_t length = 0;
	*ret_found = false;
	if (!image_blob_load(images, digest, MANIFEST_BYTES_MAX, arena, &bytes, &length, error))
		return false;
	if (!bytes)
		return true;
	*ret_found = true;
	return manifest_parse(bytes, length, "", arena, ret, error);
}

static bool load_config(int images, const char *digest, Arena *arena, ImageConfig *ret,
			bool *ret_found, Error *error)
{
	const char *bytes = NULL;
	size_t length = 0;
	*ret_found = false;
	if (!image_blob_load(images, digest, IMAGE_CONFIG_BYTES_MAX, arena, &bytes, &length, error))
		return false;
	if (!bytes)
		return true;
	*ret_found = true;
	return image_config_parse(bytes, length, arena, ret, error);
}

bool image_find_layers(const Host *host, const Texts *diff_ids, Arena *arena, Texts *ret,
		       uint64_t *ret_size_bytes)
{
	Texts layers = { 0 };
	uint64_t size_bytes = 0;
	for (size_t i = diff_ids->count; i-- > 0;) {
		const char *diff_id = diff_ids->items[i];
		LayerInfo info;
		if (!layer_find(host, diff_id, &info))
			return false;
		if (texts_contain(&layers, diff_id))
			continue;
		texts_add(arena, &layers, diff_id);
		size_bytes += info.size_bytes;
		if (info.is_root_opaque)
			break;
	}
	*ret = layers;
	*ret_size_bytes = size_bytes;
	return true;
}

static bool find_layers(const Host *host, Arena *arena, Image *image)
{
	if (!image_find_layers(host, &image->config.diff_ids, arena, &image->layers,
			       &image->size_bytes))
		return false;
	for (size_t i = 0; i < image->layers.count; i++)
		texts_add(arena, &image->layer_directories,
			  layer_path(host, image->layers.items[i], arena));
	return true;
}

bool image_load(const Host *host, int images, const ImageRecord *record, Arena *arena,
		const Image **ret, Error *error)
{
	Manifest manifest;
	bool is_found = false;
	*ret = NULL;
	if (!load_manifest(images, record->manifest_digest, arena, &manifest, &is_found, error))
		return error_wrap(error, "image '%s'", record->reference);
	if (!is_found || manifest.is_index)
		return true;

	Image *image = ARENA_NEW(arena, Image);
	image->reference = arena_strdup(arena, record->reference);
	image->manifest_digest = arena_strdup(arena, record->manifest_digest);
	image->config_digest = manifest.config.digest;
	image->repository_digest = record->repository_digest[0]
					   ? arena_strdup(arena, record->repository_digest)
					   : image->config_digest;
	image->pulled_s = record->pulled_s;
	if (!load_config(images, image->config_digest, arena, &image->config, &is_found, error))
		return error_wrap(error, "image '%s'", record->reference);
	if (is_found && image->config.diff_ids.count == manifest.layers.count &&
	    find_layers(host, arena, image))
		*ret = image;
	return true;
}

// The image of the first record that `is_wanted` takes and that is complete.
static bool find_record(const Host *host, int images,
			bool (*is_wanted)(const Image *image, const char *what), const char *what,
			Arena *arena, const Image **ret, Error *error)
{
	ImageRecords records = { 0 };
	*ret = NULL;
	if (!image_record_list(images, arena, &records, error))
		return false;
	for (size_t i = 0; i < records.count && !*ret; i++) {
		const Image *image = NULL;
		if (!image_load(host, images, &records.items[i], arena, &image, error))
			return false;
		if (image && is_wanted(image, what))
			*ret = image;
	}
	return true;
}

static bool has_repository_digest(const Image *image, const char *what)
{
	return text_equal(image->repository_digest, what);
}

static bool has_digest(const Image *image, const char *what)
{
	return text_equal(image->manifest_digest, what) || text_equal(image->config_digest, what) ||
	       text_ends_with(image->repository_digest, what);
}

bool image_find_reference(const Host *host, int images, const Reference *reference, Arena *arena,
			  const Image **ret, Error *error)
{
	ImageRecord record;
	*ret = NULL;
	if (image_record_load(images, reference->text, arena, &record) &&
	    !image_load(host, images, &record, arena, ret, error))
		return false;
	if (*ret || text_is_empty(reference->digest))
		return true;
	// Pulled by a tag that meant this digest.
	return find_record(host, images, has_repository_digest, reference->text, arena, ret, error);
}

bool image_find(const Host *host, const char *name, const char *default_registry, Arena *arena,
		const Image **ret, Error *error)
{
	CLEANUP_FD images = -1;
	if (!image_record_open(host, &images, error))
		return false;
	if (digest_is_valid(name))
		return find_record(host, images, has_digest, name, arena, ret, error);
	Reference reference;
	return image_name_parse(host, name, default_registry, arena, &reference, error) &&
	       image_find_reference(host, images, &reference, arena, ret, error);
}

bool image_find_digest(const Host *host, const char *name, const char *default_registry,
		       Arena *arena, const char **ret, Error *error)
{
	CLEANUP_FD images = -1;
	Reference reference;
	ImageRecord record;
	const Image *image = NULL;
	*ret = NULL;
	if (!image_record_open(host, &images, error) ||
	    !image_name_parse(host, name, default_registry, arena, &reference, error))
		return false;
	if (!image_record_load(images, reference.text, arena, &record))
		return true;
	if (text_is_empty(record.repository_digest) &&
	    !image_load(host, images, &record, arena, &image, error))
		return false;
	*ret = image                                     ? image->repository_digest
	       : text_is_empty(record.repository_digest) ? NULL
							 : record.repository_digest;
	return true;
}

bool image_list(const Host *host, Arena *arena, Images *ret, Error *error)
{
	CLEANUP_FD images = -1;
	ImageRecords records = { 0 };
	if (!image_record_open(host, &images, error) ||
	    !image_record_list(images, arena, &records, error))
		return false;
	for (size_t i = 0; i < records.count; i++) {
		const Image *image = NULL;
		if (!image_load(host, images, &records.items[i], arena, &image, error))
			return false;
		if (image)
			*images_push(arena, ret) = *image;
	}
	return true;
}
