#include "isolate/guest/app/device.h"

#include "isolate/guest/base/line.h"
#include "isolate/guest/base/mount.h"
#include "isolate/guest/base/path.h"

enum {
	MEMORY_MAJOR = 1,
	NULL_MINOR = 3,
};

static const PathOwner machine_root = { 0, 0 };

// The places below /dev; isolate/plan/device.c says which of them a volume may take.
// clang-format off
static const struct {
	const char *name;
	int mode;
} directories[] = {
	{ "pts",    0755 },
	{ "shm",    01777 },
	{ "mqueue", 01777 },
};

// "Default Devices" of the OCI runtime specification, and what nspawn gives a machine where the host has it.
static const struct {
	const char *name;
	bool is_optional;
} nodes[] = {
	{ "null",    false },
	{ "zero",    false },
	{ "full",    false },
	{ "random",  false },
	{ "urandom", false },
	{ "tty",     false },
	{ "net/tun", true },
};

static const struct {
	const char *name;
	const char *target;
} links[] = {
	{ "fd",     "/proc/self/fd" },
	{ "stdin",  "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
	{ "ptmx",   "pts/ptmx" },
};

static const MountOption tmpfs_options[] = { { "mode", "0755" }, { "size", "1m" }, { NULL, NULL } };

// gid 5 is tty in every distribution.
static const MountOption pts_options[] = {
	{ "newinstance", NULL }, { "ptmxmode", "0666" }, { "mode", "0620" }, { "gid", "5" }, { NULL, NULL },
};
// clang-format on

static long make_directories(int dev)
{
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		const char *name = directories[i].name;
		long result = CALL3(mkdirat, dev, name, 0755);
		if (result == 0)
			result = CALL3(fchmodat, dev, name, directories[i].mode);
		if (result < 0)
			return result;
	}
	return 0;
}

static long make_links(int dev)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		const long result = CALL3(symlinkat, links[i].target, dev, links[i].name);
		if (result < 0)
			return result;
	}
	return 0;
}

// Nodes cannot be made in a user namespace, but shown. Read-only: what is written to a device is no matter of its mount, but
// owner, mode and times are the node's, and that is the same one in all of the machine.
static long show_nodes(int machine, int dev)
{
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		const int node = mount_clone_as(machine, nodes[i].name, false, MOUNT_ATTR_RDONLY);
		if (node == -ENOENT && nodes[i].is_optional)
			continue;
		const int target = path_make_file(dev, nodes[i].name, machine_root, 0);
		const long result = mount_put(node, target);
		if (result < 0)
			return result;
	}
	return 0;
}

static long mount_shm(const Application *application, int dev)
{
	Line size;
	size.length = 0;
	line_add_number(&size, application->header->shm_bytes);
	const MountOption options[] = { { "mode", "1777" }, { "size", size.text }, { NULL, NULL } };
	return mount_put(mount_new("tmpfs", options,
				   MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC),
			 path_open(dev, "shm", O_PATH | O_DIRECTORY, 0));
}

// Terminals and message queues of the application's own: those of others in the Pod are out of reach.
static long mount_file_systems(const Application *application, int dev)
{
	long result =
		mount_put(mount_new("devpts", pts_options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC),
			  path_open(dev, "pts", O_PATH | O_DIRECTORY, 0));
	if (result == 0 && application_has(application, SPEC_OWN_IPC)) {
		result = mount_put(
			mount_new("mqueue", NULL,
				  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC),
			path_open(dev, "mqueue", O_PATH | O_DIRECTORY, 0));
		if (result == -ENODEV) // a kernel without them
			result = 0;
	}
	if (result == 0 && application_has(application, SPEC_OWN_SHM))
		result = mount_shm(application, dev);
	return result;
}

static long fill_tree(const Application *application, int dev)
{
	const int machine = sys_open(AT_FDCWD, "/dev", O_PATH | O_DIRECTORY, 0);
	if (machine < 0)
		return machine;
	long result = make_directories(dev);
	if (result == 0)
		result = make_links(dev);
	if (result == 0)
		result = show_nodes(machine, dev);
	if (result == 0)
		result = mount_file_systems(application, dev);
	sys_close(machine);
	return result;
}

bool device_mount(const Application *application, int root, SpecFailure *failure)
{
	const int target = path_make_directory(root, "/dev", machine_root, RESOLVE_NO_XDEV);
	const int dev = mount_new("tmpfs", tmpfs_options, MOUNT_ATTR_NOSUID);
	long result = target < 0 ? target : dev;
	if (result >= 0)
		result = mount_attach(dev, target);
	if (result == 0)
		result = fill_tree(application, dev);
	sys_close(dev);
	sys_close(target);
	return result < 0 ? failure_set(failure, result, "mount", "/dev") : true;
}

// --- what became of it

static bool is_device(int fd, uint32_t major, uint32_t minor)
{
	struct statx found;
	return CALL5(statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &found) == 0 &&
	       (found.stx_mode & TYPE_MASK) == TYPE_CHARACTERS && found.stx_rdev_major == major &&
	       found.stx_rdev_minor == minor;
}

int device_open(const char *path, int flags, uint32_t major, uint32_t minor)
{
	const int fd = sys_open(AT_FDCWD, path, flags | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW, 0);
	if (fd < 0 || is_device(fd, major, minor))
		return fd;
	sys_close(fd);
	return -ENODEV;
}

int device_open_null(void)
{
	return device_open("/dev/null", O_RDONLY, MEMORY_MAJOR, NULL_MINOR);
}
