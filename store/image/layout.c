#include "store/image/layout.h"

#include "pkg/base/json.h"
#include "pkg/base/text.h"
#include "pkg/sys/interrupt.h"
#include "pkg/sys/stream/deflate.h"
#include "pkg/sys/stream/digest.h"
#include "pkg/sys/stream/relay.h"
#include "store/image/layer_archive.h"
#include "store/image/record.h"

// Digits of a digest that tell layers apart for people.
#define SHORT_DIGEST 12

#define OCI_INDEX    "application/vnd.oci.image.index.v1+json"
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_CONFIG   "application/vnd.oci.image.config.v1+json"

static const char *const layer_types[] = {
	[COMPRESSION_NONE] = "application/vnd.oci.image.layer.v1.tar",
	[COMPRESSION_GZIP] = "application/vnd.oci.image.layer.v1.tar+gzip",
	[COMPRESSION_ZSTD] = "application/vnd.oci.image.layer.v1.tar+zstd",
};

// What was written, as a manifest names it.
typedef struct LayoutBlob {
	const char *diff_id; // of layers
	char digest[DIGEST_TEXT_LENGTH + 1];
	uint64_t size_bytes;
} LayoutBlob;

VEC_DECLARE(LayoutBlobs, layout_blobs, LayoutBlob);

typedef struct Writer {
	const Host *host;
	int images;
	const ImageExport *export;
	ExportTarget *target;
	Arena *arena;
	LayoutBlobs layers; // each once
	LayoutBlob config;
} Writer;

static bool is_docker(const Writer *self)
{
	return self->export->format == IMAGE_EXPORT_DOCKER_ARCHIVE;
}

// --- files

static bool write_file(Writer *self, const char *name, const char *bytes, size_t length,
		       Error *error)
{
	Sink *sink = NULL;
	return self->target->begin(self->target, &sink, error) &&
	       sink_write(sink, bytes, length, error) &&
	       self->target->end(self->target, name, error);
}

static const char *blob_name(Writer *self, const char *digest)
{
	return arena_printf(self->arena, "blobs/sha256/%s", digest_hex(digest));
}

static bool write_blob(Writer *self, const char *bytes, size_t length, LayoutBlob *ret,
		       Error *error)
{
	const char *digest = digest_of_bytes(bytes, length, self->arena);
	LayoutBlob blob = { .size_bytes = length };
	memcpy(blob.digest, digest, sizeof(blob.digest));
	if (!write_file(self, blob_name(self, digest), bytes, length, error))
		return false;
	*ret = blob;
	return true;
}

// --- layers

static bool pump(Writer *self, const char *item, Source *from, Sink *to, Error *error)
{
	for (uint64_t done = 0;;) {
		const void *block = NULL;
		size_t length = 0;
		if (!interrupt_check(error) || !source_read(from, &block, &length, error))
			return false;
		if (length == 0)
			break;
		if (!sink_write(to, block, length, error))
			return false;
		done += length;
		progress_report(self->host->progress, item, "export", done, 0);
	}
	progress_report(self->host->progress, item, "export", 1, 1);
	return true;
}

static bool check_archive(const DigestSource *plain, const char *diff_id, Error *error)
{
	return text_equal(plain->text, diff_id) ||
	       error_set(
		       error, ERROR_INVALID,
		       "it is damaged: its archive has the digest %s now; remove the image and pull "
		       "it again",
		       plain->text);
}

// frame and tree → archive → its digest, in a thread of its own; → compression → digest of the blob → file
static bool write_layer_archive(Writer *self, const char *diff_id, Sink *to, LayoutBlob *ret,
				Error *error)
{
	CLEANUP_LAYER_ARCHIVE archive = NULL;
	CLEANUP_DIGEST_SOURCE plain = { 0 };
	CLEANUP_DIGEST_SINK blob = { 0 };
	if (!layer_archive_open(self->host, diff_id, &archive, error))
		return false;
	digest_source_init(&plain, layer_archive_source(archive));
	CLEANUP_RELAY relay = NULL;
	digest_sink_init(&blob, to);
	CLEANUP_DEFLATE deflate =
		deflate_open(self->export->compression, DEFLATE_SMALL, &blob.sink);
	const char *item =
		arena_printf(self->arena, "layer %.*s", SHORT_DIGEST, digest_hex(diff_id));
	if (!relay_open(&plain.source, &relay, error) ||
	    !pump(self, item, relay_source(relay), deflate_sink(deflate), error) ||
	    !deflate_finish(deflate, error))
		return false;
	relay_close(&relay);
	if (!check_archive(&plain, diff_id, error))
		return false;
	ret->diff_id = diff_id;
	ret->size_bytes = blob.size_bytes;
	digest_sink_finish(&blob, ret->digest);
	return true;
}

static const char *layer_name(Writer *self, const LayoutBlob *blob)
{
	return is_docker(self) ? arena_printf(self->arena, "%s.tar", digest_hex(blob->diff_id))
			       : blob_name(self, blob->digest);
}

static bool write_layer(Writer *self, const char *diff_id, Error *error)
{
	Sink *sink = NULL;
	LayoutBlob *blob = layout_blobs_push(self->arena, &self->layers);
	if (!self->target->begin(self->target, &sink, error) ||
	    !write_layer_archive(self, diff_id, sink, blob, error) ||
	    !self->target->end(self->target, layer_name(self, blob), error))
		return error_wrap(error, "layer %.*s", SHORT_DIGEST, digest_hex(diff_id));
	return true;
}

