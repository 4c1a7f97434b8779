// store/rootfs/install.h - the packages without which no machine boots.
#ifndef STORE_ROOTFS_INSTALL_H
#define STORE_ROOTFS_INSTALL_H

#include "store/rootfs/site.h"

// Does nothing for a tree with systemd and a D-Bus daemon. Else has the distribution's own package manager install them,
// as the import's `packages` says, in a sandbox of systemd-nspawn: the host's network, but none of its processes, mounts,
// devices or users. What the package manager says goes to stderr.
// Fails with ERROR_INVALID, naming the command, when they are not to be installed, with ERROR_UNSUPPORTED for a
// distribution that is not known, and where the file system cannot be id-mapped.
MUST_CHECK bool rootfs_make_bootable(const RootfsSite *site, Error *error);

#endif
