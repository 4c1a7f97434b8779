// A layer's archive made again from its frame and its tree.
#include "pkg/base/text.h"
#include "pkg/oci/layer/frame.h"
#include "pkg/oci/layer/frame_record.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"
#include "pkg/sys/stream/inflate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// What was at `path` until so many contents had been written; it is in kept/NUMBER.
typedef struct Displacement {
	const char *path;
	uint64_t number;
	uint64_t contents;
	size_t order; // in the frame
} Displacement;

VEC_DECLARE(Displacements, displacements, Displacement);

struct FrameReader {
	Source source;
	int frame;
	int tree;
	int kept;
	Arena *arena;   // of the displacements
	Arena *scratch; // of the current record
	Inflate *inflate;
	FrameInput input;
	bool is_started;
	bool is_ended;
	Displacements displacements;
	// The current record: so many of its bytes are still to be given.
	FrameKind kind;
	uint64_t left;
	uint64_t contents; // before it
	const char *path;
	int file;
	Source *content;
};

// From the start of the frame.
static bool rewind_input(FrameReader *self, Error *error)
{
	if (lseek(self->frame, 0, SEEK_SET) < 0)
		return error_set_errno(error, errno, "read the frame");
	inflate_close(&self->inflate);
	self->inflate = inflate_open(source_of_fd(self->frame, self->arena));
	self->input = (FrameInput){ .from = inflate_source(self->inflate) };
	return true;
}

static bool skip_literal(FrameReader *self, uint64_t length, Error *error)
{
	while (length > 0) {
		const char *bytes = NULL;
		size_t count = 0;
		if (!frame_input_read(&self->input, length, &bytes, &count, error))
			return false;
		if (count == 0)
			return error_set(error, ERROR_INVALID, "the frame is cut off");
		length -= count;
	}
	return true;
}

static bool add_displacement(FrameReader *self, const FrameRecord *record, uint64_t contents,
			     Error *error)
{
	if (self->displacements.count == FRAME_DISPLACED_MAX)
		return error_set(error, ERROR_INVALID, "the frame has too many displacements");
	*displacements_push(self->arena, &self->displacements) = (Displacement){
		.path = arena_strdup(self->arena, record->text),
		.number = record->number,
		.contents = contents,
		.order = self->displacements.count,
	};
	return true;
}

// Where things went is known only later in the frame than where their contents are needed.
static bool find_displacements(FrameReader *self, Error *error)
{
	uint64_t contents = 0;
	for (;;) {
		CLEANUP_ARENA scratch = arena_new();
		FrameRecord record;
		if (!interrupt_check(error) ||
		    !frame_record_read(&self->input, scratch, &record, error))
			return false;
		if (record.kind == FRAME_END)
			return true;
		if (record.kind == FRAME_CONTENT)
			contents++;
		if (record.kind == FRAME_LITERAL && !skip_literal(self, record.length, error))
			return false;
		if (record.kind == FRAME_DISPLACED &&
		    !add_displacement(self, &record, contents, error))
			return false;
	}
}

// By path, and those of one path in the order of the frame.
static int compare_displacements(const void *left, const void *right)
{
	const Displacement *one = left;
	const Displacement *other = right;
	const int order = strcmp(one->path, other->path);
	return order != 0 ? order : (one->order > other->order) - (one->order < other->order);
}

static bool start(FrameReader *self, Error *error)
{
	self->is_started = true;
	if (!rewind_input(self, error))
		return false;
	if (self->kept < 0)
		return true;
	if (!find_displacements(self, error))
		return false;
	if (self->displacements.count > 0)
		qsort(self->displacements.items, self->displacements.count, sizeof(Displacement),
		      compare_displacements);
	return rewind_input(self, error);
}

// The first that took away what was at `path` when the current content was written; NULL: nothing did.
static const Displacement *find_displacement(const FrameReader *self, const char *path)
{
	const Displacement *items = self->displacements.items;
	size_t begin = 0, end = self->displacements.count;
	while (begin < end) {
		const size_t middle = begin + (end - begin) / 2;
		const int order = strcmp(items[middle].path, path);
		if (order < 0 || (order == 0 && items[middle].contents <= self->contents))
			begin = middle + 1;
		else
			end = middle;
	}
	return begin < self->displacements.count && text_equal(items[begin].path, path)
		       ? &items[begin]
		       : NULL;
}

