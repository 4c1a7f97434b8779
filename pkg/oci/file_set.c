#include "pkg/oci/file_set.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/archive.h"
#include "pkg/sys/stream/budget.h"
#include "pkg/sys/stream/inflate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// Links that lead to links, as in symlink(7).
#define LINKS_MAX 40
// Enough for every magic number.
#define MAGIC_BYTES 8

typedef struct IndexEntry {
	const char *name;
	const char
		*target; // of a link: the name it leads to, from the root of the archive; else NULL
	uint64_t position;
	uint64_t size_bytes;
} IndexEntry;

VEC_DECLARE(Index, index, IndexEntry);

// The file that is being read.
typedef struct OpenFile {
	int fd; // of a directory's file
	Arena *arena;
	Archive *archive;
} OpenFile;

struct FileSet {
	Arena *arena;
	bool is_directory;
	int fd; // the directory, or the plain archive
	uint64_t size_bytes;
	Index index; // of an archive
	OpenFile file;
};

static void close_file(OpenFile *file)
{
	archive_close(&file->archive);
	file_close(&file->fd);
	arena_cleanup(&file->arena);
}

void file_set_close(FileSet **set)
{
	FileSet *self = *set;
	if (!self)
		return;
	close_file(&self->file);
	file_close(&self->fd);
	arena_free(self->arena);
	*set = NULL;
}

static FileSet *new_set(bool is_directory)
{
	Arena *arena = arena_new();
	FileSet *self = ARENA_NEW(arena, FileSet);
	*self = (FileSet){ .arena = arena, .is_directory = is_directory, .fd = -1, .file.fd = -1 };
	return self;
}

// --- the index of an archive

// "./blobs//x" and "/blobs/x" are "blobs/x".
static const char *clean_name(const char *path, Arena *arena)
{
	const char *clean = path_clean(arena, path);
	return clean[0] == '/' ? clean + 1 : clean;
}

// Where "../x" leads to from "a/b": "x". NULL: out of the archive.
static const char *follow(const char *name, const char *target, Arena *arena)
{
	const char *from = path_is_absolute(target) ? "" : path_parent(arena, name);
	const char *rest = clean_name(path_join(arena, from, target), arena);
	Texts parts = { 0 };
	while (rest[0]) {
		const size_t length = strcspn(rest, "/");
		const char *part = arena_strndup(arena, rest, length);
		rest += rest[length] ? length + 1 : length;
		if (!text_equal(part, ".."))
			texts_add(arena, &parts, part);
		else if (parts.count-- == 0)
			return NULL;
	}
	return texts_join(&parts, "/", arena);
}

static bool add_entry(FileSet *self, Archive *archive, const ArchiveEntry *entry, Error *error)
{
	const bool is_symlink = entry->kind == ARCHIVE_ENTRY_SYMLINK;
	const bool is_link = is_symlink || entry->kind == ARCHIVE_ENTRY_HARD_LINK;
	if ((entry->kind != ARCHIVE_ENTRY_FILE && !is_link) ||
	    strlen(entry->path) > FILE_SET_NAME_MAX || strlen(entry->link) > FILE_SET_NAME_MAX)
		return true;
	if (self->index.count == FILE_SET_FILES_MAX)
		return error_set(error, ERROR_LIMIT, "more than %d files", FILE_SET_FILES_MAX);

	const char *name = clean_name(arena_strdup(self->arena, entry->path), self->arena);
	const char *target = NULL;
	if (is_symlink)
		target = follow(name, entry->link, self->arena);
	else if (is_link)
		target = clean_name(entry->link, self->arena);
	if (is_link && !target)
		return true;
	*index_push(self->arena, &self->index) = (IndexEntry){
		.name = name,
		.target = target,
		.position = archive_entry_position(archive),
		.size_bytes = entry->size_bytes > 0 ? (uint64_t)entry->size_bytes : 0,
	};
	return true;
}

static bool read_index(FileSet *self, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ARCHIVE archive = NULL;
	const ArchiveEntry *entry = NULL;
	if (!archive_open(source_of_range(self->fd, 0, self->size_bytes, scratch), ARCHIVE_PLAIN,
			  &archive, error))
		return false;
	do {
		if (!archive_next(archive, &entry, error) ||
		    (entry && !add_entry(self, archive, entry, error)))
			return false;
	} while (entry);
	return true;
}

