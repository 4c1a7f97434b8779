#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/image_file.h"
#include "pkg/oci/registry.h"
#include "pkg/sys/file.h"
#include "store/image.h"
#include "store/image_load.h"
#include "store/image_lock.h"
#include "store/image_name.h"
#include "store/layer.h"

#include <time.h>

// An index may lead to another one, as the index.json of a layout does; more is a riddle.
#define INDEX_DEPTH_MAX 4

// One pull from its name to its record.
typedef struct Pull {
	const Host *host;
	const PullOptions *options;
	Arena *arena; // of what the pull needs itself
	int images;
	Reference reference;
	Platform platform;
	Registries registries;
	Credentials credentials;
	Transport *transport;
	// What was found.
	ManifestDocument target; // what the reference led to: an index or a manifest
	ManifestDocument document;
	Manifest manifest;
	ImageConfig config;
	const char *config_bytes;
	size_t config_length;
} Pull;

static void pull_clear(Pull *pull)
{
	transport_close(&pull->transport);
	file_close(&pull->images);
	arena_free(pull->arena);
}

static bool load_credentials(Pull *self, Error *error)
{
	const PullOptions *options = self->options;
	for (size_t i = 0; i < options->auth_texts.count; i++) {
		const char *text = options->auth_texts.items[i];
		if (!auth_parse("pull secret", text, strlen(text), self->arena, &self->credentials,
				error))
			return false;
	}
	// credential-helpers in registries.conf: those files are one of them, by this name.
	const Texts *helpers = &self->registries.credential_helpers;
	const bool has_files =
		helpers->count == 0 || texts_contain(helpers, "containers-auth.json");
	for (size_t i = 0; has_files && i < options->auth_files.count; i++) {
		if (!auth_load(options->auth_files.items[i], self->arena, &self->credentials,
			       error))
			return false;
	}
	for (size_t i = 0; i < helpers->count; i++) {
		if (!text_equal(helpers->items[i], "containers-auth.json"))
			auth_add_helper(helpers->items[i], self->arena, &self->credentials);
	}
	return true;
}

static bool open_file(Pull *self, Error *error)
{
	const FileSetOptions options = {
		.spool_directory = self->host->data_dir,
		.spool_bytes_max = self->options->download_bytes_max,
	};
	return image_file_open(&self->reference, &options, self->arena, &self->transport, error);
}

static bool open_transport(Pull *self, Error *error)
{
	if (self->reference.kind != REFERENCE_REGISTRY)
		return open_file(self, error);
	const char *directory = self->host->config_dir;
	if (!registries_load(self->host, self->arena, &self->registries, error) ||
	    !load_credentials(self, error))
		return false;
	RegistryOptions options = {
		.registries = &self->registries,
		.credentials = &self->credentials,
		.answer_timeout_ms = self->options->answer_timeout_ms,
		.body_timeout_ms = self->options->body_timeout_ms,
	};
	// /etc/containers/certs.d, /etc/docker/certs.d
	texts_add(self->arena, &options.certificates_directories,
		  path_join(self->arena, directory, "certs.d"));
	texts_add(self->arena, &options.certificates_directories,
		  path_join(self->arena, path_parent(self->arena, directory), "docker/certs.d"));
	return registry_open(&self->reference, &options, self->arena, &self->transport, error);
}

// From what the reference means to the manifest for the platform.
static bool read_manifests(Pull *self, Error *error)
{
	Transport *transport = self->transport;
	if (!transport->read_manifest(transport, NULL, self->arena, &self->target, error))
		return false;
	self->document = self->target;
	for (unsigned depth = 0; depth < INDEX_DEPTH_MAX; depth++) {
		const Descriptor *chosen = NULL;
		if (!manifest_parse(self->document.bytes, self->document.length,
				    self->document.media_type, self->arena, &self->manifest, error))
			return false;
		if (!self->manifest.is_index)
			return true;
		if (!manifest_choose(&self->manifest, &self->platform, &chosen, error) ||
		    !transport->read_manifest(transport, chosen->digest, self->arena,
					      &self->document, error))
			return false;
	}
	return error_set(error, ERROR_INVALID, "indexes that lead to indexes");
}

static bool check_platform(const Pull *self, Error *error)
{
	const ImageConfig *config = &self->config;
	const Platform platform = { config->os, config->architecture, config->variant };
	if (platform_rank(&platform, &self->platform) > 0)
		return true;
	CLEANUP_BUFFER shown = { 0 };
	const char *text = platform_print(&platform, self->arena);
	buffer_add_printable(&shown, text, strnlen(text, 100));
	return error_set(error, ERROR_UNSUPPORTED, "the image is for %s, this is %s",
			 buffer_text(&shown), platform_print(&self->platform, self->arena));
}

static bool read_config(Pull *self, Error *error)
{
	const Descriptor *descriptor = &self->manifest.config;
	if (!transport_read_blob(self->transport, descriptor, IMAGE_CONFIG_BYTES_MAX, self->arena,
				 &self->config_bytes, &self->config_length, error) ||
	    !image_config_parse(self->config_bytes, self->config_length, self->arena, &self->config,
				error) ||
	    !check_platform(self, error))
		return false;
	if (self->config.diff_ids.count != self->manifest.layers.count)
		return error_set(error, ERROR_INVALID, "%zu layers, but %zu diff_ids",
				 self->manifest.layers.count, self->config.diff_ids.count);
	return true;
}

