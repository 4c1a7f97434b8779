#include "store/image/resolve.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/image_file.h"
#include "pkg/oci/registry/registry.h"
#include "pkg/sys/file.h"
#include "store/image/layer.h"
#include "store/image/load.h"
#include "store/image/name.h"

#include <time.h>

// An index may lead to another one, as the index.json of a layout does; more is a riddle.
#define INDEX_DEPTH_MAX 4

static bool load_credentials(Resolution *self, Error *error)
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

static bool open_file(Resolution *self, Error *error)
{
	const FileSetOptions options = {
		.spool_directory = self->host->data_dir,
		.spool_bytes_max = self->options->download_bytes_max,
	};
	return image_file_open(&self->reference, &options, self->arena, &self->transport, error);
}

static bool open_transport(Resolution *self, Error *error)
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
static bool read_manifests(Resolution *self, Error *error)
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

static bool check_platform(const Resolution *self, Error *error)
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

static bool read_config(Resolution *self, Error *error)
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

static bool check_size(const Resolution *self, Error *error)
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

// Whether the registry says that the tag still means the image that is here.
static bool compare_images(Resolution *self, Error *error)
{
	ImageRecord record;
	const char *digest = NULL;
	CLEANUP_ERROR failure = { 0 };
	if (!self->present ||
	    !image_record_load(self->images, self->reference.text, self->arena, &record))
		return true;
	// A registry that cannot answer this is asked for the manifest next, and that failure counts.
	if (!self->transport->find_digest(self->transport, self->arena, &digest, &failure))
		return failure.code != ERROR_INTERRUPTED || error_move(error, &failure);
	self->is_enough = text_equal(digest, record.target_digest);
	return true;
}

// A pull that is asked for mends what `sdme image verify` found; a Pod starts with what there is.
static bool must_be_mended(const Resolution *self, const Image *image)
{
	bool is_good = true;
	for (size_t i = 0; i < image->config.diff_ids.count; i++)
		is_good = is_good && layer_is_good(self->host, image->config.diff_ids.items[i]);
	return !is_good && self->options->policy == IMAGE_PULL_ALWAYS;
}

// What is here already, for the platform that is wanted.
static bool find_present(Resolution *self, Error *error)
{
	const Image *image = NULL;
	if (self->options->is_nameless)
		return true;
	if (!image_find_reference(self->host, self->images, &self->reference, self->arena, &image,
				  error))
		return false;
	const ImageConfig *config = image ? &image->config : NULL;
	if (config &&
	    platform_rank(&(Platform){ config->os, config->architecture, config->variant },
			  &self->platform) > 0 &&
	    !must_be_mended(self, image))
		self->present = image;
	return true;
}

// A digest means the same for ever; only a tag has to be asked about.
static bool is_final(const Resolution *self)
{
	return self->options->policy != IMAGE_PULL_ALWAYS || self->reference.digest[0];
}

// An image that was found by what another name led to gets a record of its own name, which keeps it.
static bool adopt(Resolution *self, Error *error)
{
	ImageRecord record;
	if (text_equal(self->present->reference, self->reference.text) ||
	    !image_record_load(self->images, self->present->reference, self->arena, &record))
		return true;
	record.reference = self->reference.text;
	return image_record_save(self->images, &record, error);
}

bool resolution_begin(Resolution *self, Error *error)
{
	self->arena = arena_new();
	self->images = -1;
	self->platform = self->options->platform.os ? self->options->platform
						    : platform_of_host(self->arena);
	if (!image_name_parse(self->host, self->name, self->options->default_registry, self->arena,
			      &self->reference, error) ||
	    !image_record_open(self->host, &self->images, error) || !find_present(self, error))
		return false;
	self->is_enough = self->present && is_final(self);
	if (!self->is_enough &&
	    self->options->policy == IMAGE_PULL_NEVER) // the kubelet's words for ErrImageNeverPull
		return error_set(error, ERROR_NOT_FOUND,
				 "Container image \"%s\" is not present with pull policy of Never",
				 self->name);
	return true;
}

bool resolution_wrap(const Resolution *self, Error *error)
{
	return self->options->is_nameless ? false
					  : error_wrap(error, "pull '%s'", self->reference.text);
}

bool resolution_ask(Resolution *self, Error *error)
{
	const bool is_done =
		open_transport(self, error) && compare_images(self, error) &&
		(self->is_enough || (read_manifests(self, error) && read_config(self, error) &&
				     check_size(self, error)));
	return is_done || resolution_wrap(self, error);
}

bool resolution_save(Resolution *self, Error *error)
{
	const char *repository =
		reference_at_digest(&self->reference, self->target.digest, self->arena);
	self->record = (ImageRecord){
		.reference = self->reference.text,
		.repository_digest = repository,
		.target_digest = self->target.digest,
		.manifest_digest = self->document.digest,
		.pulled_s = time(NULL),
	};
	// The record comes last: what it names is there.
	return image_blob_save(self->images, self->document.digest, self->document.bytes,
			       self->document.length, error) &&
	       image_blob_save(self->images, self->manifest.config.digest, self->config_bytes,
			       self->config_length, error) &&
	       (self->options->is_nameless ||
		image_record_save(self->images, &self->record, error));
}

static bool load(Resolution *self, Arena *arena, const Image **ret, Error *error)
{
	if (self->options->is_nameless)
		return image_load(self->host, self->images, &self->record, arena, ret, error);
	return image_find_reference(self->host, self->images, &self->reference, arena, ret, error);
}

bool resolution_load(Resolution *self, Arena *arena, Image *ret, Error *error)
{
	const Image *image = NULL;
	if ((self->is_enough && !adopt(self, error)) || !load(self, arena, &image, error))
		return false;
	if (!image)
		return error_set(error, ERROR_BUSY, "another process removed parts of '%s'",
				 self->reference.text);
	*ret = *image;
	return true;
}

void resolution_clear(Resolution *self)
{
	if (!self->arena)
		return;
	transport_close(&self->transport);
	file_close(&self->images);
	arena_wipe(&self->arena); // credentials are in it
}
