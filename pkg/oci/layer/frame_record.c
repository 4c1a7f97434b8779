#include "pkg/oci/layer/frame_record.h"

#include <string.h>

#define PATH_BYTES_MAX 4095

static void add_number(Buffer *buffer, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		buffer_add_char(buffer, (char)(0x80 | (number & 0x7f)));
	buffer_add_char(buffer, (char)number);
}

static bool has_text(FrameKind kind)
{
	return kind != FRAME_END;
}

static bool has_number(FrameKind kind)
{
	return kind == FRAME_CONTENT || kind == FRAME_DISPLACED;
}

void frame_record_print(const FrameRecord *record, Buffer *buffer)
{
	buffer_add_char(buffer, (char)record->kind);
	if (has_text(record->kind))
		add_number(buffer, record->length);
	if (record->kind != FRAME_LITERAL)
		buffer_add_bytes(buffer, record->text, record->length);
	if (has_number(record->kind))
		add_number(buffer, record->number);
}

static bool damaged(Error *error)
{
	return error_set(error, ERROR_INVALID, "the frame is damaged");
}

bool frame_input_read(FrameInput *input, uint64_t max, const char **ret, size_t *ret_length,
		      Error *error)
{
	if (input->length == 0) {
		const void *block = NULL;
		if (!source_read(input->from, &block, &input->length, error))
			return false;
		input->block = block;
	}
	*ret = input->block;
	*ret_length = input->length < max ? input->length : (size_t)max;
	input->block += *ret_length;
	input->length -= *ret_length;
	return true;
}

static bool read_byte(FrameInput *input, unsigned char *ret, Error *error)
{
	const char *byte = NULL;
	size_t length = 0;
	if (!frame_input_read(input, 1, &byte, &length, error))
		return false;
	if (length == 0)
		return damaged(error);
	*ret = (unsigned char)*byte;
	return true;
}

static bool read_number(FrameInput *input, uint64_t *ret, Error *error)
{
	uint64_t number = 0;
	for (unsigned shift = 0; shift < 63; shift += 7) {
		unsigned char byte = 0;
		if (!read_byte(input, &byte, error))
			return false;
		number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*ret = number;
			return true;
		}
	}
	return damaged(error);
}

static bool read_path(FrameInput *input, Arena *arena, FrameRecord *record, Error *error)
{
	if (record->length > PATH_BYTES_MAX)
		return damaged(error);
	char *path = arena_alloc(arena, record->length + 1);
	for (size_t done = 0; done < record->length;) {
		const char *bytes = NULL;
		size_t length = 0;
		if (!frame_input_read(input, record->length - done, &bytes, &length, error))
			return false;
		if (length == 0)
			return damaged(error);
		memcpy(path + done, bytes, length);
		done += length;
	}
	record->text = path;
	return strlen(path) == record->length || damaged(error);
}

bool frame_record_read(FrameInput *input, Arena *arena, FrameRecord *ret, Error *error)
{
	unsigned char kind = 0;
	if (!read_byte(input, &kind, error))
		return false;
	if (!strchr("LCDE", kind) || kind == '\0')
		return damaged(error);
	FrameRecord record = { .kind = (FrameKind)kind };
	if ((has_text(record.kind) && !read_number(input, &record.length, error)) ||
	    (record.kind != FRAME_LITERAL && !read_path(input, arena, &record, error)) ||
	    (has_number(record.kind) && !read_number(input, &record.number, error)))
		return false;
	*ret = record;
	return true;
}
