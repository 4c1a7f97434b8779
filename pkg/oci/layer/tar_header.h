// pkg/oci/layer/tar_header.h - headers of the tar archives that sdme writes itself: plain files of root, without a time, so that
// the same files give the same archive.
// Spec: POSIX pax, "ustar Interchange Format"; sizes of 8 GiB and more as GNU and libarchive write them.
#ifndef PKG_OCI_LAYER_TAR_HEADER_H
#define PKG_OCI_LAYER_TAR_HEADER_H

#include "pkg/base/base.h"

#include <stdint.h>

#define TAR_BLOCK_BYTES 512
#define TAR_NAME_MAX    100

// name: shorter than TAR_NAME_MAX.
void tar_header_print(const char *name, uint64_t size_bytes, unsigned char ret[TAR_BLOCK_BYTES]);
// How many bytes of padding follow a content of so many.
size_t tar_padding(uint64_t size_bytes);

#endif
