#include "isolate/guest/app/filesystem.h"

#include "isolate/guest/base/line.h"

#define PATH_BYTES 4096

static const unsigned long CONFINED = MS_NOSUID | MS_NODEV | MS_NOEXEC;

bool filesystem_detach(SpecFailure *failure)
{
	const long result = sys_mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
	return result < 0 ? failure_set(failure, result, "detach the mounts of", "/") : true;
}

// One file system that belongs to a namespace of the application.
typedef struct KernelMount {
	uint64_t flag; // wanted when the specification has it
	const char *path;
	const char *type;
	const char *data;
	unsigned long mount_flags;
	bool is_essential; // else a kernel or an image without it is fine
} KernelMount;

// clang-format off
static const KernelMount kernel_mounts[] = {
	// The processes of the new pid namespace. Goes on top of the machine's: only who may unmount gets below it.
	{ SPEC_OWN_PIDS,   "/proc",          "proc",    NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, true },
	// Terminals of its own (`sdme exec -t`): those of other applications of the pod are out of reach. gid 5 is tty
	// in every distribution. /dev/ptmx leads here from any directory (kernel 4.7).
	{ SPEC_OWN_PIDS,   "/dev/pts",       "devpts",  "newinstance,ptmxmode=0666,mode=0620,gid=5", MS_NOSUID | MS_NOEXEC, false },
	{ SPEC_OWN_IPC,    "/dev/mqueue",    "mqueue",  NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
	// Language runtimes read their limits here. Cgroups cannot be made or changed through it.
	{ SPEC_OWN_CGROUP, "/sys/fs/cgroup", "cgroup2", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, false },
};
// clang-format on

static bool mount_shm(const Application *application, SpecFailure *failure)
{
	Line options;
	options.length = 0;
	line_add(&options, "mode=1777,size=");
	line_add_number(&options, application->header->shm_bytes);
	const long result = sys_mount("shm", "/dev/shm", "tmpfs", CONFINED, options.text);
	return result < 0 ? failure_set(failure, result, "mount", "/dev/shm") : true;
}

// The kernel refuses to mount a file system over itself, also where the new mount shows another part of it: the cgroups
// of a namespace over those of the machine. With another one between them it does not mind.
static long mount_over(const KernelMount *mount)
{
	const long result =
		sys_mount(mount->type, mount->path, mount->type, mount->mount_flags, mount->data);
	if (result != -EBUSY)
		return result;
	const long covered = sys_mount("/proc", mount->path, NULL, MS_BIND, NULL);
	return covered < 0 ? covered
			   : sys_mount(mount->type, mount->path, mount->type, mount->mount_flags,
				       mount->data);
}

bool filesystem_mount_kernel(const Application *application, SpecFailure *failure)
{
	for (size_t i = 0; i < sizeof(kernel_mounts) / sizeof(kernel_mounts[0]); i++) {
		const KernelMount *mount = &kernel_mounts[i];
		if (!application_has(application, mount->flag))
			continue;
		const long result = mount_over(mount);
		const bool is_absent = result == -ENOENT || result == -ENODEV;
		if (result < 0 && (mount->is_essential || !is_absent))
			return failure_set(failure, result, "mount", mount->path);
	}
	return application_has(application, SPEC_OWN_SHM) ? mount_shm(application, failure) : true;
}

// Hides `path`: a file under /dev/null, a directory under an empty one. All directories share one tmpfs, whose first
// place *cover remembers.
static long mask(const char *path, const char **cover)
{
	const long type = sys_type(path);
	if (type == -ENOENT || type == -ENOTDIR || type == TYPE_LINK)
		return 0;
	if (type < 0)
		return type;
	if (type != TYPE_DIRECTORY)
		return sys_mount("/dev/null", path, NULL, MS_BIND, NULL);
	if (*cover)
		return sys_mount(*cover, path, NULL, MS_BIND, NULL);

	const long result = sys_mount("tmpfs", path, "tmpfs", CONFINED | MS_RDONLY, "nr_inodes=1");
	if (result == 0)
		*cover = path;
	return result;
}

// Makes the mount at `path` read-only. Its other restrictions are given again: a user namespace may not lift them.
static long remount_read_only(const char *path)
{
	struct statfs found;
	const long result = CALL2(statfs, path, &found);
	if (result < 0)
		return result;
	// ST_NOSUID, ST_NODEV and ST_NOEXEC have the values of their MS_ counterparts; access times are kept as they are.
	const unsigned long kept = (unsigned long)found.f_flags & CONFINED;
	return sys_mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | kept, NULL);
}

static long make_read_only(const char *path)
{
	const long type = sys_type(path);
	if (type == -ENOENT || type == -ENOTDIR || type == TYPE_LINK)
		return 0;
	if (type < 0)
		return type;
	const long result = sys_mount(path, path, NULL, MS_BIND | MS_REC, NULL);
	return result < 0 ? result : remount_read_only(path);
}

bool filesystem_restrict(const Application *application, SpecFailure *failure)
{
	const char *cover = NULL;
	for (size_t i = 0; application->masked_paths[i]; i++) {
		const long result = mask(application->masked_paths[i], &cover);
		if (result < 0)
			return failure_set(failure, result, "hide", application->masked_paths[i]);
	}
	for (size_t i = 0; application->read_only_paths[i]; i++) {
		const long result = make_read_only(application->read_only_paths[i]);
		if (result < 0)
			return failure_set(failure, result, "make read-only",
					   application->read_only_paths[i]);
	}
	return true;
}

// mkdir -p; only what is made here gets the owner.
static long make_directories(const char *path, uint32_t uid, uint32_t gid)
{
	char part[PATH_BYTES];
	for (size_t i = 0; i < sizeof(part); i++) {
		part[i] = path[i];
		const bool is_end = path[i] == '\0';
		if (i > 0 && (is_end || path[i] == '/')) {
			part[i] = '\0';
			const long result = sys_make_directory(part, 0755);
			if (result < 0 && result != -EEXIST)
				return result;
			if (result == 0)
				CALL5(fchownat, AT_FDCWD, part, uid, gid, AT_SYMLINK_NOFOLLOW);
			part[i] = path[i];
		}
		if (is_end)
			return 0;
	}
	return -ENAMETOOLONG;
}

bool filesystem_enter_directory(const Application *application, SpecFailure *failure)
{
	const char *path = application->working_directory;
	long result = CALL1(chdir, path);
	if (result == -ENOENT) {
		result = make_directories(path, application->header->uid, application->header->gid);
		if (result == 0)
			result = CALL1(chdir, path);
	}
	return result < 0 ? failure_set(failure, result, "enter the working directory", path)
			  : true;
}

bool filesystem_lock_root(SpecFailure *failure)
{
	const long result = remount_read_only("/");
	return result < 0 ? failure_set(failure, result, "make read-only", "/") : true;
}
