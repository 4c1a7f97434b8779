#include "pkg/sys/stream/archive.h"

#include "pkg/base/text.h"
#include "pkg/base/vec.h"
#include "pkg/sys/library.h"
#include "pkg/sys/stream/archive_feed.h"
#include "pkg/sys/stream/lost_link.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

// Attributes of one entry; the kernel takes 64 KiB per file.
#define ATTRIBUTES_MAX 256
// The kernel takes 64 KiB of an ACL, 8 bytes per entry.
#define ACL_ENTRIES_MAX 8000

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
	la_int64_t (*read_header_position)(LibArchive *);
	int (*read_data_block)(LibArchive *, const void **, size_t *, la_int64_t *);
	int (*read_data_skip)(LibArchive *);
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
	int (*entry_sparse_reset)(LibEntry *);
	int (*entry_sparse_next)(LibEntry *, la_int64_t *, la_int64_t *);
	la_int64_t (*filter_bytes)(LibArchive *, int);
	int (*entry_xattr_reset)(LibEntry *);
	int (*entry_xattr_next)(LibEntry *, const char **, const void **, size_t *);
	int (*entry_acl_types)(LibEntry *);
	int (*entry_acl_reset)(LibEntry *, int);
	int (*entry_acl_next)(LibEntry *, int, int *, int *, int *, int *, const char **);
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
	ArchiveFeed feed;
	Error feed_error; // why it failed, while the library only knows that it did
	bool has_entry;
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
		{ (void **)&library->read_header_position, "archive_read_header_position" },
		{ (void **)&library->read_data_block, "archive_read_data_block" },
		{ (void **)&library->read_data_skip, "archive_read_data_skip" },
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
		{ (void **)&library->entry_sparse_reset, "archive_entry_sparse_reset" },
		{ (void **)&library->entry_sparse_next, "archive_entry_sparse_next" },
		{ (void **)&library->filter_bytes, "archive_filter_bytes" },
		{ (void **)&library->entry_xattr_reset, "archive_entry_xattr_reset" },
		{ (void **)&library->entry_xattr_next, "archive_entry_xattr_next" },
		{ (void **)&library->entry_acl_types, "archive_entry_acl_types" },
		{ (void **)&library->entry_acl_reset, "archive_entry_acl_reset" },
		{ (void **)&library->entry_acl_next, "archive_entry_acl_next" },
		// clang-format on
	};
	return library_load("libarchive.so.13", "libarchive13", symbols, COUNT(symbols), error);
}

static la_ssize_t on_read(LibArchive *handle, void *context, const void **ret)
{
	Archive *self = context;
	(void)handle; // the error stays with us
	size_t length = 0;
	if (self->feed_error.code != ERROR_NONE ||
	    !archive_feed_read(&self->feed, ret, &length, &self->feed_error))
		return ARCHIVE_FATAL;
	return (la_ssize_t)length;
}

// 0: the library reads instead.
static la_int64_t on_skip(LibArchive *handle, void *context, la_int64_t count)
{
	Archive *self = context;
	(void)handle; // as above
	uint64_t skipped = 0;
	if (count > 0 &&
	    !archive_feed_skip(&self->feed, (uint64_t)count, &skipped, &self->feed_error))
		return ARCHIVE_FATAL;
	return (la_int64_t)skipped;
}

// The reason of a failure: the feed's own, where it was that.
static bool fail(Archive *self, Error *error)
{
	if (self->feed_error.code != ERROR_NONE) {
		*error = self->feed_error;
		self->feed_error = (Error){ 0 };
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
	if (filters == ARCHIVE_PLAIN) {
		library->read_support_format_tar(handle);
		library->read_support_format_empty(handle);
		return;
	}
	library->read_support_filter_bzip2(handle);
	library->read_support_filter_gzip(handle);
	library->read_support_filter_lz4(handle);
	library->read_support_filter_lzma(handle);
	library->read_support_filter_xz(handle);
	library->read_support_filter_zstd(handle);
	library->read_support_format_raw(handle);
}

bool archive_open(Source *source, ArchiveFilters filters, Archive **ret, Error *error)
{
	Library library = { 0 };
	if (!load(&library, error))
		return false;

	CLEANUP_ARCHIVE self = memory_resize(NULL, sizeof(*self));
	*self = (Archive){ .library = library,
			   .feed = { .source = source, .is_whole = filters != ARCHIVE_PLAIN } };
	self->handle = library.read_new();
	self->bytes = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!self->handle || !self->bytes)
		memory_exhausted();
	support(&library, self->handle, filters);
	if (!archive_feed_begin(&self->feed, 0, &self->feed_error) ||
	    library.read_open2(self->handle, self, NULL, on_read, on_skip, NULL) != ARCHIVE_OK)
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
	archive_feed_clear(&self->feed);
	error_clear(&self->feed_error);
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

static Arena *entry_arena(Archive *self)
{
	if (!self->arena)
		self->arena = arena_new();
	return self->arena;
}

static void add_little_endian(Buffer *buffer, uint32_t number, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++, number >>= 8)
		buffer_add_char(buffer, (char)(number & 0xff));
}

// The kinds of entries of an ACL, in the order and with the numbers that the kernel wants (linux/posix_acl.h).
static const struct AclTag {
	int tag;
	uint16_t number;
	bool has_id;
} acl_tags[] = {
	{ ARCHIVE_ENTRY_ACL_USER_OBJ, 0x01, false },  { ARCHIVE_ENTRY_ACL_USER, 0x02, true },
	{ ARCHIVE_ENTRY_ACL_GROUP_OBJ, 0x04, false }, { ARCHIVE_ENTRY_ACL_GROUP, 0x08, true },
	{ ARCHIVE_ENTRY_ACL_MASK, 0x10, false },      { ARCHIVE_ENTRY_ACL_OTHER, 0x20, false },
};

