#include "pkg/sys/stream/qcow2.h"

#include "pkg/base/arena.h"
#include "pkg/sys/interrupt.h"
#include "pkg/sys/stream/inflate.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_BYTES        112
#define HEADER_BYTES_V3_MIN 104
#define CLUSTER_BITS_MIN    9
#define CLUSTER_BITS_MAX    21
#define L1_BYTES_MAX        (UINT64_C(32) << 20) // qemu's bound
#define ENTRY_BYTES         8
#define SECTOR_BYTES        512

#define OFFSET_MASK           UINT64_C(0x00fffffffffffe00) // of L1 and L2 entries
#define L2_COMPRESSED         (UINT64_C(1) << 62)
#define L2_ZERO               UINT64_C(1)
#define COMPRESSION_ZSTD_TYPE 1

// Bits of incompatible_features.
#define FEATURE_DIRTY            (UINT64_C(1) << 0) // of reference counts, which a reader does not need
#define FEATURE_CORRUPT          (UINT64_C(1) << 1)
#define FEATURE_EXTERNAL_DATA    (UINT64_C(1) << 2)
#define FEATURE_COMPRESSION_TYPE (UINT64_C(1) << 3)
#define FEATURE_EXTENDED_L2      (UINT64_C(1) << 4)

typedef struct Qcow2 {
	int image;
	int raw;
	uint64_t file_bytes;
	uint64_t disk_bytes; // as the machine would see it
	uint64_t l1_offset;
	uint64_t l1_count;
	unsigned cluster_bits;
	InflateFormat compression;
	uint64_t bytes_left; // of what may be written
	Arena *arena;
	unsigned char *packed;  // a compressed cluster
	unsigned char *cluster; // a plain one
} Qcow2;

static bool damaged_qcow2(const char *what, Error *error)
{
	return error_set(error, ERROR_INVALID, "the qcow2 image is damaged: %s", what);
}

static bool unsupported(const char *what, Error *error)
{
	return error_set(error, ERROR_UNSUPPORTED, "qcow2 images with %s are not read", what);
}

static uint64_t cluster_bytes(const Qcow2 *self)
{
	return UINT64_C(1) << self->cluster_bits;
}

