#include "isolate/log/reader.h"

#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// --- instances and parts

// The parts of the instance that is so many before the newest one.
static void choose_instance(const AppLogParts *all, uint64_t back, Arena *arena, AppLogParts *ret)
{
	const uint64_t newest = all->items[all->count - 1].instance;
	for (size_t i = 0; i < all->count; i++) {
		if (all->items[i].instance + back == newest)
			*app_log_parts_push(arena, ret) = all->items[i];
	}
}

static bool note_end(AppLogReader *reader, Error *error)
{
	const AppLogPart last = reader->parts.items[reader->parts.count - 1];
	CLEANUP_FD fd = -1;
	struct stat status = { 0 };
	if (!app_log_part_open(reader->directory, last, &fd, error))
		return false;
	if (fd >= 0 && fstat(fd, &status) < 0)
		return error_set_errno(error, errno, "look at the log");
	reader->has_end = true;
	reader->end_number = last.number;
	reader->end_offset = (uint64_t)status.st_size;
	return true;
}

bool app_log_reader_open(AppLogReader *reader, int directory, uint64_t back, bool follow,
			 Arena *arena, bool *ret_is_found, Error *error)
{
	AppLogParts all = { 0 };
	reader->directory = directory;
	reader->arena = arena;
	reader->fd = -1;
	*ret_is_found = false;
	if (!app_log_parts_list(directory, arena, &all, error))
		return false;
	if (all.count > 0)
		choose_instance(&all, back, arena, &reader->parts);
	if (reader->parts.count == 0)
		return true;
	*ret_is_found = true;
	reader->part.instance = reader->parts.items[0].instance;
	return (follow || note_end(reader, error)) &&
	       app_log_reader_go(reader, reader->parts.items[0].number, error);
}

bool app_log_reader_go(AppLogReader *reader, uint64_t number, Error *error)
{
	reader->part.number = number;
	reader->offset = 0;
	reader->begin = reader->end = 0;
	reader->is_last_look = reader->is_over = reader->is_in_damage = false;
	file_close(&reader->fd);
	return app_log_part_open(reader->directory, reader->part, &reader->fd, error);
}

void app_log_reader_close(AppLogReader *reader)
{
	file_close(&reader->fd);
}

// The number of the next part that is there.
static bool find_next(const AppLogReader *reader, uint64_t *ret_number, bool *ret_is_found,
		      Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	AppLogParts parts = { 0 };
	*ret_is_found = false;
	if (!app_log_parts_list(reader->directory, scratch, &parts, error))
		return false;
	for (size_t i = parts.count; i-- > 0;) {
		const AppLogPart *part = &parts.items[i];
		if (part->instance != reader->part.instance || part->number <= reader->part.number)
			continue;
		*ret_number = part->number;
		*ret_is_found = true;
	}
	return true;
}

// --- bytes

// How much may be read of the part.
static uint64_t limit_of(const AppLogReader *reader)
{
	if (!reader->has_end || reader->part.number < reader->end_number)
		return UINT64_MAX;
	const bool is_end = reader->part.number == reader->end_number;
	return is_end && reader->end_offset > reader->offset ? reader->end_offset - reader->offset
							     : 0;
}

// Passes over holes, which may be as large as a number can be: we make none.
static bool pass_hole(AppLogReader *reader)
{
	const off_t data = lseek(reader->fd, (off_t)reader->offset, SEEK_DATA);
	if (data > (off_t)reader->offset)
		reader->offset = (uint64_t)data;
	return data >= 0 || errno != ENXIO;
}

// More bytes of the part. *ret_got is false at its end.
static bool read_more(AppLogReader *reader, bool *ret_got, Error *error)
{
	memmove(reader->bytes, reader->bytes + reader->begin, reader->end - reader->begin);
	reader->end -= reader->begin;
	reader->begin = 0;
	*ret_got = false;
	if (reader->fd < 0 || !pass_hole(reader))
		return true;
	const uint64_t limit = limit_of(reader);
	const size_t room = sizeof(reader->bytes) - reader->end;
	const ssize_t got = pread(reader->fd, reader->bytes + reader->end,
				  limit < room ? (size_t)limit : room, (off_t)reader->offset);
	if (got < 0 && errno != EINTR)
		return error_set_errno(error, errno, "read the log");
	if (got > 0) {
		reader->offset += (uint64_t)got;
		reader->end += (size_t)got;
	}
	*ret_got = got > 0;
	return true;
}

// At the end of a part: *ret_goes_on when there is something to read, now.
static bool go_on(AppLogReader *reader, bool *ret_goes_on, Error *error)
{
	*ret_goes_on = false;
	if (!reader->is_last_look && reader->fd >= 0) {
		if (app_log_part_is_open(reader->fd))
			return true;
		// It may have grown since we looked.
		reader->is_last_look = *ret_goes_on = true;
		return true;
	}
	// A line without its newline, where the power was cut.
	reader->damaged += reader->end > 0 && !reader->is_in_damage ? 1 : 0;
	uint64_t next = 0;
	bool is_found = false;
	if (!find_next(reader, &next, &is_found, error))
		return false;
	if (!is_found || (reader->has_end && next > reader->end_number)) {
		file_close(&reader->fd);
		reader->end = 0;
		reader->is_over = true;
		return true;
	}
	reader->gaps += next > reader->part.number + 1 ? 1 : 0;
	*ret_goes_on = true;
	return app_log_reader_go(reader, next, error);
}

// --- lines

// Takes what is up to the next newline. False when it has not come yet.
static bool take_bytes(AppLogReader *reader, Span *ret)
{
	const char *start = reader->bytes + reader->begin;
	const size_t length = reader->end - reader->begin;
	const char *newline = memchr(start, '\n', length);
	if (newline) {
		*ret = (Span){ start, (size_t)(newline - start) };
		reader->begin += ret->len + 1;
		return true;
	}
	// Longer than any of ours: what has come of it is of no use.
	if (length > LOG_LINE_BYTES || reader->is_in_damage) {
		reader->damaged += reader->is_in_damage ? 0 : 1;
		reader->is_in_damage = true;
		reader->begin = reader->end;
	}
	return false;
}

// Takes the next line that is one.
static bool take_line(AppLogReader *reader, AppLogLine *ret)
{
	for (Span bytes; take_bytes(reader, &bytes);) {
		const bool is_rest = reader->is_in_damage;
		reader->is_in_damage = false;
		if (!is_rest && bytes.len < LOG_LINE_BYTES && app_log_line_parse(bytes, ret))
			return true;
		reader->damaged += is_rest ? 0 : 1;
	}
	return false;
}

bool app_log_reader_next(AppLogReader *reader, AppLogLine *ret, bool *ret_got, Error *error)
{
	bool goes_on = true;
	*ret_got = false;
	while (goes_on && !reader->is_over) {
		if (take_line(reader, ret)) {
			*ret_got = true;
			return true;
		}
		if (!read_more(reader, &goes_on, error) ||
		    (!goes_on && !go_on(reader, &goes_on, error)))
			return false;
	}
	return true;
}
