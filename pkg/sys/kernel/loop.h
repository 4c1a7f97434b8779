// pkg/sys/kernel/loop.h - files as block devices.
#ifndef PKG_SYS_KERNEL_LOOP_H
#define PKG_SYS_KERNEL_LOOP_H

#include "pkg/base/error.h"

#include <stdint.h>

// A read-only loop device that shows size_bytes of `file` from offset_bytes on. ret_device: the device, open; the kernel
// lets go of the file when the last user of the device does, so nothing is left even by a process that is killed.
MUST_CHECK bool loop_attach(int file, uint64_t offset_bytes, uint64_t size_bytes, int *ret_device,
			    Error *error);

#endif
