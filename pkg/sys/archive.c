#include "pkg/sys/archive.h"

#include "pkg/base/text.h"
#include "pkg/base/vec.h"
#include "pkg/sys/library.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

// Attributes of one entry; the kernel takes 64 KiB per file.
#define ATTRIBUTES_MAX 256

typedef struct archive LibArchive;
typedef struct archive_entry LibEntry;

// The library's functions that are used, loaded when the first archive is opened.
typedef struct Library {
	LibArchive *(*read_new)(void);
	int (*read_free)(LibArchive *);
	int (*read_support_filter_bzip2)(LibArchive *);
	int (*read_support_filter_gzip)(LibArchive *);
	int (*read_support_filter_lz4)(LibArchive *);
	int (*read_support_filter_lzma)(LibArchive *);
	int (*read_support_filter_xz)(LibArchive *);
	int (*read_support_filter_zstd)(LibArchive *);
	int (*read_support_format_raw)(LibArchive *);
	int (*read_support_format_tar)(LibArchive *);
	int (*read_support_format_empty)(LibArchive *);
	int (*read_open2)(LibArchive *, void *, archive_open_callback *, archive_read_callback *,
			  archive_skip_callback *, archive_close_callback *);
	int (*read_next_header)(LibArchive *, LibEntry **);
	int (*read_data_block)(LibArchive *, const void **, size_t *, la_int64_t *);
	const char *(*error_string)(LibArchive *);
	const char *(*entry_pathname)(LibEntry *);
	const char *(*entry_symlink)(LibEntry *);
	const char *(*entry_hardlink)(LibEntry *);
	__LA_MODE_T (*entry_filetype)(LibEntry *);
	__LA_MODE_T (*entry_perm)(LibEntry *);
	la_int64_t (*entry_uid)(LibEntry *);
	la_int64_t (*entry_gid)(LibEntry *);
	la_int64_t (*entry_size)(LibEntry *);
	time_t (*entry_mtime)(LibEntry *);
	long (*entry_mtime_nsec)(LibEntry *);
	dev_t (*entry_rdev)(LibEntry *);
	int (*entry_sparse_count)(LibEntry *);
	la_int64_t (*filter_bytes)(LibArchive *, int);
	int (*entry_xattr_reset)(LibEntry *);
	int (*entry_xattr_next)(LibEntry *, const char **, const void **, size_t *);
} Library;

VEC_DECLARE(ArchiveAttributes, archive_attributes, ArchiveAttribute);

typedef struct ContentSource {
	Source source;
	Archive *archive;
	uint64_t offset;   // of what was given so far
	const char *block; // read and not given yet
	size_t length;
	uint64_t block_offset;
} ContentSource;

struct Archive {
	Library library;
	LibArchive *handle;
	Source *source;
	Error source_error; // why the source failed, while the library only knows that it did
	locale_t
		bytes; // the C locale: names that are not ASCII cannot be converted, and stay bytes
	Arena *arena;  // of the current entry
	ArchiveEntry entry;
	ContentSource content;
};

static bool load(Library *library, Error *error)
{
	const LibrarySymbol symbols[] = {
		// clang-format off
		{ (void **)&library->read_new, "archive_read_new" },
		{ (void **)&library->read_free, "archive_read_free" },
		{ (void **)&library->read_support_filter_bzip2, "archive_read_support_filter_bzip2" },
		{ (void **)&library->read_support_filter_gzip, "archive_read_support_filter_gzip" },
		{ (void **)&library->read_support_filter_lz4, "archive_read_support_filter_lz4" },
		{ (void **)&library->read_support_filter_lzma, "archive_read_support_filter_lzma" },
		{ (void **)&library->read_support_filter_xz, "archive_read_support_filter_xz" },
		{ (void **)&library->read_support_filter_zstd, "archive_read_support_filter_zstd" },
		{ (void **)&library->read_support_format_raw, "archive_read_support_format_raw" },
		{ (void **)&library->read_support_format_tar, "archive_read_support_format_tar" },
		{ (void **)&library->read_support_format_empty, "archive_read_support_format_empty" },
		{ (void **)&library->read_open2, "archive_read_open2" },
		{ (void **)&library->read_next_header, "archive_read_next_header" },
		{ (void **)&library->read_data_block, "archive_read_data_block" },
		{ (void **)&library->error_string, "archive_error_string" },
		{ (void **)&library->entry_pathname, "archive_entry_pathname" },
		{ (void **)&library->entry_symlink, "archive_entry_symlink" },
		{ (void **)&library->entry_hardlink, "archive_entry_hardlink" },
		{ (void **)&library->entry_filetype, "archive_entry_filetype" },
		{ (void **)&library->entry_perm, "archive_entry_perm" },
		{ (void **)&library->entry_uid, "archive_entry_uid" },
		{ (void **)&library->entry_gid, "archive_entry_gid" },
		{ (void **)&library->entry_size, "archive_entry_size" },
		{ (void **)&library->entry_mtime, "archive_entry_mtime" },
		{ (void **)&library->entry_mtime_nsec, "archive_entry_mtime_nsec" },
		{ (void **)&library->entry_rdev, "archive_entry_rdev" },
		{ (void **)&library->entry_sparse_count, "archive_entry_sparse_count" },
		{ (void **)&library->filter_bytes, "archive_filter_bytes" },
		{ (void **)&library->entry_xattr_reset, "archive_entry_xattr_reset" },
		{ (void **)&library->entry_xattr_next, "archive_entry_xattr_next" },
		// clang-format on
	};
	return library_load("libarchive.so.13", "libarchive13", symbols, COUNT(symbols), error);
}

