// Any bytes as a qcow2 image: it becomes a disk of the size that it says, or an error. What is written is bounded.
#include "pkg/base/arena.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/qcow2.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES_MAX (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ERROR error = { 0 };
	CLEANUP_ERROR written = { 0 };
	CLEANUP_FD image = memfd_create("image", MFD_CLOEXEC);
	CLEANUP_FD raw = memfd_create("raw", MFD_CLOEXEC);
	struct stat status;
	if (image < 0 || raw < 0 || !file_write_fd(image, data, size, &written))
		abort();
	const bool is_done = qcow2_convert(image, raw, BYTES_MAX, &error);
	if (is_done != (error.code == ERROR_NONE) || fstat(raw, &status) < 0 ||
	    status.st_blocks > 4 * BYTES_MAX / 512)
		abort();
	return 0;
}