// Entries for somebody who has a name and no number are left out: whom it means, only the image knows.
static bool add_acl_entries(const Archive *self, LibEntry *entry, int type,
			    const struct AclTag *wanted, Buffer *value, Error *error)
{
	int next_type = 0, permissions = 0, tag = 0, id = -1;
	const char *name = NULL;
	self->library.entry_acl_reset(entry, type);
	while (self->library.entry_acl_next(entry, type, &next_type, &permissions, &tag, &id,
					    &name) == ARCHIVE_OK) {
		if (tag != wanted->tag || (wanted->has_id && id < 0))
			continue;
		if (value->length > ACL_ENTRIES_MAX * 8)
			return error_set(error, ERROR_LIMIT, "an ACL of more than %d entries",
					 ACL_ENTRIES_MAX);
		add_little_endian(value, wanted->number, 2);
		add_little_endian(value, (uint32_t)permissions & 7, 2);
		add_little_endian(value, wanted->has_id ? (uint32_t)id : UINT32_MAX, 4);
	}
	return true;
}

// An ACL that came as text, as the kernel has it: the version, then 8 bytes per entry.
static bool read_acl(Archive *self, LibEntry *entry, int type, const char *attribute,
		     ArchiveAttributes *attributes, Error *error)
{
	CLEANUP_BUFFER value = { 0 };
	if (!(self->library.entry_acl_types(entry) & type))
		return true;
	add_little_endian(&value, 2, 4);
	for (size_t i = 0; i < COUNT(acl_tags); i++) {
		if (!add_acl_entries(self, entry, type, &acl_tags[i], &value, error))
			return false;
	}
	const size_t size = value.length;
	*archive_attributes_push(entry_arena(self), attributes) =
		(ArchiveAttribute){ attribute, buffer_take(&value, entry_arena(self)), size };
	return true;
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
		*archive_attributes_push(entry_arena(self), &attributes) = next;
	}
	if (!read_acl(self, entry, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, "system.posix_acl_access",
		      &attributes, error) ||
	    !read_acl(self, entry, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, "system.posix_acl_default",
		      &attributes, error))
		return false;
	self->entry.attributes = attributes.items;
	self->entry.attribute_count = attributes.count;
	return true;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

// A link without a target, which the library calls a symlink or nothing at all.
static void find_lost_link(Archive *self)
{
	bool is_hard = false;
	size_t length = 0;
	const ArchiveEntryKind kind = self->entry.kind;
	if (!text_is_empty(self->entry.link) ||
	    (kind != ARCHIVE_ENTRY_SYMLINK && kind != ARCHIVE_ENTRY_OTHER))
		return;
	const char *header = archive_feed_header(&self->feed, &length);
	const char *link = lost_link_find(header, length, entry_arena(self), &is_hard);
	if (!link)
		return;
	self->entry.kind = is_hard ? ARCHIVE_ENTRY_HARD_LINK : ARCHIVE_ENTRY_SYMLINK;
	self->entry.link = link;
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
		.is_sparse = library->entry_sparse_reset(from) > 0,
		.modified_s = library->entry_mtime(from),
		.modified_ns = library->entry_mtime_nsec(from),
		.device = library->entry_rdev(from),
	};
	find_lost_link(self);
	return read_attributes(self, from, error);
}

// Else the next header would do it, and what is skipped would count as its own.
static bool skip_content(Archive *self, Error *error)
{
	const bool is_due = self->has_entry;
	self->has_entry = false;
	return !is_due || self->library.read_data_skip(self->handle) >= ARCHIVE_WARN ||
	       fail(self, error);
}

// How much of the archive belongs to a file: all of it, but for holes. What else has content is nobody's.
static uint64_t content_of(const Library *library, LibEntry *entry)
{
	la_int64_t offset = 0, length = 0;
	uint64_t sum = 0;
	if (library->entry_hardlink(entry) || library->entry_filetype(entry) != AE_IFREG)
		return 0;
	if (library->entry_sparse_reset(entry) == 0)
		return (uint64_t)library->entry_size(entry);
	while (library->entry_sparse_next(entry, &offset, &length) == ARCHIVE_OK)
		sum += (uint64_t)length;
	return sum;
}

static int read_header(Archive *self, LibEntry **ret)
{
	self->has_entry = false;
	if (!archive_feed_begin(&self->feed, archive_position(self), &self->feed_error))
		return ARCHIVE_FATAL;
	const int status = self->library.read_next_header(self->handle, ret);
	self->has_entry = status == ARCHIVE_OK || status == ARCHIVE_WARN;
	archive_feed_end(&self->feed, archive_position(self),
			 self->has_entry ? content_of(&self->library, *ret) : 0);
	return status;
}

bool archive_next(Archive *archive, const ArchiveEntry **ret, Error *error)
{
	LibEntry *entry = NULL;
	if (!skip_content(archive, error))
		return false;
	// Only this thread is in the C locale, and only here.
	const locale_t before = uselocale(archive->bytes);
	const int status = read_header(archive, &entry);
	bool is_done = true;
	arena_cleanup(&archive->arena);
	archive->content = (ContentSource){ 0 };
	if (archive->has_entry)
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

uint64_t archive_entry_position(const Archive *archive)
{
	return (uint64_t)archive->library.read_header_position(archive->handle);
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
