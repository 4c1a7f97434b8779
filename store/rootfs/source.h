// store/rootfs/source.h - what the SOURCE of `sdme fs import` means.
// In this order: a transport in front ("docker://", "oci:", …) makes it an image; "http://" or "https://" a URL; a slash
// or dot at the start, or a file of that name, a path; anything else is the name of an image in a registry.
#ifndef STORE_ROOTFS_SOURCE_H
#define STORE_ROOTFS_SOURCE_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

typedef enum RootfsSourceKind {
	ROOTFS_SOURCE_PATH,  // a directory or a file; what is in it decides how it is read
	ROOTFS_SOURCE_URL,   // of such a file
	ROOTFS_SOURCE_IMAGE, // a name for image_pull
} RootfsSourceKind;

RootfsSourceKind rootfs_source_kind(const char *source);
// The name that the source suggests: its last part, in lower case, without a tag and without what tells the format
// ("https://x/Debian-12.tar.xz?a=b" gives "debian-12"). "" when there is nothing to make a name of.
const char *rootfs_source_name(const char *source, Arena *arena);

#endif
