#include "pkg/sys/kernel/block.h"

#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB (1024u * 1024)

static void put_partition(unsigned char *mbr, unsigned index, unsigned char type, uint32_t start,
			  uint32_t sectors)
{
	unsigned char *entry = mbr + 446 + 16 * (size_t)index;
	entry[4] = type;
	for (unsigned i = 0; i < 4; i++) {
		entry[8 + i] = (unsigned char)(start >> (8 * i));
		entry[12 + i] = (unsigned char)(sectors >> (8 * i));
	}
	mbr[510] = 0x55;
	mbr[511] = 0xaa;
}

// Enough of an ext4 superblock for the library: magic, a block size of 4096, the features of ext4.
static bool put_ext4(int disk, off_t offset)
{
	unsigned char super[1024] = { 0 };
	super[0x04] = 0xff;
	super[0x18] = 2;
	super[0x38] = 0x53;
	super[0x39] = 0xef;
	super[0x4c] = 1;
	super[0x60] = 0x42;
	super[0x5c] = 0x04;
	return pwrite(disk, super, sizeof(super), offset + 1024) == sizeof(super);
}

TEST(block_finds_partitions)
{
	unsigned char mbr[512] = { 0 };
	BlockLayout layout;
	CLEANUP_FD disk = memfd_create("disk", MFD_CLOEXEC);
	CHECK(ftruncate(disk, 16 * MIB) == 0);
	put_partition(mbr, 0, 0x82, 2048, 4096);
	put_partition(mbr, 2, 0x83, 8192, 16384);
	CHECK(pwrite(disk, mbr, sizeof(mbr), 0) == sizeof(mbr));
	CHECK(put_ext4(disk, 8192 * 512));
	CHECK(block_probe(disk, test->arena, &layout, &test->error));
	CHECK_TEXT(layout.table, "dos");
	CHECK_TEXT(layout.file_system, "");
	CHECK(layout.partitions.count == 2);
	CHECK(layout.partitions.items[0].number == 1);
	CHECK_TEXT(layout.partitions.items[0].type, "0x82");
	CHECK_TEXT(layout.partitions.items[0].file_system, "");
	const BlockPartition *partition = &layout.partitions.items[1];
	CHECK(partition->number == 3 && partition->offset_bytes == 4 * MIB &&
	      partition->size_bytes == 8 * MIB);
	CHECK_TEXT(partition->type, "0x83");
	CHECK_TEXT(partition->file_system, "ext4");
}

TEST(block_finds_a_file_system_alone)
{
	BlockLayout layout;
	CLEANUP_FD disk = memfd_create("disk", MFD_CLOEXEC);
	CHECK(ftruncate(disk, 4 * MIB) == 0 && put_ext4(disk, 0));
	CHECK(block_probe(disk, test->arena, &layout, &test->error));
	CHECK_TEXT(layout.file_system, "ext4");
	CHECK(layout.partitions.count == 0);
}

TEST(block_finds_nothing)
{
	BlockLayout layout;
	CLEANUP_FD disk = memfd_create("disk", MFD_CLOEXEC);
	CHECK(ftruncate(disk, 4 * MIB) == 0);
	CHECK(block_probe(disk, test->arena, &layout, &test->error));
	CHECK_TEXT(layout.file_system, "");
	CHECK_TEXT(layout.table, "");
	CHECK(layout.partitions.count == 0);
}
