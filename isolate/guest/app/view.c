#include "isolate/guest/app/view.h"

#include "isolate/guest/app/device.h"
#include "isolate/guest/base/line.h"
#include "isolate/guest/base/mount.h"
#include "isolate/guest/base/path.h"

enum {
	NULL_MAJOR = 1,
	NULL_MINOR = 3,
};

static const uint64_t CONFINED = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
static const PathOwner machine_root = { 0, 0 };

// The root directory as a mount of this namespace. Without it pivot_root says EINVAL: mounts that came with the machine's
// user namespace are locked to it.
static int open_root(const char *path)
{
	const int target = sys_open(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0);
	const int root = mount_clone(AT_FDCWD, path, true);
	long result = target < 0 ? target : root;
	if (result >= 0)
		result = mount_attach(root, target);
	sys_close(target);
	if (result < 0) {
		sys_close(root);
		return (int)result;
	}
	return root;
}

// A directory at the top of the root. Not a link: what it leads to may be in a volume, where others could take it away.
static int top_directory(int root, const char *path)
{
	return path_make_directory(root, path, machine_root, RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
}

// --- /proc and /sys

// The kernel gives a new /proc only to who sees one whole: as long as the machine's is in sight.
static bool mount_proc(int root, SpecFailure *failure)
{
	const long result =
		mount_put(mount_new("proc", NULL, CONFINED), top_directory(root, "/proc"));
	return result < 0 ? failure_set(failure, result, "mount", "/proc") : true;
}

// Language runtimes read their limits there. Control groups cannot be made or changed through it.
static long mount_cgroup(int root)
{
	const int target =
		path_open(root, "/sys/fs/cgroup", O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
	if (target == -ENOENT) // a kernel without them
		return 0;
	return mount_put(mount_new("cgroup2", NULL, CONFINED | MOUNT_ATTR_RDONLY), target);
}

static bool mount_sys(const Application *application, int root, SpecFailure *failure)
{
	// Of the machine's the file system itself: its control groups stay behind.
	const int sys = mount_clone_as(AT_FDCWD, "/sys", false, CONFINED | MOUNT_ATTR_RDONLY);
	const long result = mount_put(sys, top_directory(root, "/sys"));
	if (result < 0)
		return failure_set(failure, result, "mount", "/sys");
	if (!application_has(application, SPEC_OWN_CGROUP))
		return true;
	const long mounted = mount_cgroup(root);
	return mounted < 0 ? failure_set(failure, mounted, "mount", "/sys/fs/cgroup") : true;
}

// --- what the specification adds

static bool is_directory(int fd)
{
	struct statx found;
	return CALL5(statx, fd, "", AT_EMPTY_PATH, STATX_TYPE, &found) == 0 &&
	       (found.stx_mode & TYPE_MASK) == TYPE_DIRECTORY;
}

static long show(const SpecMount *mount, const char *source, const char *target, int root)
{
	const uint64_t attributes = mount->flags & SPEC_MOUNT_READ_ONLY ? MOUNT_ATTR_RDONLY : 0;
	const int tree = mount_clone_as(AT_FDCWD, source, true, attributes);
	if (tree == -ENOENT && mount->flags & SPEC_MOUNT_OPTIONAL)
		return 0;
	if (tree < 0)
		return tree;
	// In /dev nothing is a link but ours, and what lies in a volume: that would lead out of it, to /dev itself or /proc.
	const uint64_t resolve = text_after(target, "/dev/") ? RESOLVE_NO_SYMLINKS : 0;
	const int place = is_directory(tree)
				  ? path_make_directory(root, target, machine_root, resolve)
				  : path_make_file(root, target, machine_root, resolve);
	return mount_put(tree, place);
}

static bool show_all(const Application *application, int root, SpecFailure *failure)
{
	for (uint32_t i = 0; i < application->header->mounts.count; i++) {
		const SpecMount *mount = &application->mounts[i];
		const char *target = application_text(application, mount->target);
		const long result =
			show(mount, application_text(application, mount->source), target, root);
		if (result < 0)
			return failure_set(failure, result, "mount", target);
	}
	return true;
}

// --- what is hidden, and what is only read

// The machine's, whatever lies in the root.
static int open_null(void)
{
	const int null = sys_open(AT_FDCWD, "/dev/null", O_PATH | O_NOFOLLOW, 0);
	struct statx found = { 0 };
	if (null < 0 || (CALL5(statx, null, "", AT_EMPTY_PATH, STATX_TYPE, &found) == 0 &&
			 found.stx_rdev_major == NULL_MAJOR && found.stx_rdev_minor == NULL_MINOR))
		return null;
	sys_close(null);
	return -ENODEV;
}

// All hidden directories show one empty file system, once it is attached somewhere.
static int clone_nothing(int nothing)
{
	static const MountOption options[] = { { "nr_inodes", "1" }, { NULL, NULL } };
	return nothing >= 0 ? mount_clone(nothing, "", false)
			    : mount_new("tmpfs", options, CONFINED | MOUNT_ATTR_RDONLY);
}

static long hide(int place, int null, int *nothing)
{
	if (!is_directory(place))
		return mount_put(mount_clone_as(null, "", false, MOUNT_ATTR_RDONLY), place);
	const int cover = clone_nothing(*nothing);
	const long result = cover < 0 ? cover : mount_attach(cover, place);
	sys_close(place);
	if (*nothing < 0 && result == 0)
		*nothing = cover;
	else
		sys_close(cover);
	return result;
}

// A path to hide or to protect; -ENOENT when there is none.
static int open_place(int root, const char *path)
{
	const int place = path_open(root, path, O_PATH, RESOLVE_NO_SYMLINKS);
	return place == -ENOTDIR ? -ENOENT : place;
}

static bool hide_all(const Application *application, int root, SpecFailure *failure)
{
	const int null = open_null();
	int nothing = -1;
	if (null < 0)
		return failure_set(failure, null, "open", "/dev/null");
	for (size_t i = 0; application->masked_paths[i]; i++) {
		const int place = open_place(root, application->masked_paths[i]);
		const long result = place < 0 ? place : hide(place, null, &nothing);
		if (result < 0 && result != -ENOENT)
			return failure_set(failure, result, "hide", application->masked_paths[i]);
	}
	sys_close(nothing);
	sys_close(null);
	return true;
}

static long protect(int place)
{
	return mount_put(mount_clone_as(place, "", true, MOUNT_ATTR_RDONLY), place);
}

static bool protect_all(const Application *application, int root, SpecFailure *failure)
{
	for (size_t i = 0; application->read_only_paths[i]; i++) {
		const int place = open_place(root, application->read_only_paths[i]);
		const long result = place < 0 ? place : protect(place);
		if (result < 0 && result != -ENOENT)
			return failure_set(failure, result, "make read-only",
					   application->read_only_paths[i]);
	}
	return true;
}

// --- all of it

static bool pivot_into(int root, const char *path, SpecFailure *failure)
{
	long result = CALL1(fchdir, root);
	if (result == 0)
		result = CALL2(pivot_root, ".", ".");
	if (result == 0)
		result = sys_unmount("."); // the machine's root, which lies on top now
	if (result == 0)
		result = CALL1(chdir, "/");
	return result < 0 ? failure_set(failure, result, "enter the root directory", path) : true;
}

bool view_enter(const Application *application, const char *path, SpecFailure *failure)
{
	// Mounts made here stay here; mounts that the machine makes later still arrive.
	const long detached = sys_mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
	if (detached < 0)
		return failure_set(failure, detached, "detach the mounts of", "/");
	const int root = open_root(path);
	if (root < 0)
		return failure_set(failure, root, "open the root directory", path);
	const bool is_done =
		mount_proc(root, failure) && mount_sys(application, root, failure) &&
		device_mount(application, root, failure) && show_all(application, root, failure) &&
		hide_all(application, root, failure) && protect_all(application, root, failure) &&
		pivot_into(root, path, failure);
	sys_close(root);
	return is_done;
}
