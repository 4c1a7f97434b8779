// store/rootfs/file.h - root file systems that come as a directory, or as one file: an archive or a disk image, compressed
// or not, from a path or from the web.
#ifndef STORE_ROOTFS_FILE_H
#define STORE_ROOTFS_FILE_H

#include "store/rootfs/site.h"

MUST_CHECK bool rootfs_file_fill(const RootfsSite *site, const char *path, Error *error);
MUST_CHECK bool rootfs_url_fill(const RootfsSite *site, const char *url, Error *error);

#endif
