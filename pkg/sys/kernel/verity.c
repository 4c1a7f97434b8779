#include "pkg/sys/kernel/verity.h"

#include <errno.h>
#include <linux/fsverity.h>
#include <sys/ioctl.h>

#define BLOCK_BYTES 4096 // what every kernel and file system takes

bool verity_enable(int fd, Error *error)
{
	const struct fsverity_enable_arg request = {
		.version = 1,
		.hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
		.block_size = BLOCK_BYTES,
	};
	if (ioctl(fd, FS_IOC_ENABLE_VERITY, &request) == 0 || errno == EEXIST)
		return true;
	if (errno == EOPNOTSUPP || errno == ENOTTY)
		return error_set(
			error, ERROR_UNSUPPORTED,
			"the file system has no fs-verity (on ext4, 'tune2fs -O verity' gives it); "
			"or set image_verity to no");
	return error_set_errno(error, errno, "seal a file with fs-verity");
}
