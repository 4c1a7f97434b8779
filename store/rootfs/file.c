#include "store/rootfs/file.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/layer/unpack.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/interrupt.h"
#include "pkg/sys/stream/archive.h"
#include "pkg/sys/stream/budget.h"
#include "pkg/sys/stream/inflate.h"
#include "pkg/sys/stream/peek.h"
#include "store/rootfs/disk.h"
#include "store/rootfs/download.h"
#include "store/rootfs/format.h"
#include "store/rootfs/image.h"
#include "store/state/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPARSE_BLOCK 4096

// The bytes of a file, decompressed, and what they are.
typedef struct Content {
	Inflate *inflate;
	Archive *compressed;
	Source *source;
	RootfsFormat format;
	bool is_as_stored; // nothing had to be decompressed
} Content;

static void content_clear(Content *content)
{
	archive_close(&content->compressed);
	inflate_close(&content->inflate);
}

static bool look(Source *from, Arena *arena, Content *content, Error *error)
{
	const void *head = NULL;
	size_t length = 0;
	if (!source_peek(from, ROOTFS_FORMAT_BYTES, arena, &content->source, &head, &length, error))
		return false;
	content->format = rootfs_format_of(head, length);
	return true;
}

// xz and its like; gzip and zstd are done faster by Inflate.
static bool decompress(Content *content, Source **ret, Error *error)
{
	const ArchiveEntry *entry = NULL;
	if (!archive_open(content->source, ARCHIVE_ONLY_COMPRESSION, &content->compressed, error) ||
	    !archive_next(content->compressed, &entry, error))
		return false;
	*ret = archive_entry_source(content->compressed);
	return true;
}

static bool open_content(Source *from, Arena *arena, Content *content, Error *error)
{
	const void *head = NULL;
	size_t length = 0;
	Source *stored = NULL;
	Source *plain = NULL;
	if (!source_peek(from, sizeof(uint32_t), arena, &stored, &head, &length, error))
		return false;
	content->is_as_stored = compression_of_bytes(head, length) == COMPRESSION_NONE;
	content->inflate = inflate_open(stored);
	if (!look(inflate_source(content->inflate), arena, content, error))
		return false;
	if (content->format != ROOTFS_FORMAT_COMPRESSED)
		return true;
	content->is_as_stored = false;
	if (!decompress(content, &plain, error) || !look(plain, arena, content, error))
		return false;
	return content->format != ROOTFS_FORMAT_COMPRESSED ||
	       error_set(error, ERROR_UNSUPPORTED, "it is compressed twice");
}

static bool unpack(const RootfsSite *site, const Content *content, Error *error)
{
	CLEANUP_ARCHIVE archive = NULL;
	return archive_open(content->source, ARCHIVE_PLAIN, &archive, error) &&
	       unpack_tar(archive, site->directory, &unpack_plain, NULL, error);
}

// --- disk images

