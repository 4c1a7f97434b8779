#include "pkg/oci/docker_archive.h"

#include "pkg/base/json.h"
#include "pkg/base/text.h"
#include "pkg/oci/config.h"
#include "pkg/sys/stream/digest.h"
#include "pkg/sys/stream/inflate.h"

#define OCI "application/vnd.oci.image."

// A blob, and the file that it is.
typedef struct DockerBlob {
	const char *digest;
	const char *media_type;
	const char *path;
	uint64_t size_bytes;
} DockerBlob;

VEC_DECLARE(DockerBlobs, docker_blobs, DockerBlob);

typedef struct DockerArchive {
	Transport transport;
	FileSet *files;
	DockerBlobs blobs; // the config, then the layers
	ManifestDocument manifest;
} DockerArchive;

static bool open_files(const Reference *reference, const FileSetOptions *options, Arena *arena,
		       FileSet **ret, DockerImages *ret_images, Error *error)
{
	CLEANUP_FILE_SET files = NULL;
	const char *bytes = NULL;
	size_t length = 0;
	if (!file_set_open(reference->path, /* is_directory= */ false, options, &files, error))
		return false;
	if (!file_set_read(files, "manifest.json", MANIFEST_BYTES_MAX, arena, &bytes, &length,
			   error))
		return error_wrap(error, "'%s' is no archive of docker save", reference->path);
	if (!docker_manifest_parse(bytes, length, arena, ret_images, error))
		return false;
	*ret = files;
	files = NULL;
	return true;
}

static bool add_config(DockerArchive *self, const char *path, Arena *arena, ImageConfig *ret,
		       Error *error)
{
	const char *bytes = NULL;
	size_t length = 0;
	if (!file_set_read(self->files, path, IMAGE_CONFIG_BYTES_MAX, arena, &bytes, &length,
			   error) ||
	    !image_config_parse(bytes, length, arena, ret, error))
		return false;
	*docker_blobs_push(arena, &self->blobs) = (DockerBlob){
		.digest = digest_of_bytes(bytes, length, arena),
		.media_type = OCI "config.v1+json",
		.path = path,
		.size_bytes = length,
	};
	return true;
}

static const char *layer_type(Compression compression)
{
	switch (compression) {
	case COMPRESSION_GZIP:
		return OCI "layer.v1.tar+gzip";
	case COMPRESSION_ZSTD:
		return OCI "layer.v1.tar+zstd";
	case COMPRESSION_NONE:
		break;
	}
	return OCI "layer.v1.tar";
}

// The digest of a whole source, of which a first block was read.
static bool hash(Source *source, const void *block, size_t length, Arena *arena, const char **ret,
		 Error *error)
{
	char text[DIGEST_TEXT_LENGTH + 1];
	CLEANUP_DIGEST digest = { 0 };
	digest_init(&digest);
	while (length > 0) {
		digest_update(&digest, block, length);
		if (!source_read(source, &block, &length, error))
			return false;
	}
	digest_finish(&digest, text);
	*ret = arena_strdup(arena, text);
	return true;
}

static bool add_layer(DockerArchive *self, const char *path, const char *diff_id, Arena *arena,
		      Error *error)
{
	Source *source = NULL;
	const void *block = NULL;
	size_t length = 0;
	DockerBlob blob = { .digest = diff_id, .path = path };
	if (!file_set_open_file(self->files, path, &source, &blob.size_bytes, error) ||
	    !source_read(source, &block, &length, error))
		return false;
	const Compression compression = compression_of_bytes(block, length);
	if (compression != COMPRESSION_NONE &&
	    !hash(source, block, length, arena, &blob.digest, error))
		return false;
	blob.media_type = layer_type(compression);
	*docker_blobs_push(arena, &self->blobs) = blob;
	return true;
}

static void print_blob(const DockerBlob *blob, JsonWriter *json)
{
	json_begin_object(json);
	json_add_text_member(json, "mediaType", blob->media_type);
	json_add_text_member(json, "digest", blob->digest);
	json_add_u64_member(json, "size", blob->size_bytes);
	json_end_object(json);
}

