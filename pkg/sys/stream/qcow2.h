// pkg/sys/stream/qcow2.h - qcow2 disk images, read by ourselves: no qemu, nothing executed, every number of them checked.
// Versions 2 and 3, clusters compressed by deflate or zstd. Images that need other files (a backing file, external data),
// that are encrypted, damaged by their own account, or have extended L2 entries are refused.
// Spec: <https://gitlab.com/qemu-project/qemu/-/blob/v9.0.0/docs/interop/qcow2.txt>
#ifndef PKG_SYS_STREAM_QCOW2_H
#define PKG_SYS_STREAM_QCOW2_H

#include "pkg/base/error.h"

#include <stdint.h>

// Writes the disk in the image to `raw`, an empty file; what is zero or was never written becomes a hole.
// bytes_max: bound of what is written, holes not counted.
// Fails with ERROR_INVALID, ERROR_UNSUPPORTED (see above), ERROR_LIMIT.
MUST_CHECK bool qcow2_convert(int image, int raw, uint64_t bytes_max, Error *error);

#endif