// Where the content that is the current one, written at `path`, is now. What went first of the file and the directories that
// hold it took it along.
static void locate(const FrameReader *self, const char *path, int *ret_directory, const char **ret)
{
	const Displacement *first = NULL;
	char *part = arena_strdup(self->scratch, path);
	for (char *end = part + strlen(part); end && self->displacements.count > 0;
	     end = strrchr(part, '/')) {
		*end = '\0';
		const Displacement *found = find_displacement(self, part);
		if (found && (!first || found->order < first->order))
			first = found;
	}
	*ret_directory = first ? self->kept : self->tree;
	*ret = first ? arena_printf(self->scratch, "%ju%s", (uintmax_t)first->number,
				    path + strlen(first->path))
		     : path;
}

static bool check_size(const FrameReader *self, uint64_t size, Error *error)
{
	struct stat status;
	if (fstat(self->file, &status) < 0)
		return error_set_errno(error, errno, "look at '%s'", self->path);
	return (uint64_t)status.st_size == size ||
	       error_set(error, ERROR_INVALID, "it has %jd bytes, not %ju",
			 (intmax_t)status.st_size, (uintmax_t)size);
}

// A path that leads elsewhere and bytes that the disk has lost are damage, and no reason not to look any further.
static bool wrap_path(const FrameReader *self, Error *error)
{
	const int reason = error->os_errno;
	if (reason == ENOTDIR || reason == ELOOP || reason == EIO)
		error->code = ERROR_INVALID;
	CLEANUP_BUFFER shown = { 0 };
	buffer_add_printable(&shown, self->path, strnlen(self->path, 300));
	return error_wrap(error, "'%s'", buffer_text(&shown));
}

static bool open_content(FrameReader *self, const FrameRecord *record, Error *error)
{
	int directory = -1;
	const char *path = NULL;
	self->path = record->text;
	locate(self, record->text, &directory, &path);
	file_close(&self->file);
	if (!file_open_plain_in_root(directory, path, &self->file, error) ||
	    !check_size(self, record->number, error))
		return wrap_path(self, error);
	if (!self->content)
		self->content = source_of_fd(self->file, self->arena);
	source_set_fd(self->content, self->file);
	return true;
}

static bool next_record(FrameReader *self, Error *error)
{
	FrameRecord record;
	if (self->kind == FRAME_CONTENT)
		self->contents++;
	arena_cleanup(&self->scratch);
	self->scratch = arena_new();
	if (!interrupt_check(error) ||
	    !frame_record_read(&self->input, self->scratch, &record, error))
		return false;
	self->kind = record.kind;
	switch (record.kind) {
	case FRAME_LITERAL:
		self->left = record.length;
		return true;
	case FRAME_CONTENT:
		self->left = record.number;
		return open_content(self, &record, error);
	case FRAME_DISPLACED:
		return true;
	case FRAME_END:
		self->is_ended = true;
		return true;
	}
	return true;
}

static bool read_content(FrameReader *self, const void **ret_block, size_t *ret_length,
			 Error *error)
{
	if (!source_read(self->content, ret_block, ret_length, error))
		return wrap_path(self, error);
	if (*ret_length > self->left || *ret_length == 0) {
		error_set(error, ERROR_INVALID, "its size changes");
		return wrap_path(self, error);
	}
	return true;
}

static bool read_literal(FrameReader *self, const void **ret_block, size_t *ret_length,
			 Error *error)
{
	const char *bytes = NULL;
	if (!frame_input_read(&self->input, self->left, &bytes, ret_length, error))
		return false;
	*ret_block = bytes;
	return *ret_length > 0 || error_set(error, ERROR_INVALID, "the frame is cut off");
}

static bool reader_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	FrameReader *self = (FrameReader *)source;
	if (!self->is_started && !start(self, error))
		return false;
	while (self->left == 0 && !self->is_ended) {
		if (!next_record(self, error))
			return false;
	}
	*ret_length = 0;
	if (self->is_ended)
		return true;
	if (!(self->kind == FRAME_CONTENT ? read_content : read_literal)(self, ret_block,
									 ret_length, error))
		return false;
	self->left -= *ret_length;
	return true;
}

FrameReader *frame_reader_open(int frame, int tree, int kept)
{
	FrameReader *self = memory_resize(NULL, sizeof(*self));
	*self = (FrameReader){
		.source.read = reader_read,
		.frame = frame,
		.tree = tree,
		.kept = kept,
		.arena = arena_new(),
		.kind = FRAME_LITERAL,
		.file = -1,
	};
	return self;
}

void frame_reader_close(FrameReader **reader)
{
	FrameReader *self = *reader;
	if (!self)
		return;
	inflate_close(&self->inflate);
	file_close(&self->file);
	arena_free(self->scratch);
	arena_free(self->arena);
	free(self);
	*reader = NULL;
}

Source *frame_reader_source(FrameReader *reader)
{
	return &reader->source;
}
