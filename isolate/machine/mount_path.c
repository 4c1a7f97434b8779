#include "isolate/machine/mount_path.h"

#include "isolate/plan/device.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"

bool mount_path_is_taken(const char *path)
{
	return path_is_below(path, "/proc") || path_is_below(path, "/sys") ||
	       text_equal(path, "/dev") || device_is_provided(path);
}

bool mount_path_is_kernels(const char *path)
{
	return text_equal(path, "/") || path_is_below(path, "/dev") ||
	       path_is_below(path, "/proc") || path_is_below(path, "/sys");
}

bool mount_path_check(const char *path, const char *resolved, Error *error)
{
	if (text_equal(path, resolved) ? !mount_path_is_taken(path)
				       : !mount_path_is_kernels(resolved))
		return true;
	return error_set(error, ERROR_INVALID,
			 "links in the image or in a volume lead from '%s' to '%s', which is the "
			 "container's own",
			 path, resolved);
}
