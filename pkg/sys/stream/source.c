#include "pkg/sys/stream/source.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"

#include <errno.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)256 * 1024)

bool source_drain(Source *source, Error *error)
{
	for (;;) {
		const void *block = NULL;
		size_t length = 0;
		if (!source_read(source, &block, &length, error))
			return false;
		if (length == 0)
			return true;
	}
}

bool source_write_fd(Source *source, int fd, uint64_t *ret_size, Error *error)
{
	uint64_t size = 0;
	for (;;) {
		const void *block = NULL;
		size_t length = 0;
		if (!source_read(source, &block, &length, error))
			return false;
		if (length == 0)
			break;
		if (!file_write_fd(fd, block, length, error))
			return false;
		size += length;
	}
	if (ret_size)
		*ret_size = size;
	return true;
}

bool source_read_all(Source *source, size_t max, Arena *arena, const char **ret, size_t *ret_length,
		     Error *error)
{
	CLEANUP_BUFFER content = { 0 };
	for (;;) {
		const void *block = NULL;
		size_t length = 0;
		if (!source_read(source, &block, &length, error))
			return false;
		if (length == 0)
			break;
		if (length > max - content.length)
			return error_set(error, ERROR_LIMIT, "larger than %zu bytes", max);
		buffer_add_bytes(&content, block, length);
	}
	if (ret_length)
		*ret_length = content.length;
	*ret = buffer_take(&content, arena);
	return true;
}

typedef struct FdSource {
	Source source;
	int fd;
	char *block;
} FdSource;

static bool fd_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	FdSource *self = (FdSource *)source;
	ssize_t got = -1;
	do
		got = read(self->fd, self->block, BLOCK_BYTES);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_set_errno(error, errno, "read");
	*ret_block = self->block;
	*ret_length = (size_t)got;
	return true;
}

static bool fd_skip(Source *source, uint64_t count, uint64_t *ret_skipped, Error *error)
{
	const FdSource *self = (const FdSource *)source;
	if (count > INT64_MAX || lseek(self->fd, (off_t)count, SEEK_CUR) < 0)
		return error_set(error, ERROR_INVALID, "cannot skip %ju bytes", (uintmax_t)count);
	*ret_skipped = count;
	return true;
}

Source *source_of_fd(int fd, Arena *arena)
{
	FdSource *self = ARENA_NEW(arena, FdSource);
	const bool is_seekable = lseek(fd, 0, SEEK_CUR) >= 0;
	self->source = (Source){ .read = fd_read, .skip = is_seekable ? fd_skip : NULL };
	self->fd = fd;
	self->block = arena_alloc(arena, BLOCK_BYTES);
	return &self->source;
}

void source_set_fd(Source *source, int fd)
{
	((FdSource *)source)->fd = fd;
}

typedef struct RangeSource {
	Source source;
	int fd;
	uint64_t offset;
	uint64_t left;
	char *block;
} RangeSource;

static bool range_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	RangeSource *self = (RangeSource *)source;
	const size_t wanted = self->left < BLOCK_BYTES ? (size_t)self->left : BLOCK_BYTES;
	ssize_t got = -1;
	do {
		if (!interrupt_check(error))
			return false;
		got = pread(self->fd, self->block, wanted, (off_t)self->offset);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_set_errno(error, errno, "read");
	self->offset += (uint64_t)got;
	self->left -= (uint64_t)got;
	*ret_block = self->block;
	*ret_length = (size_t)got;
	return true;
}

static bool range_skip(Source *source, uint64_t count, uint64_t *ret_skipped, Error *error)
{
	RangeSource *self = (RangeSource *)source;
	(void)error; // a place is a number
	const uint64_t skipped = count < self->left ? count : self->left;
	self->offset += skipped;
	self->left -= skipped;
	*ret_skipped = skipped;
	return true;
}

Source *source_of_range(int fd, uint64_t offset, uint64_t length, Arena *arena)
{
	RangeSource *self = ARENA_NEW(arena, RangeSource);
	self->source = (Source){ .read = range_read, .skip = range_skip };
	self->fd = fd;
	self->offset = offset;
	self->left = length;
	self->block = arena_alloc(arena, BLOCK_BYTES);
	return &self->source;
}

typedef struct BytesSource {
	Source source;
	const char *rest;
	size_t left;
	size_t block;
} BytesSource;

static bool bytes_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	BytesSource *self = (BytesSource *)source;
	(void)error; // memory does not fail
	const size_t length = self->left < self->block ? self->left : self->block;
	*ret_block = self->rest;
	*ret_length = length;
	self->rest += length;
	self->left -= length;
	return true;
}

Source *source_of_bytes(const void *bytes, size_t length, size_t block, Arena *arena)
{
	BytesSource *self = ARENA_NEW(arena, BytesSource);
	self->source.read = bytes_read;
	self->rest = bytes;
	self->left = length;
	self->block = block > 0 ? block : length;
	return &self->source;
}
