#include "isolate/guest/app/filesystem.h"

#include "isolate/guest/base/mount.h"
#include "isolate/guest/base/path.h"

bool filesystem_enter_directory(const Application *application, SpecFailure *failure)
{
	const PathOwner owner = { application->header->uid, application->header->gid };
	const char *path = application->working_directory;
	const int directory = path_make_directory(AT_FDCWD, path, owner, 0);
	const long result = directory < 0 ? directory : CALL1(fchdir, directory);
	sys_close(directory);
	return result < 0 ? failure_set(failure, result, "enter the working directory", path)
			  : true;
}

bool filesystem_lock_root(SpecFailure *failure)
{
	const int root = sys_open(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
	const long result = root < 0 ? root : mount_restrict(root, MOUNT_ATTR_RDONLY, false);
	sys_close(root);
	return result < 0 ? failure_set(failure, result, "make read-only", "/") : true;
}
