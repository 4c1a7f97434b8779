#include "store/image/import.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/image_file.h"
#include "pkg/sys/file.h"
#include "store/image/lock.h"
#include "store/image/record.h"
#include "store/image/tag.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// What tells formats apart. Archives of docker save of late are both of it, and manifest.json has the full names.
#define DOCKER_MARK "manifest.json"
#define OCI_MARK    "oci-layout"

typedef struct Import {
	const Host *host;
	const ImageImport *given;
	Arena *arena;
	int images;
	int source; // open, when its path would be read otherwise
	bool must_have_name;
	Reference reference; // of the source
	Texts names;         // of what was imported
} Import;

static void import_clear(Import *self)
{
	file_close(&self->source);
}

static FileSetOptions file_options(const Import *self)
{
	return (FileSetOptions){
		.spool_directory = self->host->data_dir,
		.spool_bytes_max = self->given->pull->download_bytes_max,
	};
}

// --- what the source is

static bool has_file(FileSet *set, const char *name)
{
	CLEANUP_ERROR absent = { 0 };
	Source *source = NULL;
	return file_set_open_file(set, name, &source, NULL, &absent);
}

static bool is_directory(const char *path, bool *ret, Error *error)
{
	struct stat status;
	if (stat(path, &status) < 0)
		return errno == ENOENT
			       ? error_set(error, ERROR_NOT_FOUND,
					   "there is no such file; images of registries are "
					   "pulled ('sdme image pull')")
			       : error_set_errno(error, errno, "look at it");
	*ret = S_ISDIR(status.st_mode);
	return true;
}

static bool find_transport(const Import *self, const char *path, const char **ret, Error *error)
{
	CLEANUP_FILE_SET set = NULL;
	bool is_tree = false;
	const FileSetOptions options = file_options(self);
	if (!is_directory(path, &is_tree, error) ||
	    !file_set_open(path, is_tree, &options, &set, error))
		return false;
	const bool is_oci = has_file(set, OCI_MARK);
	const bool is_docker = has_file(set, DOCKER_MARK);
	if (!is_oci && !is_docker)
		return error_set(error, ERROR_INVALID,
				 "it holds no images: neither '" DOCKER_MARK "' nor '" OCI_MARK
				 "' is in it");
	*ret = is_tree ? (is_oci ? "oci" : "dir") : (is_docker ? "docker-archive" : "oci-archive");
	return true;
}

