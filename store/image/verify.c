#include "store/image/verify.h"

#include "pkg/base/text.h"
#include "pkg/oci/manifest.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "pkg/sys/workers.h"
#include "store/image/layer_files.h"
#include "store/image/layer_verify.h"
#include "store/image/lock.h"
#include "store/image/record.h"

// A layer of one image or several, and what was found.
typedef struct LayerCheck {
	const char *diff_id;
	Arena *arena; // of the faults: each is found by a thread of its own
	Texts faults;
	Error failure;
} LayerCheck;

VEC_DECLARE(LayerChecks, layer_checks, LayerCheck);

typedef struct Verification {
	const Host *host;
	int images;
	Arena *arena; // of the result
	LayerChecks layers;
	ImageChecks *checks; // the caller's
	Texts *diff_ids;     // of each check
} Verification;

static void verification_clear(Verification *self)
{
	for (size_t i = 0; i < self->layers.count; i++) {
		arena_free(self->layers.items[i].arena);
		error_clear(&self->layers.items[i].failure);
	}
	file_close(&self->images);
}

static void add_fault(Verification *self, ImageCheck *check, const char *part, const char *fault)
{
	texts_add(self->arena, &check->faults, arena_printf(self->arena, "%s: %s", part, fault));
}

// NULL in *ret, with a fault, when the document is not what it was.
static bool load_blob(Verification *self, ImageCheck *check, const char *part, const char *digest,
		      size_t max, const char **ret, size_t *ret_length, Error *error)
{
	if (!image_blob_load(self->images, digest, max, self->arena, ret, ret_length, error))
		return false;
	if (!*ret)
		add_fault(self, check, part, "missing, or its bytes have another digest");
	return true;
}

// The diff_ids of the image, none when its documents are damaged.
static bool read_documents(Verification *self, ImageCheck *check, Texts *ret, Error *error)
{
	const char *bytes = NULL;
	size_t length = 0;
	Manifest manifest;
	ImageConfig config;
	CLEANUP_ERROR fault = { 0 };
	if (!load_blob(self, check, "manifest", check->manifest_digest, MANIFEST_BYTES_MAX, &bytes,
		       &length, error))
		return false;
	if (!bytes)
		return true;
	if (!manifest_parse(bytes, length, "", self->arena, &manifest, &fault)) {
		add_fault(self, check, "manifest", fault.message);
		return true;
	}
	if (!load_blob(self, check, "config", manifest.config.digest, IMAGE_CONFIG_BYTES_MAX,
		       &bytes, &length, error))
		return false;
	if (!bytes)
		return true;
	if (image_config_parse(bytes, length, self->arena, &config, &fault))
		*ret = config.diff_ids;
	else
		add_fault(self, check, "config", fault.message);
	return true;
}

static LayerCheck *find_check(Verification *self, const char *diff_id)
{
	for (size_t i = 0; i < self->layers.count; i++) {
		if (text_equal(self->layers.items[i].diff_id, diff_id))
			return &self->layers.items[i];
	}
	LayerCheck *layer = layer_checks_push(self->arena, &self->layers);
	layer->diff_id = diff_id;
	return layer;
}

static bool read_all(Verification *self, Error *error)
{
	self->diff_ids = arena_array(self->arena, self->checks->count, sizeof(Texts));
	for (size_t i = 0; i < self->checks->count; i++) {
		ImageCheck *check = &self->checks->items[i];
		if (!read_documents(self, check, &self->diff_ids[i], error))
			return error_wrap(error, "image '%s'", check->name);
		for (size_t j = 0; j < self->diff_ids[i].count; j++)
			find_check(self, self->diff_ids[i].items[j]);
	}
	return true;
}

static void verify_layer(void *context, size_t worker, size_t index)
{
	(void)worker; // keeps nothing
	Verification *self = context;
	LayerCheck *layer = &self->layers.items[index];
	layer->arena = arena_new();
	if (!layer_verify(self->host, layer->diff_id, layer->arena, &layer->faults,
			  &layer->failure))
		return;
}

static bool collect_layers(Verification *self, Error *error)
{
	for (size_t i = 0; i < self->checks->count; i++) {
		for (size_t j = 0; j < self->diff_ids[i].count; j++) {
			const LayerCheck *layer = find_check(self, self->diff_ids[i].items[j]);
			const char *part =
				arena_printf(self->arena, "layer %.*s", LAYER_SHORT_DIGEST,
					     digest_hex(layer->diff_id));
			if (layer->failure.code != ERROR_NONE)
				return error_set(error, layer->failure.code, "%s: %s", part,
						 layer->failure.message);
			for (size_t k = 0; k < layer->faults.count; k++)
				add_fault(self, &self->checks->items[i], part,
					  layer->faults.items[k]);
		}
	}
	return true;
}

bool image_verify(const Host *host, Arena *arena, ImageChecks *checks, Error *error)
{
	CLEANUP(verification_clear)
	Verification self = { .host = host, .images = -1, .arena = arena, .checks = checks };
	CLEANUP_LOCK lock = LOCK_NONE; // nothing goes while it is read
	if (!image_record_open(host, &self.images, error) ||
	    !image_lock_shared(host, &lock, error) || !read_all(&self, error))
		return false;
	workers_run(self.layers.count, workers_processors(), verify_layer, &self);
	return collect_layers(&self, error);
}
