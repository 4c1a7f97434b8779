#include "pkg/oci/layout.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/archive.h"
#include "pkg/sys/digest.h"
#include "pkg/sys/file.h"
#include "pkg/sys/inflate.h"
#include "pkg/sys/json_read.h"

#include <errno.h>
#include <fcntl.h>

#define LAYOUT_BYTES_MAX 4096

// One file of the layout that is being read, and what it takes to read it.
typedef struct OpenFile {
	int fd;
	Arena *arena;
	Inflate *inflate;
	Archive *archive;
} OpenFile;

typedef struct OciLayout {
	Transport transport;
	const Reference *reference;
	int fd; // the directory, or the archive
	OpenFile file;
} OciLayout;

static void close_file(OpenFile *file)
{
	archive_close(&file->archive);
	inflate_close(&file->inflate);
	file_close(&file->fd);
	arena_cleanup(&file->arena);
}

static bool open_in_directory(OciLayout *self, const char *path, Source **ret, Error *error)
{
	OpenFile *file = &self->file;
	if (!file_open_in_root(self->fd, path, O_RDONLY | O_NONBLOCK, 0, &file->fd, error))
		return false;
	*ret = source_of_fd(file->fd, file->arena);
	return true;
}

// "./blobs//x" is "blobs/x".
static bool is_path(const char *entry, const char *path, Arena *arena)
{
	const char *clean = path_clean(arena, entry);
	return text_equal(clean[0] == '/' ? clean + 1 : clean, path);
}

static bool open_in_archive(OciLayout *self, const char *path, Source **ret, Error *error)
{
	OpenFile *file = &self->file;
	// From the start; the descriptor stays ours for the next time.
	if (lseek(self->fd, 0, SEEK_SET) < 0)
		return error_set_errno(error, errno, "read '%s' again", self->reference->path);
	file->inflate = inflate_open(source_of_fd(self->fd, file->arena));
	if (!archive_open(inflate_source(file->inflate), ARCHIVE_ANY_COMPRESSION, &file->archive,
			  error))
		return false;
	for (;;) {
		const ArchiveEntry *entry = NULL;
		if (!archive_next(file->archive, &entry, error))
			return false;
		if (!entry)
			return error_set(error, ERROR_NOT_FOUND, "the archive has no '%s'", path);
		if (entry->kind == ARCHIVE_ENTRY_FILE && is_path(entry->path, path, file->arena))
			break;
	}
	*ret = archive_entry_source(file->archive);
	return true;
}

// Valid until the next one is opened.
static bool open_path(OciLayout *self, const char *path, Source **ret, Error *error)
{
	close_file(&self->file);
	self->file = (OpenFile){ .fd = -1, .arena = arena_new() };
	return self->reference->kind == REFERENCE_OCI_DIRECTORY
		       ? open_in_directory(self, path, ret, error)
		       : open_in_archive(self, path, ret, error);
}

static bool read_path(OciLayout *self, const char *path, size_t max, Arena *arena,
		      ManifestDocument *ret, Error *error)
{
	Source *source = NULL;
	ManifestDocument document = { .media_type = "" };
	if (!open_path(self, path, &source, error))
		return false;
	if (!source_read_all(source, max, arena, &document.bytes, &document.length, error))
		return error_wrap(error, "'%s'", path);
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

static bool read_manifest(Transport *transport, const char *digest, Arena *arena,
			  ManifestDocument *ret, Error *error)
{
	OciLayout *self = (OciLayout *)transport;
	if (digest)
		return read_by_digest(self, digest, "", arena, ret, error);
	ManifestDocument document;
	Manifest index;
	const Descriptor *entry = NULL;
	if (!read_path(self, "index.json", MANIFEST_BYTES_MAX, arena, &document, error) ||
	    !manifest_parse(document.bytes, document.length, "", arena, &index, error) ||
	    !find_entry(self, &index, &entry, error))
		return false;
	if (entry)
		return read_by_digest(self, entry->digest, entry->media_type, arena, ret, error);
	*ret = document;
	return true;
}

static bool find_digest(Transport *transport, Arena *arena, const char **ret, Error *error)
{
	ManifestDocument document;
	if (!read_manifest(transport, NULL, arena, &document, error))
		return false;
	*ret = document.digest;
	return true;
}

static bool open_blob(Transport *transport, const Descriptor *descriptor, Source **ret,
		      Error *error)
{
	OciLayout *self = (OciLayout *)transport;
	CLEANUP_ARENA scratch = arena_new();
	return open_path(self, blob_path(descriptor->digest, scratch), ret, error);
}

static void close_layout(Transport *transport)
{
	OciLayout *self = (OciLayout *)transport;
	close_file(&self->file);
	file_close(&self->fd);
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

bool oci_layout_open(const Reference *reference, Arena *arena, Transport **ret, Error *error)
{
	const bool is_directory = reference->kind == REFERENCE_OCI_DIRECTORY;
	OciLayout *self = ARENA_NEW(arena, OciLayout);
	self->transport = (Transport){ find_digest, read_manifest, open_blob, close_layout };
	self->reference = reference;
	self->file.fd = -1;
	self->fd = openat(AT_FDCWD, reference->path,
			  O_RDONLY | O_CLOEXEC | (is_directory ? O_DIRECTORY : O_NONBLOCK));
	CLEANUP_TRANSPORT opened = &self->transport;
	if (self->fd < 0)
		return error_set_errno(error, errno, "open '%s'", reference->path);
	if (!check_version(self, arena, error))
		return false;
	*ret = opened;
	opened = NULL;
	return true;
}
