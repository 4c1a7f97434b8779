#include "pkg/oci/layout.h"

#include "pkg/base/text.h"
#include "pkg/sys/stream/digest.h"
#include "pkg/sys/text/json_read.h"

#define LAYOUT_BYTES_MAX 4096

typedef struct OciLayout {
	Transport transport;
	const Reference *reference;
	FileSet *files;
} OciLayout;

static bool read_path(OciLayout *self, const char *path, size_t max, Arena *arena,
		      ManifestDocument *ret, Error *error)
{
	ManifestDocument document = { .media_type = "" };
	if (!file_set_read(self->files, path, max, arena, &document.bytes, &document.length, error))
		return false;
	document.digest = digest_of_bytes(document.bytes, document.length, arena);
	*ret = document;
	return true;
}

static const char *blob_path(const char *digest, Arena *arena)
{
	return arena_printf(arena, "blobs/sha256/%s", digest_hex(digest));
}

static bool read_by_digest(OciLayout *self, const char *digest, const char *media_type,
			   Arena *arena, ManifestDocument *ret, Error *error)
{
	if (!read_path(self, blob_path(digest, arena), MANIFEST_BYTES_MAX, arena, ret, error))
		return false;
	if (!text_equal(ret->digest, digest))
		return error_set(error, ERROR_INVALID, "blob %s: its bytes have another digest",
				 digest);
	ret->media_type = media_type;
	return true;
}

static bool more_than_one(const Manifest *index, Error *error)
{
	CLEANUP_BUFFER names = { 0 };
	for (size_t i = 0; i < index->manifests.count; i++) {
		const char *name = index->manifests.items[i].name;
		buffer_add(&names, i > 0 ? ", " : "");
		buffer_add_printable(&names, name, strnlen(name, 100));
	}
	return error_set(error, ERROR_INVALID,
			 "there is more than one image; add one of the tags: %s",
			 buffer_text(&names));
}

// The entry that the reference means. NULL: the whole index, which has one image for several platforms.
static bool find_entry(const OciLayout *self, const Manifest *index, const Descriptor **ret,
		       Error *error)
{
	const char *tag = self->reference->tag;
	bool is_one_image = true;
	for (size_t i = 0; i < index->manifests.count; i++) {
		const Descriptor *entry = &index->manifests.items[i];
		if (tag[0] && text_equal(entry->name, tag)) {
			*ret = entry;
			return true;
		}
		is_one_image =
			is_one_image && text_equal(entry->name, index->manifests.items[0].name);
	}
	if (tag[0])
		return error_set(error, ERROR_NOT_FOUND, "there is no image with the tag '%s'",
				 tag);
	if (!is_one_image)
		return more_than_one(index, error);
	*ret = index->manifests.count == 1 ? &index->manifests.items[0] : NULL;
	return true;
}

static bool read_layout(OciLayout *self, Arena *arena, ManifestDocument *ret, Manifest *ret_index,
			Error *error)
{
	return read_path(self, "index.json", MANIFEST_BYTES_MAX, arena, ret, error) &&
	       manifest_parse(ret->bytes, ret->length, "", arena, ret_index, error);
}

static bool read_manifest(Transport *transport, const char *digest, Arena *arena,
			  ManifestDocument *ret, Error *error)
{
	OciLayout *self = (OciLayout *)transport;
	if (digest)
		return read_by_digest(self, digest, "", arena, ret, error);
	ManifestDocument document;
	Manifest index;
	const Descriptor *entry = NULL;
	if (!read_layout(self, arena, &document, &index, error) ||
	    !find_entry(self, &index, &entry, error))
		return false;
	if (entry)
		return read_by_digest(self, entry->digest, entry->media_type, arena, ret, error);
	*ret = document;
	return true;
}

static bool open_blob(Transport *transport, const Descriptor *descriptor, Source **ret,
		      Error *error)
{
	OciLayout *self = (OciLayout *)transport;
	CLEANUP_ARENA scratch = arena_new();
	return file_set_open_file(self->files, blob_path(descriptor->digest, scratch), ret, NULL,
				  error);
}

static void close_layout(Transport *transport)
{
	OciLayout *self = (OciLayout *)transport;
	file_set_close(&self->files);
}

static bool check_version(OciLayout *self, Arena *arena, Error *error)
{
	ManifestDocument document;
	const JsonNode *root = NULL;
	if (!read_path(self, "oci-layout", LAYOUT_BYTES_MAX, arena, &document, error) ||
	    !json_read_parse(document.bytes, document.length, arena, &root, error))
		return error_wrap(error, "'%s' is no OCI image layout", self->reference->path);
	const char *version = json_read_text(root, "imageLayoutVersion", "");
	if (!text_starts_with(version, "1."))
		return error_set(error, ERROR_UNSUPPORTED,
				 "'%s': image layout version '%s' is not 1", self->reference->path,
				 version);
	return true;
}

static bool clone_layout(const Transport *transport, Arena *arena, Transport **ret, Error *error)
{
	const OciLayout *original = (const OciLayout *)transport;
	OciLayout *self = ARENA_NEW(arena, OciLayout);
	*self = *original;
	if (!file_set_clone(original->files, &self->files, error))
		return false;
	*ret = &self->transport;
	return true;
}

bool oci_layout_open(const Reference *reference, const FileSetOptions *options, Arena *arena,
		     Transport **ret, Error *error)
{
	OciLayout *self = ARENA_NEW(arena, OciLayout);
	self->transport = (Transport){ transport_read_digest, read_manifest, open_blob,
				       clone_layout,          close_layout,  NULL };
	self->reference = reference;
	CLEANUP_TRANSPORT opened = &self->transport;
	if (!file_set_open(reference->path, reference->kind == REFERENCE_OCI_DIRECTORY, options,
			   &self->files, error) ||
	    !check_version(self, arena, error))
		return false;
	*ret = opened;
	opened = NULL;
	return true;
}

bool oci_layout_list(const Reference *reference, const FileSetOptions *options, Arena *arena,
		     Descriptors *ret, Error *error)
{
	CLEANUP_TRANSPORT opened = NULL;
	ManifestDocument document;
	Manifest index;
	if (!oci_layout_open(reference, options, arena, &opened, error) ||
	    !read_layout((OciLayout *)opened, arena, &document, &index, error))
		return false;
	for (size_t i = 0; i < index.manifests.count; i++) {
		if (!index.manifests.items[i].is_attestation)
			*descriptors_push(arena, ret) = index.manifests.items[i];
	}
	return true;
}
