// store/rootfs/image.h - container images as root file systems.
#ifndef STORE_ROOTFS_IMAGE_H
#define STORE_ROOTFS_IMAGE_H

#include "store/rootfs/site.h"

// True for the image of an operating system: no ports, no entrypoint, and nothing to run but one shell.
bool rootfs_image_is_base(const ImageConfig *config);
// Gets the image `name` (image_pull; from a registry only when it is not here) and fills the site with what it becomes under the
// import's mode.
MUST_CHECK bool rootfs_image_fill(const RootfsSite *site, const char *name, Error *error);
// The same with the image in an open file or directory, which the store keeps no name of. transport: "oci", "oci-archive",
// "docker-archive".
MUST_CHECK bool rootfs_image_fill_from(const RootfsSite *site, const char *transport, int fd,
				       Error *error);

#endif