// All of the bytes, or an error: what lies outside of the file is damage.
static bool read_at(const Qcow2 *self, void *ret, uint64_t length, uint64_t offset,
		    const char *what, Error *error)
{
	if (offset > self->file_bytes || length > self->file_bytes - offset)
		return damaged_qcow2(what, error);
	for (uint64_t done = 0; done < length;) {
		const ssize_t got = pread(self->image, (char *)ret + done, length - done,
					  (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(error, errno, "read the qcow2 image");
		if (got == 0)
			return damaged_qcow2(what, error);
		done += (uint64_t)got;
	}
	return true;
}

static uint32_t u32_at(const unsigned char *header, size_t offset)
{
	uint32_t value = 0;
	memcpy(&value, header + offset, sizeof(value));
	return be32toh(value);
}

static uint64_t u64_at(const unsigned char *header, size_t offset)
{
	uint64_t value = 0;
	memcpy(&value, header + offset, sizeof(value));
	return be64toh(value);
}

// --- the header

static bool check_features(uint64_t features, Error *error)
{
	if (features & FEATURE_CORRUPT)
		return damaged_qcow2("it says so itself", error);
	if (features & FEATURE_EXTERNAL_DATA)
		return unsupported("an external data file", error);
	if (features & FEATURE_EXTENDED_L2)
		return unsupported("extended L2 entries", error);
	if (features & ~(FEATURE_DIRTY | FEATURE_COMPRESSION_TYPE))
		return unsupported("features of later versions", error);
	return true;
}

static bool read_version_3(Qcow2 *self, const unsigned char *header, Error *error)
{
	const uint64_t features = u64_at(header, 72);
	const uint32_t length = u32_at(header, 100);
	if (!check_features(features, error))
		return false;
	if (length < HEADER_BYTES_V3_MIN)
		return damaged_qcow2("its header is too short", error);
	const unsigned char type = length > HEADER_BYTES_V3_MIN ? header[104] : 0;
	if (!(features & FEATURE_COMPRESSION_TYPE) || type == 0)
		return true;
	if (type != COMPRESSION_ZSTD_TYPE)
		return unsupported("an unknown compression", error);
	self->compression = INFLATE_ZSTD;
	return true;
}

// One L1 entry leads to one cluster of L2 entries, and each of those to one cluster.
static bool check_sizes(const Qcow2 *self, Error *error)
{
	const unsigned bits = self->cluster_bits;
	if (bits < CLUSTER_BITS_MIN || bits > CLUSTER_BITS_MAX)
		return damaged_qcow2("the cluster size", error);
	if (self->disk_bytes > INT64_MAX)
		return damaged_qcow2("the disk size", error);
	const unsigned reach = bits + bits - 3;
	const uint64_t wanted = (self->disk_bytes >> reach) +
				((self->disk_bytes & ((UINT64_C(1) << reach) - 1)) != 0);
	if (self->l1_count < wanted)
		return damaged_qcow2("its L1 table is too short", error);
	if (self->l1_count > L1_BYTES_MAX / ENTRY_BYTES)
		return error_set(error, ERROR_LIMIT,
				 "the L1 table of the qcow2 image has %ju entries",
				 (uintmax_t)self->l1_count);
	// Before there is room for it: its size comes from a stranger.
	return self->l1_count * ENTRY_BYTES <= self->file_bytes ||
	       damaged_qcow2("the L1 table", error);
}

static bool read_qcow2_header(Qcow2 *self, Error *error)
{
	unsigned char header[HEADER_BYTES] = { 0 };
	if (!read_at(self, header, self->file_bytes < HEADER_BYTES ? 72 : HEADER_BYTES, 0,
		     "it is cut off", error))
		return false;
	if (memcmp(header, "QFI\xfb", 4) != 0)
		return damaged_qcow2("it has no header", error);
	const uint32_t version = u32_at(header, 4);
	if (version != 2 && version != 3)
		return error_set(error, ERROR_UNSUPPORTED, "version %u of qcow2 is not read",
				 version);
	if (u64_at(header, 8) != 0)
		return unsupported("a backing file", error);
	if (u32_at(header, 32) != 0)
		return unsupported("encryption", error);
	self->cluster_bits = u32_at(header, 20);
	self->disk_bytes = u64_at(header, 24);
	self->l1_count = u32_at(header, 36);
	self->l1_offset = u64_at(header, 40);
	if (version == 3 && !read_version_3(self, header, error))
		return false;
	return check_sizes(self, error);
}

// --- clusters

static bool is_zero(const unsigned char *bytes, size_t length)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

// The last cluster may reach beyond the end of the disk.
static bool write_cluster(Qcow2 *self, uint64_t at, Error *error)
{
	const uint64_t rest = self->disk_bytes - at;
	const size_t length = (size_t)(rest < cluster_bytes(self) ? rest : cluster_bytes(self));
	if (is_zero(self->cluster, length))
		return true;
	if (length > self->bytes_left)
		return error_set(error, ERROR_LIMIT, "the disk has more data than is allowed");
	self->bytes_left -= length;
	for (size_t done = 0; done < length;) {
		const ssize_t put =
			pwrite(self->raw, self->cluster + done, length - done, (off_t)(at + done));
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_set_errno(error, errno, "write the disk");
		done += (size_t)put;
	}
	return true;
}

// The entry tells where the compressed data begins, and in how many sectors it ends.
static bool read_compressed(Qcow2 *self, uint64_t entry, Error *error)
{
	const unsigned size_bits = self->cluster_bits - 8;
	const unsigned shift = 62 - size_bits;
	const uint64_t offset = entry & ((UINT64_C(1) << shift) - 1);
	const uint64_t sectors = ((entry >> shift) & ((UINT64_C(1) << size_bits) - 1)) + 1;
	uint64_t length = sectors * SECTOR_BYTES - (offset & (SECTOR_BYTES - 1));
	// The last sector of the file may be shorter than it says.
	if (offset < self->file_bytes && length > self->file_bytes - offset)
		length = self->file_bytes - offset;
	return read_at(self, self->packed, length, offset, "a compressed cluster", error) &&
	       inflate_bytes(self->compression, self->packed, (size_t)length, self->cluster,
			     (size_t)cluster_bytes(self), error);
}

// `at`: the place on the disk.
static bool copy_cluster(Qcow2 *self, uint64_t entry, uint64_t at, Error *error)
{
	if (entry & L2_COMPRESSED)
		return read_compressed(self, entry, error) && write_cluster(self, at, error);
	const uint64_t offset = entry & OFFSET_MASK;
	if (offset == 0 || (entry & L2_ZERO))
		return true;
	if (offset & (cluster_bytes(self) - 1))
		return damaged_qcow2("a cluster that is not aligned", error);
	// An image that is being made may end in the middle of its last cluster.
	const uint64_t left = offset < self->file_bytes ? self->file_bytes - offset : 0;
	const uint64_t length = left < cluster_bytes(self) ? left : cluster_bytes(self);
	if (length == 0)
		return damaged_qcow2("a cluster beyond its end", error);
	memset(self->cluster, 0, (size_t)cluster_bytes(self));
	return read_at(self, self->cluster, length, offset, "a cluster", error) &&
	       write_cluster(self, at, error);
}

static bool copy_table(Qcow2 *self, uint64_t l1_entry, uint64_t at, uint64_t *table, Error *error)
{
	const uint64_t offset = l1_entry & OFFSET_MASK;
	if (offset == 0)
		return true;
	if ((offset & (cluster_bytes(self) - 1)) != 0)
		return damaged_qcow2("an L2 table that is not aligned", error);
	if (!read_at(self, table, cluster_bytes(self), offset, "an L2 table", error))
		return false;
	for (uint64_t i = 0; i < cluster_bytes(self) / ENTRY_BYTES && at < self->disk_bytes; i++) {
		if (!interrupt_check(error) || !copy_cluster(self, be64toh(table[i]), at, error))
			return false;
		at += cluster_bytes(self);
	}
	return true;
}

static bool copy_disk(Qcow2 *self, Error *error)
{
	const uint64_t reach = cluster_bytes(self) / ENTRY_BYTES * cluster_bytes(self);
	uint64_t *l1 = arena_array(self->arena, (size_t)self->l1_count + 1, ENTRY_BYTES);
	uint64_t *table = arena_alloc(self->arena, (size_t)cluster_bytes(self));
	if (!read_at(self, l1, self->l1_count * ENTRY_BYTES, self->l1_offset, "the L1 table",
		     error))
		return false;
	uint64_t at = 0;
	for (uint64_t i = 0; i < self->l1_count && at < self->disk_bytes; i++, at += reach) {
		if (!copy_table(self, be64toh(l1[i]), at, table, error))
			return false;
	}
	return true;
}

bool qcow2_convert(int image, int raw, uint64_t bytes_max, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	struct stat status;
	if (fstat(image, &status) < 0)
		return error_set_errno(error, errno, "look at the qcow2 image");
	Qcow2 self = {
		.image = image,
		.raw = raw,
		.file_bytes = (uint64_t)status.st_size,
		.compression = INFLATE_RAW_DEFLATE,
		.bytes_left = bytes_max,
		.arena = arena,
	};
	if (!read_qcow2_header(&self, error))
		return false;
	self.cluster = arena_alloc(arena, (size_t)cluster_bytes(&self));
	// As many sectors as an entry can name.
	self.packed = arena_alloc(arena, (size_t)cluster_bytes(&self) * 2 + SECTOR_BYTES);
	if (ftruncate(raw, (off_t)self.disk_bytes) < 0)
		return error_set_errno(error, errno, "set the size of the disk");
	return copy_disk(&self, error);
}