static bool is_zero(const char *bytes, size_t length)
{
	return length == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

// Writes one block at the offset; pieces of zeros stay holes.
static bool write_sparse(int file, const char *block, size_t length, uint64_t offset, Error *error)
{
	for (size_t at = 0; at < length;) {
		const size_t left = length - at;
		const size_t piece = left < SPARSE_BLOCK ? left : SPARSE_BLOCK;
		if (!is_zero(block + at, piece) &&
		    (lseek(file, (off_t)(offset + at), SEEK_SET) < 0 ||
		     !file_write_fd(file, block + at, piece, error)))
			return error->code != ERROR_NONE ? false
							 : error_set_errno(error, errno, "seek");
		at += piece;
	}
	return true;
}

// A file in the scratch directory with all that the source gives.
static bool spool(const RootfsSite *site, Source *source, int *ret_file, Error *error)
{
	uint64_t size = 0;
	CLEANUP_FD file =
		openat(site->scratch, "source", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return error_set_errno(error, errno, "make a file for it");
	for (;;) {
		const void *block = NULL;
		size_t length = 0;
		if (!interrupt_check(error) || !source_read(source, &block, &length, error))
			return false;
		if (length == 0)
			break;
		if (length > UNPACK_BYTES_MAX - size)
			return error_set(error, ERROR_LIMIT, "more than %ju bytes",
					 (uintmax_t)UNPACK_BYTES_MAX);
		if (!write_sparse(file, block, length, size, error))
			return false;
		size += length;
	}
	if (ftruncate(file, (off_t)size) < 0)
		return error_set_errno(error, errno, "set its size");
	*ret_file = steal_fd(&file);
	return true;
}

// stored: the file itself, when it is one of this host and not compressed; else -1.
static bool fill_from_disk(const RootfsSite *site, const Content *content, int stored, Error *error)
{
	CLEANUP_FD copy = -1;
	if (stored < 0 && !spool(site, content->source, &copy, error))
		return false;
	const int file = stored < 0 ? copy : stored;
	return content->format == ROOTFS_FORMAT_QCOW2 ? rootfs_qcow2_fill(site, file, error)
						      : rootfs_disk_fill(site, file, error);
}

// --- archives of images

// stored: as below. What comes from the web is kept for that time, as much of it as would be of a file.
static bool fill_from_archive(const RootfsSite *site, const Content *content, int stored,
			      Error *error)
{
	const bool is_oci = content->format == ROOTFS_FORMAT_OCI_ARCHIVE;
	Budget budget = { .max_bytes = site->import->pull->download_bytes_max,
			  .setting = "max_download_size" };
	BudgetSource bounded;
	CLEANUP_FD copy = -1;
	budget_source_init(&bounded, content->source, budget.max_bytes > 0 ? &budget : NULL);
	if (stored < 0 && !spool(site, &bounded.source, &copy, error))
		return false;
	return rootfs_image_fill_from(site, is_oci ? "oci-archive" : "docker-archive",
				      stored < 0 ? copy : stored, error);
}

// stored: the file when it is on this host, else -1.
static bool fill_from_content(const RootfsSite *site, const Content *content, int stored,
			      Error *error)
{
	switch (content->format) {
	case ROOTFS_FORMAT_OCI_ARCHIVE:
	case ROOTFS_FORMAT_DOCKER_ARCHIVE:
		return fill_from_archive(site, content, stored, error);
	case ROOTFS_FORMAT_QCOW2:
	case ROOTFS_FORMAT_DISK:
		return fill_from_disk(site, content, content->is_as_stored ? stored : -1, error);
	case ROOTFS_FORMAT_TAR:
	case ROOTFS_FORMAT_COMPRESSED:
		break;
	}
	return unpack(site, content, error);
}

static bool fill_from_source(const RootfsSite *site, Source *source, int stored, Error *error)
{
	CLEANUP(content_clear) Content content = { 0 };
	return open_content(source, site->arena, &content, error) &&
	       fill_from_content(site, &content, stored, error);
}

static bool is_same(int left, int right)
{
	struct stat a, b;
	return fstat(left, &a) == 0 && fstat(right, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

// The store in a source is left out of the copy. A source in the store must not have the copy in it.
static bool copy_directory(const RootfsSite *site, int source, FileTreeCopied *ret, Error *error)
{
	CLEANUP_FD data = -1;
	CLEANUP_FD rootfses = -1;
	if (!layout_open(site->host, LAYOUT_ROOT, &data, error) ||
	    !layout_open(site->host, LAYOUT_ROOTFS, &rootfses, error))
		return false;
	if (is_same(source, data) || is_same(source, rootfses))
		return error_set(error, ERROR_INVALID, "that is where sdme keeps its own things");
	return file_tree_copy(source, site->directory, data, ret, error);
}

static bool fill_from_directory(const RootfsSite *site, int source, Error *error)
{
	FileTreeCopied copied = { 0 };
	if (file_exists(source, "oci-layout") && file_exists(source, "index.json"))
		return rootfs_image_fill_from(site, "oci", source, error);
	if (!copy_directory(site, source, &copied, error))
		return false;
	if (copied.mounts > 0)
		rootfs_site_tell(
			site,
			arena_printf(site->arena, "left out what is mounted in it, at %ju place%s",
				     (uintmax_t)copied.mounts, copied.mounts > 1 ? "s" : ""));
	return true;
}

bool rootfs_file_fill(const RootfsSite *site, const char *path, Error *error)
{
	CLEANUP_FD fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat status;
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_set_errno(error, errno, "open '%s'", path);
	if (S_ISDIR(status.st_mode))
		return fill_from_directory(site, fd, error);
	if (S_ISREG(status.st_mode))
		return fill_from_source(site, source_of_fd(fd, site->arena), fd, error);
	return error_set(error, ERROR_INVALID, "'%s' is neither a directory nor a file", path);
}

bool rootfs_url_fill(const RootfsSite *site, const char *url, Error *error)
{
	const PullOptions *pull = site->import->pull;
	const DownloadOptions options = {
		.bytes_max = pull->download_bytes_max,
		.answer_timeout_ms = pull->answer_timeout_ms,
		.body_timeout_ms = pull->body_timeout_ms,
		.progress = site->host->progress,
		.item = site->import->name,
	};
	CLEANUP_DOWNLOAD download = NULL;
	return download_open(url, &options, site->arena, &download, error) &&
	       fill_from_source(site, download_source(download), -1, error);
}
