// store/rootfs/disk.h - root file systems in disk images.
// Nothing of an image is executed; its file system is mounted read-only, without devices, set-id bits or programs.
#ifndef STORE_ROOTFS_DISK_H
#define STORE_ROOTFS_DISK_H

#include "store/rootfs/site.h"

// A raw image: a file system, or a partition table (GPT or MBR). The root is the partition of that type (Discoverable
// Partitions Specification), else the only one with an os-release file, else the largest Linux one.
// Fails with ERROR_INVALID when there is none, or when several may be it: the error lists them.
MUST_CHECK bool rootfs_disk_fill(const RootfsSite *site, int image, Error *error);
// The same in a qcow2 image, which becomes a raw one in the scratch directory first.
MUST_CHECK bool rootfs_qcow2_fill(const RootfsSite *site, int image, Error *error);

#endif
