#include "pkg/sys/stream/qcow2.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <endian.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLUSTER ((size_t)65536)
#define L1      (1 * CLUSTER)
#define L2      (2 * CLUSTER)
#define DATA    (3 * CLUSTER)
#define PACKED  (4 * CLUSTER)
#define END     (5 * CLUSTER)
#define DISK    (4 * CLUSTER + 100)

static void put_u32(char *image, size_t offset, uint32_t value)
{
	value = htobe32(value);
	memcpy(image + offset, &value, sizeof(value));
}

static void put_u64(char *image, size_t offset, uint64_t value)
{
	value = htobe64(value);
	memcpy(image + offset, &value, sizeof(value));
}

// A stored block of RFC 1951 takes 65535 bytes at most: one byte, then the rest.
static size_t put_stored(char *at, char fill)
{
	static const char heads[2][5] = { { 0, '\x01', '\x00', '\xfe', '\xff' },
					  { 1, '\xff', '\xff', '\x00', '\x00' } };
	memcpy(at, heads[0], 5);
	at[5] = fill;
	memcpy(at + 6, heads[1], 5);
	memset(at + 11, fill, CLUSTER - 1);
	return CLUSTER + 10;
}

// A disk of five clusters: data, a hole, zeros, compressed data, and 100 bytes of data.
static char *make_image(Test *test)
{
	char *image = arena_alloc(test->arena, END + CLUSTER);
	memcpy(image, "QFI\xfb", 4);
	put_u32(image, 4, 3);
	put_u32(image, 20, 16); // cluster_bits
	put_u64(image, 24, DISK);
	put_u32(image, 36, 1);
	put_u64(image, 40, L1);
	put_u32(image, 96, 4);
	put_u32(image, 100, 104);
	put_u64(image, L1, L2 | UINT64_C(1) << 63);
	put_u64(image, L2, DATA | UINT64_C(1) << 63);
	put_u64(image, L2 + 16, DATA | 1); // all zeros, whatever lies there
	const uint64_t sectors = (put_stored(image + PACKED, 'c') + 511) / 512;
	put_u64(image, L2 + 24, PACKED | (sectors - 1) << 54 | UINT64_C(1) << 62);
	put_u64(image, L2 + 32, DATA | UINT64_C(1) << 63);
	memset(image + DATA, 'a', CLUSTER);
	return image;
}

static int in_memory(const char *bytes, size_t length)
{
	CLEANUP_ERROR error = { 0 };
	const int fd = memfd_create("test", MFD_CLOEXEC);
	return fd >= 0 && file_write_fd(fd, bytes, length, &error) ? fd : -1;
}

static bool convert(Test *test, const char *image, size_t length, uint64_t max, int *ret_raw)
{
	CLEANUP_FD from = in_memory(image, length);
	CLEANUP_FD to = memfd_create("raw", MFD_CLOEXEC);
	if (!qcow2_convert(from, to, max, &test->error))
		return false;
	*ret_raw = steal_fd(&to);
	return true;
}

static bool refuse(Test *test, const char *image, size_t length)
{
	CLEANUP_FD raw = -1;
	return convert(test, image, length, UINT64_MAX, &raw);
}

static bool is_filled(int raw, uint64_t offset, size_t length, char fill)
{
	char *bytes = memory_resize(NULL, length);
	const bool is_read = pread(raw, bytes, length, (off_t)offset) == (ssize_t)length;
	const bool is_right =
		is_read && bytes[0] == fill && memcmp(bytes, bytes + 1, length - 1) == 0;
	free(bytes);
	return is_right;
}

TEST(qcow2_becomes_a_raw_disk)
{
	CLEANUP_FD raw = -1;
	struct stat status;
	CHECK(convert(test, make_image(test), END + CLUSTER, UINT64_MAX, &raw));
	CHECK(fstat(raw, &status) == 0 && status.st_size == (off_t)DISK);
	CHECK(is_filled(raw, 0, CLUSTER, 'a'));
	CHECK(is_filled(raw, CLUSTER, 2 * CLUSTER, '\0'));
	CHECK(is_filled(raw, 3 * CLUSTER, CLUSTER, 'c'));
	CHECK(is_filled(raw, 4 * CLUSTER, 100, 'a'));
	CHECK(lseek(raw, CLUSTER, SEEK_DATA) == 3 * (off_t)CLUSTER);
}

TEST(qcow2_is_bounded)
{
	CLEANUP_FD raw = -1;
	CHECK_ERROR(convert(test, make_image(test), END + CLUSTER, CLUSTER, &raw),
		    "the disk has more data than is allowed");
	char *image = make_image(test);
	put_u64(image, 24, UINT64_C(1) << 62);
	CHECK_ERROR(refuse(test, image, END),
		    "the qcow2 image is damaged: its L1 table is too short");
	put_u32(image, 36, UINT32_MAX);
	CHECK_ERROR(refuse(test, image, END),
		    "the qcow2 image is damaged: its L1 table is too short");
	put_u64(image, 24, DISK);
	CHECK_ERROR(refuse(test, image, END),
		    "the L1 table of the qcow2 image has 4294967295 entries");
}

TEST(qcow2_refuses_what_it_does_not_read)
{
	static const struct {
		size_t offset;
		uint64_t value;
		const char *words;
	} cases[] = {
		{ 8, 200, "qcow2 images with a backing file are not read" },
		{ 72, 2, "the qcow2 image is damaged: it says so itself" },
		{ 72, 4, "qcow2 images with an external data file are not read" },
		{ 72, 16, "qcow2 images with extended L2 entries are not read" },
		{ 72, 32, "qcow2 images with features of later versions are not read" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *image = make_image(test);
		put_u64(image, cases[i].offset, cases[i].value);
		CHECK_ERROR(refuse(test, image, END), cases[i].words);
	}
	char *image = make_image(test);
	put_u32(image, 32, 2);
	CHECK_ERROR(refuse(test, image, END), "qcow2 images with encryption are not read");
	put_u32(image, 4, 4);
	CHECK_ERROR(refuse(test, image, END), "version 4 of qcow2 is not read");
	image[0] = 'X';
	CHECK_ERROR(refuse(test, image, END), "the qcow2 image is damaged: it has no header");
}

TEST(qcow2_that_is_damaged)
{
	static const struct {
		size_t offset;
		uint64_t value;
		const char *words;
	} cases[] = {
		{ 40, UINT64_MAX, "the L1 table" },
		{ L1, CLUSTER << 20, "an L2 table" },
		{ L1, L2 + 512, "an L2 table that is not aligned" },
		{ L2, CLUSTER << 20, "a cluster beyond its end" },
		{ L2, DATA + 512, "a cluster that is not aligned" },
		{ L2 + 24, END * 2 | UINT64_C(1) << 62, "a compressed cluster" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *image = make_image(test);
		put_u64(image, cases[i].offset, cases[i].value);
		CHECK_ERROR(refuse(test, image, END + CLUSTER),
			    arena_printf(test->arena, "the qcow2 image is damaged: %s",
					 cases[i].words));
	}
	char *image = make_image(test);
	memset(image + PACKED, 0xff, 100);
	CHECK_ERROR(refuse(test, image, END + CLUSTER), "the deflate data is damaged");
	CHECK_ERROR(refuse(test, image, 50), "the qcow2 image is damaged: it is cut off");
	put_u32(image, 20, 40);
	CHECK_ERROR(refuse(test, image, END), "the qcow2 image is damaged: the cluster size");
}
