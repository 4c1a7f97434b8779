// pkg/sys/kernel/verity.h - files that the kernel checks at each reading: fs-verity.
// A sealed file never changes any more; a block that does not have the digest it had gives EIO instead of its bytes.
// Source: <https://www.kernel.org/doc/html/latest/filesystems/fsverity.html> (Linux 5.4; ext4, f2fs, btrfs)
#ifndef PKG_SYS_KERNEL_VERITY_H
#define PKG_SYS_KERNEL_VERITY_H

#include "pkg/base/error.h"

// fd: open for reading, and by nobody for writing. A sealed file stays as it is.
// Fails with ERROR_UNSUPPORTED where kernel or file system have no fs-verity: the message says what to do.
MUST_CHECK bool verity_enable(int fd, Error *error);

#endif