// References end a path at a colon. One that has some is given another, which is nobody's name.
static bool avoid_colons(Import *self, const char **path, Error *error)
{
	if (!strchr(*path, ':'))
		return true;
	self->source = open(*path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (self->source < 0)
		return error_set_errno(error, errno, "open it");
	self->must_have_name = true;
	*path = file_descriptor_path(self->arena, self->source);
	return true;
}

static bool parse_path(Import *self, const char *path, Error *error)
{
	const char *transport = NULL;
	return avoid_colons(self, &path, error) && find_transport(self, path, &transport, error) &&
	       reference_parse(arena_printf(self->arena, "%s:%s", transport, path), NULL,
			       self->arena, &self->reference, error);
}

static bool parse_source(Import *self, Error *error)
{
	static const char *const transports[] = { "oci:", "oci-archive:", "docker-archive:",
						  "dir:" };
	const char *source = self->given->source;
	for (size_t i = 0; i < COUNT(transports); i++) {
		if (text_starts_with(source, transports[i]))
			return reference_parse(source, NULL, self->arena, &self->reference, error);
	}
	return parse_path(self, source, error) || error_wrap(error, "'%s'", source);
}

// --- one image

static const char *selected(const Import *self, const char *selector)
{
	const Reference *reference = &self->reference;
	if (text_is_empty(selector) || !text_is_empty(reference->tag))
		return reference->text;
	return arena_printf(self->arena, "%s:%s", reference->text, selector);
}

// The name instead of the place, unless the place was a name before.
static bool rename_image(Import *self, const Image *image, const char *name, bool was_known,
			 Error *error)
{
	StoredImage stored = { .manifest_digest = image->manifest_digest,
			       .pulled_s = image->pulled_s };
	const char *reference = NULL;
	texts_add(self->arena, &stored.references, image->reference);
	if (!image_tag(self->host, &stored, name, self->given->pull->default_registry, self->arena,
		       &reference, error) ||
	    (!was_known && !image_record_remove(self->images, image->reference, error)))
		return false;
	texts_add(self->arena, &self->names, reference);
	return true;
}

// name: "" when it has none.
static bool import_one(Import *self, const char *selector, const char *name, Error *error)
{
	Image image = { 0 };
	ImageRecord record;
	PullOptions options = *self->given->pull;
	options.policy = IMAGE_PULL_ALWAYS;
	const char *source = selected(self, selector);
	const bool was_known = image_record_load(self->images, source, self->arena, &record);
	if (text_is_empty(name) && self->must_have_name)
		return error_set(error, ERROR_INVALID,
				 "it does not say what its image is called: give a NAME");
	if (!image_pull(self->host, source, &options, self->arena, &image, error))
		return false;
	if (!text_is_empty(name))
		return rename_image(self, &image, name, was_known, error);
	texts_add(self->arena, &self->names, image.reference);
	return true;
}

// --- all of them

static const char *list_selectors(const Import *self, const ImageFileEntries *entries)
{
	Texts selectors = { 0 };
	for (size_t i = 0; i < entries->count; i++)
		texts_add(self->arena, &selectors, entries->items[i].selector);
	return texts_join(&selectors, ", ", self->arena);
}

// What the source chooses by its tag, or all.
static bool is_chosen(const Import *self, const ImageFileEntry *entry)
{
	return text_is_empty(self->reference.tag) ||
	       text_equal(self->reference.tag, entry->selector);
}

static bool import_named(Import *self, const ImageFileEntries *entries, Error *error)
{
	if (entries->count > 1 && text_is_empty(self->reference.tag))
		return error_set(error, ERROR_INVALID,
				 "it holds several images, for one NAME: choose one as %s:…, of %s",
				 self->reference.text, list_selectors(self, entries));
	return import_one(self, entries->items[0].selector, self->given->name, error);
}

static bool import_each(Import *self, const ImageFileEntries *entries, Error *error)
{
	for (size_t i = 0; i < entries->count; i++) {
		const ImageFileEntry *entry = &entries->items[i];
		if (is_chosen(self, entry) &&
		    !import_one(self, entry->selector, entry->name, error))
			return false;
	}
	if (self->names.count > 0)
		return true;
	// A tag that the list spells otherwise: the transport knows, or says what there is.
	return import_one(self, "", "", error);
}

static bool import_all(Import *self, Error *error)
{
	ImageFileEntries entries = { 0 };
	const FileSetOptions options = file_options(self);
	if (!parse_source(self, error) ||
	    !image_file_list(&self->reference, &options, self->arena, &entries, error))
		return false;
	if (entries.count == 0)
		return error_set(error, ERROR_INVALID, "there is no image in '%s'",
				 self->reference.path);
	return self->given->name ? import_named(self, &entries, error)
				 : import_each(self, &entries, error);
}

bool image_import(const Host *host, const ImageImport *import, Arena *arena, Texts *ret_names,
		  Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_FD images = -1;
	CLEANUP(import_clear)
	Import self = { .host = host,
			.given = import,
			.arena = arena,
			.source = -1,
			.must_have_name = import->must_have_name };
	// From its pull to its name nobody may remove it.
	if (!image_lock_shared(host, &lock, error) || !image_record_open(host, &images, error))
		return false;
	self.images = images;
	if (!import_all(&self, error))
		return false;
	*ret_names = self.names;
	return true;
}
