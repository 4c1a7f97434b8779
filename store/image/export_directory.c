// An image as a directory of blobs.
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/image/export_target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

// The file that has no name yet.
#define PARTIAL ".partial"

typedef struct DirectoryTarget {
	ExportTarget target;
	Sink sink; // of the current file
	int directory;
	int file;
} DirectoryTarget;

static bool write_content(Sink *sink, const void *bytes, size_t length, Error *error)
{
	DirectoryTarget *self = (DirectoryTarget *)((char *)sink - offsetof(DirectoryTarget, sink));
	return file_write_fd(self->file, bytes, length, error);
}

static bool begin(ExportTarget *target, Sink **ret, Error *error)
{
	DirectoryTarget *self = (DirectoryTarget *)target;
	self->file =
		openat(self->directory, PARTIAL, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (self->file < 0)
		return error_set_errno(error, errno, "create a file");
	*ret = &self->sink;
	return true;
}

static bool end(ExportTarget *target, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	DirectoryTarget *self = (DirectoryTarget *)target;
	file_close(&self->file);
	if (!file_make_directories(self->directory, path_parent(scratch, name), 0755, error))
		return false;
	if (renameat(self->directory, PARTIAL, self->directory, name) < 0)
		return error_set_errno(error, errno, "create '%s'", name);
	return true;
}

static bool finish(ExportTarget *target, Error *error)
{
	DirectoryTarget *self = (DirectoryTarget *)target;
	if (syncfs(self->directory) < 0)
		return error_set_errno(error, errno, "sync the directory");
	return true;
}

static void close_target(ExportTarget *target)
{
	file_close(&((DirectoryTarget *)target)->file);
}

ExportTarget *export_directory(int directory, Arena *arena)
{
	DirectoryTarget *self = ARENA_NEW(arena, DirectoryTarget);
	*self = (DirectoryTarget){ .target = { begin, end, finish, close_target },
				   .sink.write = write_content,
				   .directory = directory,
				   .file = -1 };
	return &self->target;
}
