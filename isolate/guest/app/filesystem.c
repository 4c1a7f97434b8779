#include "isolate/guest/app/filesystem.h"

#include "isolate/guest/base/mount.h"
#include "isolate/guest/base/path.h"

// Takes the directory. The kernel says "(unreachable)/…" of a place that no path of the root leads to, and nothing of one
// that is gone.
static bool take_directory(int directory, const char *path, SpecFailure *failure)
{
	char place[PATH_BYTES];
	long result = directory < 0 ? directory : CALL1(fchdir, directory);
	sys_close(directory);
	if (result == 0)
		result = CALL2(getcwd, place, sizeof(place));
	if (result < 0)
		return failure_set(failure, result, "enter the working directory", path);
	return place[0] == '/' ||
	       failure_set(failure, 0, "outside of the root directory lies", path);
}

bool filesystem_change_directory(const char *path, SpecFailure *failure)
{
	return take_directory(path_open(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0), path, failure);
}

bool filesystem_enter_directory(const Application *application, SpecFailure *failure)
{
	const PathOwner owner = { application->header->uid, application->header->gid };
	const char *path = application->working_directory;
	const int directory = path_make_directory(AT_FDCWD, path, owner, 0);
	return take_directory(directory, path, failure);
}

bool filesystem_lock_root(SpecFailure *failure)
{
	const int root = sys_open(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
	const long result = root < 0 ? root : mount_restrict(root, MOUNT_ATTR_RDONLY, false);
	sys_close(root);
	return result < 0 ? failure_set(failure, result, "make read-only", "/") : true;
}