static bool check_size(const Pull *self, Error *error)
{
	const uint64_t max = self->options->download_bytes_max;
	uint64_t left = max;
	for (size_t i = 0; max > 0 && i < self->manifest.layers.count; i++) {
		const uint64_t size = self->manifest.layers.items[i].size_bytes;
		if (size > left)
			return error_set(error, ERROR_LIMIT,
					 "the layers have more than the %ju bytes allowed "
					 "(max_download_size)",
					 (uintmax_t)max);
		left -= size;
	}
	return true;
}

static bool pull_layer(Pull *self, size_t index, Error *error)
{
	const Descriptor *descriptor = &self->manifest.layers.items[index];
	const LayerBlob blob = {
		.digest = descriptor->digest,
		.diff_id = self->config.diff_ids.items[index],
		.size_bytes = descriptor->size_bytes,
	};
	Source *source = NULL;
	if (layer_find(self->host, blob.diff_id, NULL))
		return true;
	return self->transport->open_blob(self->transport, descriptor, &source, error) &&
	       layer_unpack(self->host, &blob, source, error);
}

static bool pull_layers(Pull *self, Error *error)
{
	if (!check_size(self, error))
		return false;
	for (size_t i = 0; i < self->manifest.layers.count; i++) {
		if (!pull_layer(self, i, error))
			return false;
	}
	return true;
}

// The record comes last: what it names is there.
static bool save(Pull *self, ImageRecord *ret, Error *error)
{
	const char *repository =
		reference_at_digest(&self->reference, self->target.digest, self->arena);
	const ImageRecord record = {
		.reference = self->reference.text,
		.repository_digest = repository,
		.target_digest = self->target.digest,
		.manifest_digest = self->document.digest,
		.pulled_s = time(NULL),
	};
	if (!image_blob_save(self->images, self->document.digest, self->document.bytes,
			     self->document.length, error) ||
	    !image_blob_save(self->images, self->manifest.config.digest, self->config_bytes,
			     self->config_length, error) ||
	    !image_record_save(self->images, &record, error))
		return false;
	*ret = record;
	return true;
}

// True in *ret when the registry says that the tag still means the image that is here.
static bool is_current(Pull *self, const Image *image, bool *ret, Error *error)
{
	ImageRecord record;
	const char *digest = NULL;
	CLEANUP_ERROR failure = { 0 };
	*ret = false;
	if (!image || !image_record_load(self->images, self->reference.text, self->arena, &record))
		return true;
	// A registry that cannot answer this is asked for the manifest next, and that failure counts.
	if (!self->transport->find_digest(self->transport, self->arena, &digest, &failure))
		return failure.code != ERROR_INTERRUPTED ||
		       error_set(error, failure.code, "%s", failure.message);
	*ret = text_equal(digest, record.target_digest);
	return true;
}

static bool download(Pull *self, const Image *present, Arena *arena, const Image **ret,
		     Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	bool is_same = false;
	ImageRecord record;
	// No layer goes while its image arrives. What killed pulls left goes now.
	if (!image_lock_shared(self->host, &lock, error) ||
	    !layer_collect(self->host, NULL, error) || !open_transport(self, error) ||
	    !is_current(self, present, &is_same, error))
		return false;
	if (is_same) {
		*ret = present;
		return true;
	}
	if (!read_manifests(self, error) || !read_config(self, error) ||
	    !pull_layers(self, error) || !save(self, &record, error) ||
	    !image_load(self->host, self->images, &record, arena, ret, error))
		return false;
	return *ret || error_set(error, ERROR_BUSY, "another process removed parts of it");
}

// What is here already, for the platform that is wanted.
static bool find_present(Pull *self, Arena *arena, const Image **ret, Error *error)
{
	if (!image_find_reference(self->host, self->images, &self->reference, arena, ret, error))
		return false;
	const ImageConfig *config = *ret ? &(*ret)->config : NULL;
	if (config &&
	    platform_rank(&(Platform){ config->os, config->architecture, config->variant },
			  &self->platform) == 0)
		*ret = NULL;
	return true;
}

static bool is_enough(const Pull *self, const Image *present)
{
	// A digest means the same for ever; only a tag has to be asked about.
	return present && (self->options->policy != IMAGE_PULL_ALWAYS || self->reference.digest[0]);
}

// An image that was found by what another name led to gets a record of its own name, which keeps it.
static bool adopt(Pull *self, const Image *image, Error *error)
{
	ImageRecord record;
	if (text_equal(image->reference, self->reference.text) ||
	    !image_record_load(self->images, image->reference, self->arena, &record))
		return true;
	record.reference = self->reference.text;
	return image_record_save(self->images, &record, error);
}

static bool pull(Pull *self, const char *name, Arena *arena, const Image **ret, Error *error)
{
	const Image *present = NULL;
	if (!find_present(self, arena, &present, error))
		return false;
	if (is_enough(self, present)) {
		*ret = present;
		return adopt(self, present, error);
	}
	if (self->options->policy == IMAGE_PULL_NEVER) // the kubelet's words for ErrImageNeverPull
		return error_set(error, ERROR_NOT_FOUND,
				 "Container image \"%s\" is not present with pull policy of Never",
				 name);
	return download(self, present, arena, ret, error) ||
	       error_wrap(error, "pull '%s'", self->reference.text);
}

bool image_pull(const Host *host, const char *name, const PullOptions *options, Arena *arena,
		Image *ret, Error *error)
{
	CLEANUP(pull_clear)
	Pull self = { .host = host, .options = options, .arena = arena_new(), .images = -1 };
	const Image *image = NULL;
	self.platform = options->platform.os ? options->platform : platform_of_host(self.arena);
	if (!image_name_parse(host, name, options->default_registry, self.arena, &self.reference,
			      error) ||
	    !image_record_open(host, &self.images, error) ||
	    !pull(&self, name, arena, &image, error))
		return false;
	*ret = *image;
	return true;
}
