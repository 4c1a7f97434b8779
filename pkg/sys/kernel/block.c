#include "pkg/sys/kernel/block.h"

#include "pkg/base/text.h"
#include "pkg/sys/library.h"

#include <blkid/blkid.h>

#define SECTOR_BYTES 512
// The partitions that Linux numbers of one disk.
#define PARTITIONS_MAX 256

// The library's functions that are used.
typedef struct Library {
	blkid_probe (*new_probe)(void);
	void (*free_probe)(blkid_probe);
	int (*set_device)(blkid_probe, int, blkid_loff_t, blkid_loff_t);
	int (*enable_superblocks)(blkid_probe, int);
	int (*set_superblocks_flags)(blkid_probe, int);
	int (*enable_partitions)(blkid_probe, int);
	int (*do_safeprobe)(blkid_probe);
	int (*lookup_value)(blkid_probe, const char *, const char **, size_t *);
	blkid_partlist (*get_partitions)(blkid_probe);
	int (*partition_count)(blkid_partlist);
	blkid_partition (*get_partition)(blkid_partlist, int);
	int (*partition_number)(blkid_partition);
	blkid_loff_t (*partition_start)(blkid_partition);
	blkid_loff_t (*partition_size)(blkid_partition);
	int (*partition_type)(blkid_partition);
	const char *(*partition_type_text)(blkid_partition);
	int (*partition_is_extended)(blkid_partition);
} Library;

static bool load(Library *library, Error *error)
{
	const LibrarySymbol symbols[] = {
		// clang-format off
		{ (void **)&library->new_probe, "blkid_new_probe" },
		{ (void **)&library->free_probe, "blkid_free_probe" },
		{ (void **)&library->set_device, "blkid_probe_set_device" },
		{ (void **)&library->enable_superblocks, "blkid_probe_enable_superblocks" },
		{ (void **)&library->set_superblocks_flags, "blkid_probe_set_superblocks_flags" },
		{ (void **)&library->enable_partitions, "blkid_probe_enable_partitions" },
		{ (void **)&library->do_safeprobe, "blkid_do_safeprobe" },
		{ (void **)&library->lookup_value, "blkid_probe_lookup_value" },
		{ (void **)&library->get_partitions, "blkid_probe_get_partitions" },
		{ (void **)&library->partition_count, "blkid_partlist_numof_partitions" },
		{ (void **)&library->get_partition, "blkid_partlist_get_partition" },
		{ (void **)&library->partition_number, "blkid_partition_get_partno" },
		{ (void **)&library->partition_start, "blkid_partition_get_start" },
		{ (void **)&library->partition_size, "blkid_partition_get_size" },
		{ (void **)&library->partition_type, "blkid_partition_get_type" },
		{ (void **)&library->partition_type_text, "blkid_partition_get_type_string" },
		{ (void **)&library->partition_is_extended, "blkid_partition_is_extended" },
		// clang-format on
	};
	return library_load("libblkid.so.1", "libblkid1", symbols, COUNT(symbols), error);
}

// A probe of one disk, or of a part of it.
typedef struct Probe {
	Library library;
	blkid_probe handle;
} Probe;

static void probe_close(Probe *probe)
{
	if (probe->handle)
		probe->library.free_probe(probe->handle);
}

// size 0: up to the end of the disk.
static bool probe_run(const Library *library, int disk, uint64_t offset, uint64_t size, Probe *ret,
		      Error *error)
{
	*ret = (Probe){ .library = *library, .handle = library->new_probe() };
	if (!ret->handle)
		memory_exhausted();
	if (library->set_device(ret->handle, disk, (blkid_loff_t)offset, (blkid_loff_t)size) != 0)
		return error_set(error, ERROR_INVALID, "the disk cannot be read");
	library->enable_superblocks(ret->handle, 1);
	library->set_superblocks_flags(ret->handle, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE);
	library->enable_partitions(ret->handle, size == 0);
	const int status = library->do_safeprobe(ret->handle);
	if (status == -2)
		return error_set(error, ERROR_INVALID,
				 "the disk has the marks of several file systems");
	return status >= 0 || error_set(error, ERROR_INVALID, "the disk cannot be read");
}

static const char *value_of(const Probe *probe, const char *name, Arena *arena)
{
	const char *value = NULL;
	if (probe->library.lookup_value(probe->handle, name, &value, NULL) != 0 || !value)
		return "";
	return arena_strdup(arena, value);
}

static const char *type_of(const Library *library, blkid_partition from, Arena *arena)
{
	const char *text = library->partition_type_text(from);
	if (!text_is_empty(text) && strlen(text) > strlen("0xff"))
		return arena_strdup(arena, text);
	return arena_printf(arena, "0x%02x", (unsigned)library->partition_type(from));
}

static bool add_partition(const Probe *disk_probe, int disk, blkid_partition from, Arena *arena,
			  BlockPartitions *ret, Error *error)
{
	const Library *library = &disk_probe->library;
	const blkid_loff_t start = library->partition_start(from);
	const blkid_loff_t size = library->partition_size(from);
	if (library->partition_is_extended(from) || start < 0 || size <= 0 ||
	    start > INT64_MAX / SECTOR_BYTES || size > INT64_MAX / SECTOR_BYTES)
		return true;
	CLEANUP(probe_close) Probe probe = { 0 };
	CLEANUP_ERROR unclear = { 0 }; // what is in it is nobody's business unless it is the root
	BlockPartition *partition = block_partitions_push(arena, ret);
	partition->number = (unsigned)library->partition_number(from);
	partition->offset_bytes = (uint64_t)start * SECTOR_BYTES;
	partition->size_bytes = (uint64_t)size * SECTOR_BYTES;
	partition->type = type_of(library, from, arena);
	partition->file_system = "";
	if (ret->count > PARTITIONS_MAX)
		return error_set(error, ERROR_LIMIT, "more than %d partitions", PARTITIONS_MAX);
	if (probe_run(library, disk, partition->offset_bytes, partition->size_bytes, &probe,
		      &unclear))
		partition->file_system = value_of(&probe, "TYPE", arena);
	return true;
}

static bool add_partitions(const Probe *probe, int disk, Arena *arena, BlockPartitions *ret,
			   Error *error)
{
	const Library *library = &probe->library;
	blkid_partlist list = library->get_partitions(probe->handle);
	const int count = list ? library->partition_count(list) : 0;
	for (int i = 0; i < count; i++) {
		if (!add_partition(probe, disk, library->get_partition(list, i), arena, ret, error))
			return false;
	}
	return true;
}

bool block_probe(int disk, Arena *arena, BlockLayout *ret, Error *error)
{
	Library library = { 0 };
	CLEANUP(probe_close) Probe probe = { 0 };
	BlockLayout layout = { 0 };
	if (!load(&library, error) || !probe_run(&library, disk, 0, 0, &probe, error))
		return false;
	layout.file_system = value_of(&probe, "TYPE", arena);
	layout.table = value_of(&probe, "PTTYPE", arena);
	if (layout.table[0] && !layout.file_system[0] &&
	    !add_partitions(&probe, disk, arena, &layout.partitions, error))
		return false;
	*ret = layout;
	return true;
}