static const IndexEntry *find_name(const FileSet *self, const char *name)
{
	for (size_t i = 0; i < self->index.count; i++) {
		if (text_equal(self->index.items[i].name, name))
			return &self->index.items[i];
	}
	return NULL;
}

// The file that the name leads to. NULL: none, or links without an end.
static const IndexEntry *find_file(const FileSet *self, const char *name)
{
	const IndexEntry *entry = find_name(self, name);
	for (unsigned links = 0; entry && entry->target && links < LINKS_MAX; links++)
		entry = find_name(self, entry->target);
	return entry && !entry->target ? entry : NULL;
}

// --- compressed archives

// A file that nobody can see and that goes with its descriptor.
static bool open_unnamed(const char *directory, int *ret_fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	*ret_fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*ret_fd >= 0)
		return true;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return error_set_errno(error, errno, "make a temporary file in '%s'", directory);
	// Not every file system can do that.
	char *path = path_join(scratch, directory, ".sdme-XXXXXX");
	CLEANUP_FD fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0 || unlink(path) < 0)
		return error_set_errno(error, errno, "make a temporary file in '%s'", directory);
	*ret_fd = steal_fd(&fd);
	return true;
}

static bool copy(Source *source, uint64_t max, int to, uint64_t *ret_size, Error *error)
{
	Budget budget = { .max_bytes = max, .setting = "max_download_size" };
	BudgetSource bounded;
	budget_source_init(&bounded, source, max > 0 ? &budget : NULL);
	return source_write_fd(&bounded.source, to, ret_size, error);
}

