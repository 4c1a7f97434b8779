#include "pkg/base/text.h"
#include "pkg/oci/layer/tar_header.h"
#include "pkg/sys/stream/archive.h"
#include "tests/unit/test.h"

static bool read_back(Test *test, const char *name, uint64_t size, const ArchiveEntry **ret,
		      Archive **archive)
{
	unsigned char *header = arena_alloc(test->arena, TAR_BLOCK_BYTES);
	tar_header_print(name, size, header);
	Source *source = source_of_bytes(header, TAR_BLOCK_BYTES, 0, test->arena);
	return archive_open(source, ARCHIVE_PLAIN, archive, &test->error) &&
	       archive_next(*archive, ret, &test->error) && *ret;
}

TEST(tar_header_is_read_back)
{
	CLEANUP_ARCHIVE archive = NULL;
	const ArchiveEntry *entry = NULL;
	CHECK(read_back(test, "blobs/sha256/ab", 1234567, &entry, &archive));
	CHECK_TEXT(entry->path, "blobs/sha256/ab");
	CHECK(entry->kind == ARCHIVE_ENTRY_FILE && entry->size_bytes == 1234567);
	CHECK(entry->mode == 0644 && entry->uid == 0 && entry->gid == 0 && entry->modified_s == 0);
}

TEST(tar_header_of_a_large_file)
{
	static const int64_t sizes[] = { 0, 077777777777, 0100000000000, (int64_t)1 << 45 };
	for (size_t i = 0; i < COUNT(sizes); i++) {
		CLEANUP_ARCHIVE archive = NULL;
		const ArchiveEntry *entry = NULL;
		CHECK(read_back(test, "x", (uint64_t)sizes[i], &entry, &archive));
		CHECK(entry->size_bytes == sizes[i]);
	}
}

TEST(tar_padding_fills_a_block)
{
	CHECK(tar_padding(0) == 0 && tar_padding(512) == 0);
	CHECK(tar_padding(1) == 511 && tar_padding(513) == 511 && tar_padding(1023) == 1);
}