static bool write_layers(Writer *self, Error *error)
{
	const Texts *layers = &self->export->image->layers;
	for (size_t i = 0; i < layers->count; i++) {
		if (!write_layer(self, layers->items[i], error))
			return false;
	}
	return true;
}

// --- the documents

// Each of the image's diff_ids has been written.
static const LayoutBlob *find_layer(const Writer *self, const char *diff_id)
{
	const LayoutBlob *blob = self->layers.items;
	while (!text_equal(blob->diff_id, diff_id))
		blob++;
	return blob;
}

static void add_descriptor(JsonWriter *json, const char *media_type, const LayoutBlob *blob)
{
	json_add_text_member(json, "mediaType", media_type);
	json_add_text_member(json, "digest", blob->digest);
	json_add_u64_member(json, "size", blob->size_bytes);
}

static const char *print_manifest(Writer *self)
{
	const Texts *diff_ids = &self->export->image->config.diff_ids;
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, /* is_pretty= */ false);
	json_begin_object(&json);
	json_add_u64_member(&json, "schemaVersion", 2);
	json_add_text_member(&json, "mediaType", OCI_MANIFEST);
	json_add_key(&json, "config");
	json_begin_object(&json);
	add_descriptor(&json, OCI_CONFIG, &self->config);
	json_end_object(&json);
	json_add_key(&json, "layers");
	json_begin_array(&json);
	for (size_t i = 0; i < diff_ids->count; i++) {
		json_begin_object(&json);
		add_descriptor(&json, layer_types[self->export->compression],
			       find_layer(self, diff_ids->items[i]));
		json_end_object(&json);
	}
	json_end_array(&json);
	json_end_object(&json);
	return buffer_take(&text, self->arena);
}

static const char *print_index(Writer *self, const LayoutBlob *manifest)
{
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, /* is_pretty= */ false);
	json_begin_object(&json);
	json_add_u64_member(&json, "schemaVersion", 2);
	json_add_text_member(&json, "mediaType", OCI_INDEX);
	json_add_key(&json, "manifests");
	json_begin_array(&json);
	json_begin_object(&json);
	add_descriptor(&json, OCI_MANIFEST, manifest);
	if (self->export->reference) {
		json_add_key(&json, "annotations");
		json_begin_object(&json);
		json_add_text_member(&json, "org.opencontainers.image.ref.name",
				     self->export->reference);
		json_end_object(&json);
	}
	json_end_object(&json);
	json_end_array(&json);
	json_end_object(&json);
	return buffer_take(&text, self->arena);
}

static bool write_oci(Writer *self, const char *config, size_t length, Error *error)
{
	static const char version[] = "{\"imageLayoutVersion\":\"1.0.0\"}";
	LayoutBlob manifest = { 0 };
	if (!write_blob(self, config, length, &self->config, error))
		return false;
	const char *document = print_manifest(self);
	if (!write_blob(self, document, strlen(document), &manifest, error))
		return false;
	const char *index = print_index(self, &manifest);
	return write_file(self, "index.json", index, strlen(index), error) &&
	       write_file(self, "oci-layout", version, strlen(version), error);
}

// manifest.json of docker save: <https://github.com/moby/docker-image-spec/blob/v1.3.1/v1.2.md>
static const char *print_docker_manifest(Writer *self, const char *config_name)
{
	const StoredImage *image = self->export->image;
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, /* is_pretty= */ false);
	json_begin_array(&json);
	json_begin_object(&json);
	json_add_text_member(&json, "Config", config_name);
	json_add_key(&json, "RepoTags");
	json_begin_array(&json);
	if (self->export->reference)
		json_add_text(&json, self->export->reference);
	json_end_array(&json);
	json_add_key(&json, "Layers");
	json_begin_array(&json);
	for (size_t i = 0; i < image->config.diff_ids.count; i++)
		json_add_text(&json,
			      layer_name(self, find_layer(self, image->config.diff_ids.items[i])));
	json_end_array(&json);
	json_end_object(&json);
	json_end_array(&json);
	return buffer_take(&text, self->arena);
}

static bool write_docker(Writer *self, const char *config, size_t length, Error *error)
{
	const char *name = arena_printf(self->arena, "%s.json",
					digest_hex(self->export->image->config_digest));
	const char *manifest = print_docker_manifest(self, name);
	return write_file(self, name, config, length, error) &&
	       write_file(self, "manifest.json", manifest, strlen(manifest), error);
}

static bool write_all(Writer *self, Error *error)
{
	const StoredImage *image = self->export->image;
	const char *config = NULL;
	size_t length = 0;
	if (!image_blob_load(self->images, image->config_digest, IMAGE_CONFIG_BYTES_MAX,
			     self->arena, &config, &length, error))
		return false;
	if (!config || !image->is_complete)
		return error_set(error, ERROR_INVALID,
				 "the image is not complete; pull it again first");
	return write_layers(self, error) &&
	       (is_docker(self) ? write_docker : write_oci)(self, config, length, error) &&
	       self->target->finish(self->target, error);
}

bool image_layout_write(const Host *host, int images, const ImageExport *export,
			ExportTarget *target, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	Writer self = {
		.host = host, .images = images, .export = export, .target = target, .arena = arena
	};
	return write_all(&self, error);
}