// The manifest that the image would have in a registry. The same archive makes the same bytes.
static void make_manifest(DockerArchive *self, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, /* is_pretty= */ false);
	json_begin_object(&json);
	json_add_i64_member(&json, "schemaVersion", 2);
	json_add_text_member(&json, "mediaType", OCI "manifest.v1+json");
	json_add_key(&json, "config");
	print_blob(&self->blobs.items[0], &json);
	json_add_key(&json, "layers");
	json_begin_array(&json);
	for (size_t i = 1; i < self->blobs.count; i++)
		print_blob(&self->blobs.items[i], &json);
	json_end_array(&json);
	json_end_object(&json);
	self->manifest.length = text.length;
	self->manifest.bytes = buffer_take(&text, arena);
	self->manifest.media_type = OCI "manifest.v1+json";
	self->manifest.digest = digest_of_bytes(self->manifest.bytes, self->manifest.length, arena);
}

static bool open_image(DockerArchive *self, const DockerImage *image, Arena *arena, Error *error)
{
	ImageConfig config = { 0 };
	if (!add_config(self, image->config, arena, &config, error))
		return false;
	if (config.diff_ids.count != image->layers.count)
		return error_set(error, ERROR_INVALID, "%zu layers, but %zu diff_ids",
				 image->layers.count, config.diff_ids.count);
	for (size_t i = 0; i < image->layers.count; i++) {
		if (!add_layer(self, image->layers.items[i], config.diff_ids.items[i], arena,
			       error))
			return false;
	}
	make_manifest(self, arena);
	return true;
}

static bool find_digest(Transport *transport, Arena *arena, const char **ret, Error *error)
{
	const DockerArchive *self = (const DockerArchive *)transport;
	(void)error; // it is there
	*ret = arena_strdup(arena, self->manifest.digest);
	return true;
}

static bool read_manifest(Transport *transport, const char *digest, Arena *arena,
			  ManifestDocument *ret, Error *error)
{
	const DockerArchive *self = (const DockerArchive *)transport;
	const ManifestDocument *manifest = &self->manifest;
	if (digest && !text_equal(digest, manifest->digest))
		return error_set(error, ERROR_NOT_FOUND, "the archive has no manifest %s", digest);
	*ret = *manifest;
	ret->bytes = arena_strndup(arena, manifest->bytes, manifest->length);
	ret->digest = arena_strdup(arena, manifest->digest);
	return true;
}

static bool open_blob(Transport *transport, const Descriptor *descriptor, Source **ret,
		      Error *error)
{
	DockerArchive *self = (DockerArchive *)transport;
	for (size_t i = 0; i < self->blobs.count; i++) {
		const DockerBlob *blob = &self->blobs.items[i];
		if (text_equal(blob->digest, descriptor->digest))
			return file_set_open_file(self->files, blob->path, ret, NULL, error);
	}
	return error_set(error, ERROR_NOT_FOUND, "the archive has no blob %s", descriptor->digest);
}

static void close_archive(Transport *transport)
{
	DockerArchive *self = (DockerArchive *)transport;
	file_set_close(&self->files);
}

// What was read and computed stays the original's.
static bool clone_archive(const Transport *transport, Arena *arena, Transport **ret, Error *error)
{
	const DockerArchive *original = (const DockerArchive *)transport;
	DockerArchive *self = ARENA_NEW(arena, DockerArchive);
	*self = *original;
	if (!file_set_clone(original->files, &self->files, error))
		return false;
	*ret = &self->transport;
	return true;
}

bool docker_archive_open(const Reference *reference, const FileSetOptions *options, Arena *arena,
			 Transport **ret, Error *error)
{
	DockerArchive *self = ARENA_NEW(arena, DockerArchive);
	self->transport = (Transport){ find_digest,   read_manifest, open_blob,
				       clone_archive, close_archive, NULL };
	CLEANUP_TRANSPORT opened = &self->transport;
	DockerImages images = { 0 };
	const DockerImage *image = NULL;
	if (!open_files(reference, options, arena, &self->files, &images, error) ||
	    !docker_manifest_choose(&images, reference->tag, &image, error) ||
	    !open_image(self, image, arena, error))
		return false;
	*ret = opened;
	opened = NULL;
	return true;
}

bool docker_archive_list(const Reference *reference, const FileSetOptions *options, Arena *arena,
			 DockerImages *ret, Error *error)
{
	CLEANUP_FILE_SET files = NULL;
	return open_files(reference, options, arena, &files, ret, error);
}
