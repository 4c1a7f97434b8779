#include "pkg/oci/image_directory.h"

#include "pkg/base/text.h"
#include "pkg/oci/file_set.h"
#include "pkg/sys/stream/digest.h"

typedef struct ImageDirectory {
	Transport transport;
	FileSet *files;
} ImageDirectory;

static bool read_manifest(Transport *transport, const char *digest, Arena *arena,
			  ManifestDocument *ret, Error *error)
{
	ImageDirectory *self = (ImageDirectory *)transport;
	ManifestDocument document = { .media_type = "" };
	const char *name = digest ? arena_printf(arena, "%s.manifest.json", digest_hex(digest))
				  : "manifest.json";
	if (!file_set_read(self->files, name, MANIFEST_BYTES_MAX, arena, &document.bytes,
			   &document.length, error))
		return false;
	document.digest = digest_of_bytes(document.bytes, document.length, arena);
	if (digest && !text_equal(document.digest, digest))
		return error_set(error, ERROR_INVALID, "'%s': its bytes have another digest", name);
	*ret = document;
	return true;
}

static bool open_blob(Transport *transport, const Descriptor *descriptor, Source **ret,
		      Error *error)
{
	ImageDirectory *self = (ImageDirectory *)transport;
	return file_set_open_file(self->files, digest_hex(descriptor->digest), ret, NULL, error);
}

static void close_directory(Transport *transport)
{
	ImageDirectory *self = (ImageDirectory *)transport;
	file_set_close(&self->files);
}

static bool clone_directory(const Transport *transport, Arena *arena, Transport **ret, Error *error)
{
	ImageDirectory *self = ARENA_NEW(arena, ImageDirectory);
	self->transport = *transport;
	if (!file_set_clone(((const ImageDirectory *)transport)->files, &self->files, error))
		return false;
	*ret = &self->transport;
	return true;
}

bool image_directory_open(const Reference *reference, Arena *arena, Transport **ret, Error *error)
{
	ImageDirectory *self = ARENA_NEW(arena, ImageDirectory);
	self->transport = (Transport){ transport_read_digest, read_manifest,   open_blob,
				       clone_directory,       close_directory, NULL };
	CLEANUP_TRANSPORT opened = &self->transport;
	const FileSetOptions options = { 0 };
	if (!file_set_open(reference->path, /* is_directory= */ true, &options, &self->files,
			   error))
		return false;
	*ret = opened;
	opened = NULL;
	return true;
}