static la_ssize_t on_read(LibArchive *handle, void *context, const void **ret)
{
	Archive *self = context;
	(void)handle; // the error stays with us
	size_t length = 0;
	if (self->source_error.code != ERROR_NONE ||
	    !source_read(self->source, ret, &length, &self->source_error))
		return ARCHIVE_FATAL;
	return (la_ssize_t)length;
}

static la_int64_t on_skip(LibArchive *handle, void *context, la_int64_t count)
{
	Archive *self = context;
	(void)handle; // as above
	uint64_t skipped = 0;
	if (!self->source->skip || count <= 0)
		return 0; // the library reads instead
	if (!self->source->skip(self->source, (uint64_t)count, &skipped, &self->source_error))
		return ARCHIVE_FATAL;
	return (la_int64_t)skipped;
}

// The reason of a failure: the source's own, where it was that.
static bool fail(Archive *self, Error *error)
{
	if (self->source_error.code != ERROR_NONE) {
		*error = self->source_error;
		self->source_error = (Error){ 0 };
		return false;
	}
	CLEANUP_BUFFER reason = { 0 };
	const char *words = self->library.error_string(self->handle);
	if (words)
		buffer_add_printable(&reason, words, strlen(words));
	return error_set(error, ERROR_INVALID, "not a good tar archive: %s", buffer_text(&reason));
}

// The compressions that are in the library itself: for others it would start programs.
static void support(const Library *library, LibArchive *handle, ArchiveFilters filters)
{
	if (filters != ARCHIVE_PLAIN) {
		library->read_support_filter_bzip2(handle);
		library->read_support_filter_gzip(handle);
		library->read_support_filter_lz4(handle);
		library->read_support_filter_lzma(handle);
		library->read_support_filter_xz(handle);
		library->read_support_filter_zstd(handle);
	}
	if (filters == ARCHIVE_ONLY_COMPRESSION) {
		library->read_support_format_raw(handle);
		return;
	}
	library->read_support_format_tar(handle);
	library->read_support_format_empty(handle);
}

bool archive_open(Source *source, ArchiveFilters filters, Archive **ret, Error *error)
{
	Library library = { 0 };
	if (!load(&library, error))
		return false;

	CLEANUP_ARCHIVE self = memory_resize(NULL, sizeof(*self));
	*self = (Archive){ .library = library, .source = source };
	self->handle = library.read_new();
	self->bytes = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!self->handle || !self->bytes)
		memory_exhausted();
	support(&library, self->handle, filters);
	if (library.read_open2(self->handle, self, NULL, on_read, on_skip, NULL) != ARCHIVE_OK)
		return fail(self, error);

	*ret = self;
	self = NULL;
	return true;
}

void archive_close(Archive **archive)
{
	Archive *self = *archive;
	if (!self)
		return;
	self->library.read_free(self->handle);
	freelocale(self->bytes);
	error_clear(&self->source_error);
	arena_free(self->arena);
	free(self);
	*archive = NULL;
}

static ArchiveEntryKind kind_of(mode_t type)
{
	switch (type) {
	case AE_IFREG:
		return ARCHIVE_ENTRY_FILE;
	case AE_IFDIR:
		return ARCHIVE_ENTRY_DIRECTORY;
	case AE_IFLNK:
		return ARCHIVE_ENTRY_SYMLINK;
	case AE_IFCHR:
		return ARCHIVE_ENTRY_CHARACTER_DEVICE;
	case AE_IFBLK:
		return ARCHIVE_ENTRY_BLOCK_DEVICE;
	case AE_IFIFO:
		return ARCHIVE_ENTRY_FIFO;
	default:
		return ARCHIVE_ENTRY_OTHER;
	}
}

