#include "pkg/oci/layer/frame.h"

#include "pkg/base/text.h"
#include "pkg/oci/layer/frame_record.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LITERAL_BYTES ((size_t)64 * 1024)

struct FrameWriter {
	Source source;
	Source *from;
	Sink *to;
	int layer;
	int kept; // -1 until something makes way
	uint64_t displaced;
	const Archive *archive;
	bool is_through; // nobody reads the archive any more
	// Of the archive, in bytes from its start: settled ≤ position of the archive's reader ≤ seen. What is settled was
	// written as a part of the frame or is the content of a file; what lies between settled and seen is in `carried` and
	// the block. Content that has been announced may be settled before it is seen.
	uint64_t settled;
	uint64_t seen;
	Buffer carried; // what is left of earlier blocks
	Buffer literal; // settled, and not written yet
	const char *block;
	size_t length;
};

// Literals are collected, so that a frame does not depend on the pieces that the archive came in.
static bool flush_literal(FrameWriter *self, Error *error)
{
	CLEANUP_BUFFER head = { 0 };
	const FrameRecord record = { .kind = FRAME_LITERAL, .length = self->literal.length };
	if (record.length == 0)
		return true;
	frame_record_print(&record, &head);
	self->literal.length = 0;
	return sink_write(self->to, head.data, head.length, error) &&
	       sink_write(self->to, self->literal.data, record.length, error);
}

static bool write_literal(FrameWriter *self, const char *bytes, size_t length, Error *error)
{
	while (length > 0) {
		const size_t room = LITERAL_BYTES - self->literal.length;
		const size_t taken = length < room ? length : room;
		buffer_add_bytes(&self->literal, bytes, taken);
		bytes += taken;
		length -= taken;
		if (self->literal.length == LITERAL_BYTES && !flush_literal(self, error))
			return false;
	}
	return true;
}

static bool write_record(FrameWriter *self, const FrameRecord *record, Error *error)
{
	CLEANUP_BUFFER bytes = { 0 };
	frame_record_print(record, &bytes);
	return flush_literal(self, error) && sink_write(self->to, bytes.data, bytes.length, error);
}

// Writes what has been seen and lies before `position`: it is nobody's content.
static bool settle(FrameWriter *self, uint64_t position, Error *error)
{
	if (position <= self->settled)
		return true;
	uint64_t left = position - self->settled;
	const size_t old = left < self->carried.length ? (size_t)left : self->carried.length;
	if (!write_literal(self, self->carried.data, old, error))
		return false;
	if (old > 0) {
		memmove(self->carried.data, self->carried.data + old, self->carried.length - old);
		self->carried.length -= old;
	}
	left -= old;
	const size_t new = left < self->length ? (size_t)left : self->length;
	if (!write_literal(self, self->block, new, error))
		return false;
	self->block += new;
	self->length -= new;
	self->settled += old + new;
	return true;
}

// Passes over bytes that are in a file.
static void skip(FrameWriter *self, uint64_t count)
{
	const size_t old = count < self->carried.length ? (size_t)count : self->carried.length;
	if (old > 0) {
		memmove(self->carried.data, self->carried.data + old, self->carried.length - old);
		self->carried.length -= old;
	}
	const uint64_t left = count - old;
	const size_t new = left < self->length ? (size_t)left : self->length;
	self->block += new;
	self->length -= new;
	self->settled += count;
}

// A block that the reader has not gone through is about to be overwritten.
static void carry(FrameWriter *self)
{
	buffer_add_bytes(&self->carried, self->block, self->length);
	self->length = 0;
}

static bool frame_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	FrameWriter *self = (FrameWriter *)source;
	const uint64_t position = self->is_through ? self->seen
				  : self->archive  ? archive_position(self->archive)
						   : 0;
	if (!settle(self, position, error))
		return false;
	carry(self);
	if (!source_read(self->from, ret_block, ret_length, error))
		return false;
	self->block = *ret_block;
	self->length = *ret_length;
	self->seen += *ret_length;
	// The beginning of it may be content that was announced already.
	const uint64_t begin = self->seen - *ret_length;
	if (self->settled > begin) {
		const uint64_t content = self->settled - begin;
		const size_t passed = content < self->length ? (size_t)content : self->length;
		self->block += passed;
		self->length -= passed;
	}
	return true;
}

bool frame_writer_content(FrameWriter *writer, const char *path, uint64_t length, Error *error)
{
	const FrameRecord record = {
		.kind = FRAME_CONTENT, .text = path, .length = strlen(path), .number = length
	};
	if (!settle(writer, archive_position(writer->archive), error) ||
	    !write_record(writer, &record, error))
		return false;
	skip(writer, length);
	return true;
}

static bool open_kept(FrameWriter *self, Error *error)
{
	if (self->kept >= 0)
		return true;
	if (mkdirat(self->layer, FRAME_KEPT_NAME, 0700) < 0)
		return error_set_errno(error, errno, "make the directory '%s'", FRAME_KEPT_NAME);
	return file_open_directory(self->layer, FRAME_KEPT_NAME, &self->kept, error);
}

bool frame_writer_displace(FrameWriter *writer, int directory, const char *name, const char *path,
			   Error *error)
{
	if (writer->displaced == FRAME_DISPLACED_MAX)
		return error_set(error, ERROR_LIMIT, "more than %d entries that replace others",
				 FRAME_DISPLACED_MAX);
	const FrameRecord record = { .kind = FRAME_DISPLACED,
				     .text = path,
				     .length = strlen(path),
				     .number = writer->displaced++ };
	CLEANUP_ARENA scratch = arena_new();
	const char *number = arena_printf(scratch, "%ju", (uintmax_t)record.number);
	if (!settle(writer, archive_position(writer->archive), error) || !open_kept(writer, error))
		return false;
	if (renameat(directory, name, writer->kept, number) < 0)
		return error_set_errno(error, errno, "move '%s' away", name);
	return write_record(writer, &record, error);
}

bool frame_writer_finish(FrameWriter *writer, Error *error)
{
	const FrameRecord record = { .kind = FRAME_END };
	writer->is_through = true;
	return source_drain(&writer->source, error) && settle(writer, writer->seen, error) &&
	       write_record(writer, &record, error);
}

FrameWriter *frame_writer_open(Source *from, Sink *to, int layer)
{
	FrameWriter *self = memory_resize(NULL, sizeof(*self));
	*self = (FrameWriter){
		.source.read = frame_read, .from = from, .to = to, .layer = layer, .kept = -1
	};
	return self;
}

void frame_writer_close(FrameWriter **writer)
{
	FrameWriter *self = *writer;
	if (!self)
		return;
	file_close(&self->kept);
	buffer_clear(&self->carried);
	buffer_clear(&self->literal);
	free(self);
	*writer = NULL;
}

Source *frame_writer_source(FrameWriter *writer)
{
	return &writer->source;
}

void frame_writer_follow(FrameWriter *writer, const Archive *archive)
{
	writer->archive = archive;
}
