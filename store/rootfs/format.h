// store/rootfs/format.h - what a file is, by its first bytes. Names tell nothing here.
#ifndef STORE_ROOTFS_FORMAT_H
#define STORE_ROOTFS_FORMAT_H

#include <stddef.h>

// How many bytes it takes to be sure: btrfs has its mark behind 64 KiB.
#define ROOTFS_FORMAT_BYTES ((size_t)68 * 1024)

typedef enum RootfsFormat {
	ROOTFS_FORMAT_TAR,            // also what nobody knows: reading it says what is wrong
	ROOTFS_FORMAT_OCI_ARCHIVE,    // a tar archive of an image layout, "oci-archive:"
	ROOTFS_FORMAT_DOCKER_ARCHIVE, // what `docker save` writes, "docker-archive:"
	ROOTFS_FORMAT_QCOW2,
	ROOTFS_FORMAT_DISK,       // raw: partitions, or a file system
	ROOTFS_FORMAT_COMPRESSED, // xz, bzip2, lzma, lz4: look again at what is in it
} RootfsFormat;

RootfsFormat rootfs_format_of(const void *bytes, size_t length);

#endif