static bool read_attributes(Archive *self, LibEntry *entry, Error *error)
{
	ArchiveAttributes attributes = { 0 };
	ArchiveAttribute next = { 0 };
	self->library.entry_xattr_reset(entry);
	while (self->library.entry_xattr_next(entry, &next.name, &next.value, &next.size) ==
	       ARCHIVE_OK) {
		if (attributes.count == ATTRIBUTES_MAX)
			return error_set(error, ERROR_LIMIT, "more than %d attributes of one file",
					 ATTRIBUTES_MAX);
		if (!self->arena)
			self->arena = arena_new();
		*archive_attributes_push(self->arena, &attributes) = next;
	}
	self->entry.attributes = attributes.items;
	self->entry.attribute_count = attributes.count;
	return true;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static bool fill_entry(Archive *self, LibEntry *from, Error *error)
{
	const Library *library = &self->library;
	const char *hard_link = library->entry_hardlink(from);
	self->entry = (ArchiveEntry){
		.kind = hard_link ? ARCHIVE_ENTRY_HARD_LINK
				  : kind_of(library->entry_filetype(from)),
		.path = or_empty(library->entry_pathname(from)),
		.link = or_empty(hard_link ? hard_link : library->entry_symlink(from)),
		.mode = library->entry_perm(from) & 07777,
		.uid = library->entry_uid(from),
		.gid = library->entry_gid(from),
		.size_bytes = library->entry_size(from),
		.is_sparse = library->entry_sparse_count(from) > 0,
		.modified_s = library->entry_mtime(from),
		.modified_ns = library->entry_mtime_nsec(from),
		.device = library->entry_rdev(from),
	};
	return read_attributes(self, from, error);
}

bool archive_next(Archive *archive, const ArchiveEntry **ret, Error *error)
{
	LibEntry *entry = NULL;
	// Only this thread is in the C locale, and only here.
	const locale_t before = uselocale(archive->bytes);
	const int status = archive->library.read_next_header(archive->handle, &entry);
	bool is_done = true;
	arena_cleanup(&archive->arena);
	archive->content = (ContentSource){ 0 };
	if (status == ARCHIVE_OK || status == ARCHIVE_WARN)
		is_done = fill_entry(archive, entry, error);
	else if (status != ARCHIVE_EOF)
		is_done = fail(archive, error);
	uselocale(before);

	if (is_done)
		*ret = status == ARCHIVE_EOF ? NULL : &archive->entry;
	return is_done;
}

bool archive_read(Archive *archive, const void **ret_block, size_t *ret_length,
		  uint64_t *ret_offset, Error *error)
{
	la_int64_t offset = 0;
	const int status =
		archive->library.read_data_block(archive->handle, ret_block, ret_length, &offset);
	if (status == ARCHIVE_EOF) {
		*ret_length = 0;
		*ret_offset = 0;
		return true;
	}
	if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
		return fail(archive, error);
	if (offset < 0)
		return error_set(error, ERROR_INVALID, "not a good tar archive: negative offset");
	*ret_offset = (uint64_t)offset;
	return true;
}

static bool content_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	static const char zeros[4096];
	ContentSource *self = (ContentSource *)source;
	if (self->length == 0) {
		const void *block = NULL;
		if (!archive_read(self->archive, &block, &self->length, &self->block_offset, error))
			return false;
		self->block = block;
		if (self->length == 0)
			self->block_offset = (uint64_t)self->archive->entry.size_bytes;
	}
	if (self->block_offset > self->offset) {
		const uint64_t hole = self->block_offset - self->offset;
		*ret_block = zeros;
		*ret_length = hole < sizeof(zeros) ? (size_t)hole : sizeof(zeros);
		self->offset += *ret_length;
		return true;
	}
	*ret_block = self->block;
	*ret_length = self->length;
	self->offset += self->length;
	self->length = 0;
	return true;
}

uint64_t archive_position(const Archive *archive)
{
	const la_int64_t position = archive->library.filter_bytes(archive->handle, 0);
	return position > 0 ? (uint64_t)position : 0;
}

Source *archive_entry_source(Archive *archive)
{
	archive->content = (ContentSource){ .source.read = content_read, .archive = archive };
	return &archive->content.source;
}
