// store/rootfs/boot.h - what a root file system needs so that a machine boots on it, and how its distribution gets it.
#ifndef STORE_ROOTFS_BOOT_H
#define STORE_ROOTFS_BOOT_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

// How a distribution installs what is missing.
typedef struct RootfsInstaller {
	const char *id;            // ID or ID_LIKE of os-release
	const char *hint;          // what a person would type
	const char *const *update; // argv, NULL-terminated; NULL: nothing to do before
	const char *const *install;
} RootfsInstaller;

// The one of the system below the root directory; NULL for systems that nobody knows.
const RootfsInstaller *rootfs_installer(int root);

// Sets ERROR_INVALID unless a machine can boot from the root directory.
MUST_CHECK bool rootfs_check_bootable(int root, Error *error);
// True when users can log in: a machine that is booted in full offers that.
bool rootfs_has_login(int root);

#endif