// xz, bzip2 and the like: what libarchive knows and pkg/sys/stream/inflate.h does not.
static bool has_other_magic(const uint8_t *bytes, size_t length)
{
	static const struct {
		uint8_t bytes[6];
		size_t length;
	} magics[] = {
		{ { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6 },
		{ { 'B', 'Z', 'h' }, 3 },
		{ { 0x04, 0x22, 0x4d, 0x18 }, 4 }, // lz4
		{ { 0x5d, 0, 0 }, 3 },             // lzma
	};
	for (size_t i = 0; i < COUNT(magics); i++) {
		if (length >= magics[i].length &&
		    memcmp(bytes, magics[i].bytes, magics[i].length) == 0)
			return true;
	}
	return false;
}

static bool decompress(FileSet *self, bool is_other, uint64_t max, int to, uint64_t *ret_size,
		       Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Source *source = source_of_range(self->fd, 0, self->size_bytes, scratch);
	CLEANUP_INFLATE inflate = inflate_open(source);
	CLEANUP_ARCHIVE archive = NULL;
	const ArchiveEntry *entry = NULL;
	if (!is_other)
		return copy(inflate_source(inflate), max, to, ret_size, error);
	return archive_open(source, ARCHIVE_ONLY_COMPRESSION, &archive, error) &&
	       archive_next(archive, &entry, error) &&
	       copy(archive_entry_source(archive), max, to, ret_size, error);
}

// Puts the decompressed archive in the place of a compressed one.
static bool spool(FileSet *self, const FileSetOptions *options, Error *error)
{
	uint8_t magic[MAGIC_BYTES];
	const ssize_t length = pread(self->fd, magic, sizeof(magic), 0);
	if (length < 0)
		return error_set_errno(error, errno, "read");
	const bool is_other = has_other_magic(magic, (size_t)length);
	if (!is_other && compression_of_bytes(magic, (size_t)length) == COMPRESSION_NONE)
		return true;

	CLEANUP_FD plain = -1;
	uint64_t size = 0;
	const char *directory = options->spool_directory ? options->spool_directory : "/var/tmp";
	if (!open_unnamed(directory, &plain, error) ||
	    !decompress(self, is_other, options->spool_bytes_max, plain, &size, error))
		return error_wrap(error, "decompress the archive");
	file_close(&self->fd);
	self->fd = steal_fd(&plain);
	self->size_bytes = size;
	return true;
}

// --- opening

static bool open_archive(FileSet *self, const FileSetOptions *options, Error *error)
{
	struct stat status;
	if (fstat(self->fd, &status) < 0)
		return error_set_errno(error, errno, "stat");
	if (!S_ISREG(status.st_mode))
		return error_set(error, ERROR_INVALID, "no regular file");
	self->size_bytes = (uint64_t)status.st_size;
	return spool(self, options, error) && read_index(self, error);
}

bool file_set_open(const char *path, bool is_directory, const FileSetOptions *options,
		   FileSet **ret, Error *error)
{
	CLEANUP_FILE_SET self = new_set(is_directory);
	self->fd = openat(AT_FDCWD, path,
			  O_RDONLY | O_CLOEXEC | (is_directory ? O_DIRECTORY : O_NONBLOCK));
	if (self->fd < 0)
		return error_set_errno(error, errno, "open '%s'", path);
	if (!is_directory && !open_archive(self, options, error))
		return error_wrap(error, "'%s'", path);
	*ret = self;
	self = NULL;
	return true;
}

bool file_set_clone(const FileSet *set, FileSet **ret, Error *error)
{
	CLEANUP_FILE_SET self = new_set(set->is_directory);
	self->size_bytes = set->size_bytes;
	self->fd = fcntl(set->fd, F_DUPFD_CLOEXEC, 0);
	if (self->fd < 0)
		return error_set_errno(error, errno, "open the image once more");
	for (size_t i = 0; i < set->index.count; i++) {
		const IndexEntry *from = &set->index.items[i];
		IndexEntry *to = index_push(self->arena, &self->index);
		*to = *from;
		to->name = arena_strdup(self->arena, from->name);
		to->target = from->target ? arena_strdup(self->arena, from->target) : NULL;
	}
	*ret = self;
	self = NULL;
	return true;
}

// --- reading

static bool open_in_directory(FileSet *self, const char *name, Source **ret, uint64_t *ret_size,
			      Error *error)
{
	OpenFile *file = &self->file;
	struct stat status;
	if (!file_open_plain_in_root(self->fd, name, &file->fd, error))
		return false;
	if (fstat(file->fd, &status) < 0)
		return error_set_errno(error, errno, "stat '%s'", name);
	*ret = source_of_range(file->fd, 0, UINT64_MAX, file->arena);
	*ret_size = (uint64_t)status.st_size;
	return true;
}

static bool open_in_archive(FileSet *self, const char *name, Source **ret, uint64_t *ret_size,
			    Error *error)
{
	OpenFile *file = &self->file;
	const IndexEntry *found = find_file(self, clean_name(name, file->arena));
	const ArchiveEntry *entry = NULL;
	if (!found)
		return error_set(error, ERROR_NOT_FOUND, "the archive has no '%s'", name);
	Source *source = source_of_range(self->fd, found->position,
					 self->size_bytes - found->position, file->arena);
	if (!archive_open(source, ARCHIVE_PLAIN, &file->archive, error) ||
	    !archive_next(file->archive, &entry, error))
		return false;
	// The archive was written to since it was indexed.
	if (!entry || entry->kind != ARCHIVE_ENTRY_FILE ||
	    !text_equal(clean_name(entry->path, file->arena), found->name))
		return error_set(error, ERROR_INVALID, "the archive changes while it is read");
	*ret = archive_entry_source(file->archive);
	*ret_size = found->size_bytes;
	return true;
}

bool file_set_open_file(FileSet *set, const char *name, Source **ret, uint64_t *ret_size,
			Error *error)
{
	uint64_t size = 0;
	close_file(&set->file);
	set->file = (OpenFile){ .fd = -1, .arena = arena_new() };
	const bool is_open = set->is_directory ? open_in_directory(set, name, ret, &size, error)
					       : open_in_archive(set, name, ret, &size, error);
	if (is_open && ret_size)
		*ret_size = size;
	return is_open;
}

bool file_set_read(FileSet *set, const char *name, size_t max, Arena *arena, const char **ret,
		   size_t *ret_length, Error *error)
{
	Source *source = NULL;
	if (!file_set_open_file(set, name, &source, NULL, error))
		return false;
	return source_read_all(source, max, arena, ret, ret_length, error) ||
	       error_wrap(error, "'%s'", name);
}
