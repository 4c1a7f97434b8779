// store/rootfs/os_release.h - os-release files: which distribution a root file system is.
// Spec: os-release(5) <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>
#ifndef STORE_ROOTFS_OS_RELEASE_H
#define STORE_ROOTFS_OS_RELEASE_H

#include "pkg/base/pairs.h"

// Reads the assignments of `text`: KEY=VALUE with shell quotes and backslashes, without expansion. Lines that are none
// are skipped, as every reader does; of a key that comes twice the last one counts.
void os_release_parse(const char *text, Arena *arena, Pairs *ret);
// Reads etc/os-release or usr/lib/os-release below the root directory, following no link out of it. A root without one
// gives no pairs.
void os_release_load(int root, Arena *arena, Pairs *ret);
// True when ID is `id`, or ID_LIKE has it among its words.
bool os_release_is_like(const Pairs *release, const char *id);

#endif
