// An image in one archive, which is written as it comes.
#include "pkg/oci/layer/tar_header.h"
#include "pkg/sys/file.h"
#include "store/image/export_target.h"

#include <errno.h>
#include <unistd.h>

typedef struct ArchiveTarget {
	ExportTarget target;
	Sink sink; // of the current file
	int fd;
	uint64_t header;     // where the current file's header will be
	uint64_t size_bytes; // of the current file
} ArchiveTarget;

static ArchiveTarget *target_of(Sink *sink)
{
	return (ArchiveTarget *)((char *)sink - offsetof(ArchiveTarget, sink));
}

static bool write_content(Sink *sink, const void *bytes, size_t length, Error *error)
{
	ArchiveTarget *self = target_of(sink);
	self->size_bytes += length;
	return file_write_fd(self->fd, bytes, length, error);
}

// Room for the header: the size is not known yet.
static bool begin(ExportTarget *target, Sink **ret, Error *error)
{
	static const unsigned char room[TAR_BLOCK_BYTES] = { 0 };
	ArchiveTarget *self = (ArchiveTarget *)target;
	self->size_bytes = 0;
	*ret = &self->sink;
	return file_write_fd(self->fd, room, sizeof(room), error);
}

static bool write_header(ArchiveTarget *self, const char *name, Error *error)
{
	unsigned char header[TAR_BLOCK_BYTES];
	tar_header_print(name, self->size_bytes, header);
	const ssize_t written = pwrite(self->fd, header, sizeof(header), (off_t)self->header);
	if (written < 0)
		return error_set_errno(error, errno, "write the header of '%s'", name);
	return written == sizeof(header) ||
	       error_set(error, ERROR_SYSTEM, "write the header of '%s': only a part", name);
}

static bool end(ExportTarget *target, const char *name, Error *error)
{
	static const unsigned char zeros[TAR_BLOCK_BYTES] = { 0 };
	ArchiveTarget *self = (ArchiveTarget *)target;
	const size_t padding = tar_padding(self->size_bytes);
	if (!write_header(self, name, error) || !file_write_fd(self->fd, zeros, padding, error))
		return false;
	self->header += TAR_BLOCK_BYTES + self->size_bytes + padding;
	return true;
}

// Two empty blocks.
static bool finish(ExportTarget *target, Error *error)
{
	static const unsigned char zeros[2 * TAR_BLOCK_BYTES] = { 0 };
	return file_write_fd(((ArchiveTarget *)target)->fd, zeros, sizeof(zeros), error);
}

static void close_target(ExportTarget *target)
{
	(void)target; // the descriptor is the caller's
}

ExportTarget *export_archive(int fd, Arena *arena)
{
	ArchiveTarget *self = ARENA_NEW(arena, ArchiveTarget);
	*self = (ArchiveTarget){ .target = { begin, end, finish, close_target },
				 .sink.write = write_content,
				 .fd = fd };
	return &self->target;
}
