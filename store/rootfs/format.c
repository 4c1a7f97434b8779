#include "store/rootfs/format.h"

#include "pkg/base/text.h"

#include <stdint.h>
#include <string.h>

#define TAR_BLOCK        512
#define TAR_NAME_BYTES   100
#define TAR_SIZE_OFFSET  124
#define TAR_SIZE_BYTES   12
#define TAR_TYPE_OFFSET  156
#define DIGEST_HEX_BYTES 64

// Marks at fixed places. gzip and zstd are not here: pkg/sys/stream/inflate.h sees to them.
static const struct {
	size_t offset;
	const char *bytes;
	size_t length;
	RootfsFormat format;
} marks[] = {
	{ 0, "QFI\xfb", 4, ROOTFS_FORMAT_QCOW2 },
	{ 257, "ustar", 5, ROOTFS_FORMAT_TAR },
	{ 0,
	  "\xfd"
	  "7zXZ\0",
	  6, ROOTFS_FORMAT_COMPRESSED },
	{ 0, "BZh", 3, ROOTFS_FORMAT_COMPRESSED },
	{ 0, "\x04\x22\x4d\x18", 4, ROOTFS_FORMAT_COMPRESSED },
	{ 0, "\x5d\0\0", 3, ROOTFS_FORMAT_COMPRESSED },
	{ 512, "EFI PART", 8, ROOTFS_FORMAT_DISK },
	{ 0, "hsqs", 4, ROOTFS_FORMAT_DISK },
	{ 0, "XFSB", 4, ROOTFS_FORMAT_DISK },
	{ 1080, "\x53\xef", 2, ROOTFS_FORMAT_DISK },         // ext2, 3, 4
	{ 1024, "\xe2\xe1\xf5\xe0", 4, ROOTFS_FORMAT_DISK }, // erofs
	{ 65600, "_BHRfS_M", 8, ROOTFS_FORMAT_DISK },        // btrfs
	{ 510, "\x55\xaa", 2, ROOTFS_FORMAT_DISK },          // a partition table of the old kind
};

// The octal size in the header of a tar entry; 0 when it is none.
static uint64_t tar_size(const char *header)
{
	uint64_t size = 0;
	for (size_t i = 0; i < TAR_SIZE_BYTES; i++) {
		const char digit = header[TAR_SIZE_OFFSET + i];
		if (digit < '0' || digit > '7')
			break;
		size = size * 8 + (uint64_t)(digit - '0');
	}
	return size;
}

// The name of the first entry that is a file or a directory below the top; "" when it is not in these bytes.
static Span first_name(const char *bytes, size_t length)
{
	for (size_t at = 0; at + TAR_BLOCK <= length;) {
		const char *header = bytes + at;
		Span name = { header, strnlen(header, TAR_NAME_BYTES) };
		const char type = header[TAR_TYPE_OFFSET];
		if (name.len >= 2 && memcmp(name.ptr, "./", 2) == 0)
			name = (Span){ name.ptr + 2, name.len - 2 };
		if ((type == '0' || type == '5' || type == '\0') && name.len > 0 &&
		    !span_equal(name, "."))
			return name;
		const uint64_t size = tar_size(header);
		if (size > length)
			break;
		at += TAR_BLOCK + (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	}
	return span_of("");
}

// The part before the first slash.
static Span top_of(Span name)
{
	const char *slash = memchr(name.ptr, '/', name.len);
	return slash ? (Span){ name.ptr, (size_t)(slash - name.ptr) } : name;
}

static bool starts_with_digest(Span name)
{
	size_t digits = 0;
	while (digits < name.len && strchr("0123456789abcdef", name.ptr[digits]))
		digits++;
	return digits == DIGEST_HEX_BYTES;
}

// No root file system has such things at its top, and images begin with nothing else.
static RootfsFormat format_of_tar(const char *bytes, size_t length)
{
	static const char *const of_oci[] = { "oci-layout", "index.json", "blobs" };
	static const char *const of_docker[] = { "manifest.json", "repositories" };
	const Span top = top_of(first_name(bytes, length));
	for (size_t i = 0; i < COUNT(of_oci); i++) {
		if (span_equal(top, of_oci[i]))
			return ROOTFS_FORMAT_OCI_ARCHIVE;
	}
	for (size_t i = 0; i < COUNT(of_docker); i++) {
		if (span_equal(top, of_docker[i]))
			return ROOTFS_FORMAT_DOCKER_ARCHIVE;
	}
	return starts_with_digest(top) ? ROOTFS_FORMAT_DOCKER_ARCHIVE : ROOTFS_FORMAT_TAR;
}

RootfsFormat rootfs_format_of(const void *bytes, size_t length)
{
	const char *start = bytes;
	for (size_t i = 0; i < COUNT(marks); i++) {
		if (marks[i].offset + marks[i].length > length ||
		    memcmp(start + marks[i].offset, marks[i].bytes, marks[i].length) != 0)
			continue;
		return marks[i].format == ROOTFS_FORMAT_TAR ? format_of_tar(start, length)
							    : marks[i].format;
	}
	return ROOTFS_FORMAT_TAR;
}
