#include "isolate/boot/state.h"

#include "isolate/machine/device.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/kernel/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

// Nodes and links need no room; this is for what an app puts there itself.
#define DEVICE_BYTES (1024ull * 1024)

// clang-format off
// What nspawn gives a machine, and the OCI runtime specification every container ("Default Devices").
static const struct {
	const char *name;
	unsigned major;
	unsigned minor;
} nodes[] = {
	{ "null",     1,   3 },
	{ "zero",     1,   5 },
	{ "full",     1,   7 },
	{ "random",   1,   8 },
	{ "urandom",  1,   9 },
	{ "tty",      5,   0 },
	{ "net/tun", 10, 200 },
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

// Where sdme-isolate mounts file systems of the app's own.
static const struct {
	const char *name;
	mode_t mode;
} directories[] = {
	{ "pts",    0755 },
	{ "shm",    01777 },
	{ "mqueue", 01777 },
	{ "net",    0755 },
};
// clang-format on

static bool own(const Boot *boot, int directory, const char *name, Error *error)
{
	if (fchownat(directory, name, boot->id_base, boot->id_base, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "give '%s' to the machine's root", name);
	return true;
}

static bool fill(const Boot *boot, int tree, Error *error)
{
	for (size_t i = 0; i < COUNT(directories); i++) {
		if (mkdirat(tree, directories[i].name, directories[i].mode) < 0)
			return error_set_errno(error, errno, "make '%s'", directories[i].name);
		if (!own(boot, tree, directories[i].name, error))
			return false;
	}
	for (size_t i = 0; i < COUNT(nodes); i++) {
		const dev_t device = makedev(nodes[i].major, nodes[i].minor);
		if (mknodat(tree, nodes[i].name, S_IFCHR | 0666, device) < 0)
			return error_set_errno(error, errno, "make '%s'", nodes[i].name);
		if (!own(boot, tree, nodes[i].name, error))
			return false;
	}
	for (size_t i = 0; i < COUNT(links); i++) {
		if (symlinkat(links[i].target, tree, links[i].name) < 0)
			return error_set_errno(error, errno, "link '%s'", links[i].name);
		if (!own(boot, tree, links[i].name, error))
			return false;
	}
	return true;
}

// A mount point can be neither removed nor renamed. At the next start of the app sdme-isolate hides files of the kernel
// behind this one: a link in its place would show them.
static bool pin_null(int tree, Error *error)
{
	CLEANUP_FD clone = -1;
	CLEANUP_FD target = openat(tree, "null", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0)
		return error_set_errno(error, errno, "open 'null'");
	return mount_clone(tree, "null", MOUNT_OPTIONS_NONE, &clone, error) &&
	       mount_attach(clone, target, error);
}

static bool is_at(const char *path, const char *name)
{
	CLEANUP_ARENA scratch = arena_new();
	return path_is_below(path, path_join(scratch, "/dev", name));
}

bool device_is_nameable(const char *path)
{
	CLEANUP_ARENA scratch = arena_new();
	return text_starts_with(path, "/dev/") && text_equal(path_clean(scratch, path), path) &&
	       !path_has_dotdot(path) &&
	       text_has_only(path, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:+@=,-");
}

bool device_is_provided(const char *path)
{
	// Volumes may replace /dev/net/tun or the whole of /dev/net.
	if (text_equal(path, "/dev/shm") || is_at(path, "net"))
		return false;
	for (size_t i = 0; i < COUNT(directories); i++) {
		if (is_at(path, directories[i].name))
			return true;
	}
	for (size_t i = 0; i < COUNT(nodes); i++) {
		if (is_at(path, nodes[i].name))
			return true;
	}
	for (size_t i = 0; i < COUNT(links); i++) {
		if (is_at(path, links[i].name))
			return true;
	}
	return false;
}

bool boot_mount_devices(const Boot *boot, const PlanApp *app, Error *error)
{
	CLEANUP_FD root = -1;
	CLEANUP_FD tree = -1;
	CLEANUP_FD target = -1;
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.no_setuid = true;
	return (boot_open_app_root(boot, app, &root, error) &&
		mount_tmpfs(DEVICE_BYTES, 0755, boot->id_base, boot->id_base,
			    /* is_secret= */ false, options, &tree, error) &&
		fill(boot, tree, error) &&
		file_make_directories_in_root(root, "/dev", 0755, boot->id_base, boot->id_base,
					      &target, error) &&
		mount_attach(tree, target, error) && pin_null(tree, error)) ||
	       error_wrap(error, "/dev");
}
