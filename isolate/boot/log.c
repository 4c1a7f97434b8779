// Where the logs of containers go: directories on disk, shown to the machine.
#include "isolate/boot/state.h"

#include "isolate/guest/inside.h"
#include "isolate/machine/app_log.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/kernel/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// Its parent is the host's, so that it is what we have made.
static bool make_directory(const Boot *boot, int parent, const char *name, mode_t mode,
			   Error *error)
{
	if (mkdirat(parent, name, mode) < 0 && errno != EEXIST)
		return error_set_errno(error, errno, "make the directory '%s'", name);
	if (fchownat(parent, name, boot->id_base, boot->id_base, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "give '%s' to the machine's root", name);
	return true;
}

static bool make_directories(const Boot *boot, int logs, Error *error)
{
	for (size_t i = 0; i < boot->plan.apps.count; i++) {
		if (!make_directory(boot, logs, boot->plan.apps.items[i].name, 0750, error))
			return false;
	}
	return true;
}

static bool mount_into(const Boot *boot, int logs, int run, Error *error)
{
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.no_device = true;
	options.no_setuid = true;
	CLEANUP_FD tree = -1;
	if (!make_directory(boot, run, INSIDE_RUN_LOGS, 0755, error))
		return false;
	CLEANUP_FD target = openat(run, INSIDE_RUN_LOGS, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target < 0)
		return error_set_errno(error, errno, "open '%s'", INSIDE_RUN_LOGS);
	return mount_clone(logs, ".", options, &tree, error) && mount_attach(tree, target, error);
}

bool boot_mount_logs(const Boot *boot, int run, Error *error)
{
	CLEANUP_FD logs = -1;
	return app_logs_prepare(boot->host, boot->plan.name, path_name(boot->generation), &logs,
				error) &&
	       make_directories(boot, logs, error) && mount_into(boot, logs, run, error);
}
