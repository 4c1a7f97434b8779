#include "pkg/sys/kernel/loop.h"

#include "pkg/base/arena.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

// Others look for a free device at the same time.
#define ATTEMPTS_MAX 64

// Opens a device that nobody uses at this moment.
static bool open_free(int control, int *ret_device, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const int number = ioctl(control, LOOP_CTL_GET_FREE);
	if (number < 0)
		return error_set_errno(error, errno, "find a free loop device");
	const char *path = arena_printf(scratch, "/dev/loop%d", number);
	CLEANUP_FD device = open(path, O_RDONLY | O_CLOEXEC);
	if (device < 0)
		return error_set_errno(error, errno, "open '%s'", path);
	*ret_device = steal_fd(&device);
	return true;
}

bool loop_attach(int file, uint64_t offset_bytes, uint64_t size_bytes, int *ret_device,
		 Error *error)
{
	const struct loop_config config = {
		.fd = (uint32_t)file,
		.info = {
			.lo_offset = offset_bytes,
			.lo_sizelimit = size_bytes,
			.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR,
		},
	};
	CLEANUP_FD control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	if (control < 0)
		return error_set_errno(error, errno, "open '/dev/loop-control'");
	for (unsigned i = 0; i < ATTEMPTS_MAX; i++) {
		CLEANUP_FD device = -1;
		if (!open_free(control, &device, error))
			return false;
		if (ioctl(device, LOOP_CONFIGURE, &config) == 0) {
			*ret_device = steal_fd(&device);
			return true;
		}
		if (errno != EBUSY)
			return error_set_errno(error, errno, "attach a loop device");
	}
	return error_set(error, ERROR_BUSY, "others take every free loop device");
}
