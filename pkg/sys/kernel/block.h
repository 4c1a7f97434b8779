// pkg/sys/kernel/block.h - what is on a disk: partitions and file systems (libblkid, loaded on first use).
// A disk is a descriptor of a file or a device. Nothing is mounted or written.
#ifndef PKG_SYS_KERNEL_BLOCK_H
#define PKG_SYS_KERNEL_BLOCK_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>

typedef struct BlockPartition {
	unsigned number; // from 1, as in "sda1"
	uint64_t offset_bytes;
	uint64_t size_bytes;
	const char *type;        // GPT: a UUID in lower case; MBR: "0x83"
	const char *file_system; // "ext4", "swap"; "" when there is none that is known
} BlockPartition;

VEC_DECLARE(BlockPartitions, block_partitions, BlockPartition);

typedef struct BlockLayout {
	const char *file_system;    // of the whole disk; "" when it has partitions, or nothing
	const char *table;          // "gpt", "dos" …; "" when it has none
	BlockPartitions partitions; // extended ones, which only hold others, are left out
} BlockLayout;

// Fails with ERROR_INVALID for a disk that is two things at once, and with ERROR_UNSUPPORTED without libblkid.
MUST_CHECK bool block_probe(int disk, Arena *arena, BlockLayout *ret, Error *error);

#endif
