#include "pkg/sys/kernel/mount.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

bool mount_enter_namespace(Error *error)
{
	if (unshare(CLONE_NEWNS) < 0)
		return error_set_errno(error, errno, "make a mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return error_set_errno(error, errno, "detach the mount namespace from the host's");
	return true;
}

static bool write_id_map(pid_t pid, const char *name, const char *map, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = arena_printf(scratch, "/proc/%ld/%s", (long)pid, name);
	CLEANUP_FD fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s'", path);
	return file_write_fd(fd, map, strlen(map), error) || error_wrap(error, "'%s'", path);
}

static bool open_user_namespace(pid_t pid, const char *map, int *ret_fd, Error *error)
{
	if (!write_id_map(pid, "uid_map", map, error) || !write_id_map(pid, "gid_map", map, error))
		return false;

	CLEANUP_ARENA scratch = arena_new();
	const int fd =
		open(arena_printf(scratch, "/proc/%ld/ns/user", (long)pid), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "open a user namespace");
	*ret_fd = fd;
	return true;
}

bool mount_open_id_map(uint32_t base, uint32_t count, bool maps_host_root, int *ret_user_namespace,
		       Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *map = maps_host_root
				  ? arena_printf(scratch, "0 %u %u\n%u 0 1\n", base, count, count)
				  : arena_printf(scratch, "0 %u %u\n", base, count);

	// A child exists only to hold the namespace until it is open: clone, so that it is there on return.
	int wait_end[2];
	if (pipe2(wait_end, O_CLOEXEC) < 0)
		return error_set_errno(error, errno, "make a pipe");
	CLEANUP_FD reader = wait_end[0];
	CLEANUP_FD writer = wait_end[1];
	const pid_t child =
		(pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
	if (child < 0)
		return error_set_errno(error, errno, "make a user namespace");
	if (child == 0) {
		char byte;
		close(writer);
		_exit(TEMP_FAILURE_RETRY(read(reader, &byte, 1)) == 0 ? 0 : 1);
	}

	const bool is_open = open_user_namespace(child, map, ret_user_namespace, error);
	file_close(&writer);
	waitpid(child, NULL, 0);
	return is_open;
}

static bool set_attributes(int tree, MountOptions options, const char *what, Error *error)
{
	struct mount_attr attributes = {
		.attr_set = (options.user_namespace >= 0 ? MOUNT_ATTR_IDMAP : 0u) |
			    (options.is_read_only ? MOUNT_ATTR_RDONLY : 0u) |
			    (options.no_exec ? MOUNT_ATTR_NOEXEC : 0u) |
			    (options.no_device ? MOUNT_ATTR_NODEV : 0u) |
			    (options.no_setuid ? MOUNT_ATTR_NOSUID : 0u),
		.attr_clr = options.may_exec ? MOUNT_ATTR_NOEXEC : 0u,
		.propagation = MS_PRIVATE,
		.userns_fd = options.user_namespace >= 0
				     ? (uint64_t)(unsigned)options.user_namespace
				     : 0,
	};
	const unsigned flags = AT_EMPTY_PATH | (options.is_recursive ? (unsigned)AT_RECURSIVE : 0u);
	if (mount_setattr(tree, "", flags, &attributes, sizeof(attributes)) == 0)
		return true;
	// EPERM: it is id-mapped already.
	if ((errno == EINVAL || errno == EPERM) && options.user_namespace >= 0)
		return error_set(error, ERROR_UNSUPPORTED,
				 "the file system%s%s%s cannot be id-mapped by this kernel",
				 what[0] ? " of '" : "", what, what[0] ? "'" : "");
	return error_set_errno(error, errno, "set the mount attributes of '%s'", what);
}

bool mount_clone(int directory, const char *path, MountOptions options, int *ret_tree, Error *error)
{
	const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
			       (path[0] == '\0' ? (unsigned)AT_EMPTY_PATH : 0u) |
			       (options.is_recursive ? (unsigned)AT_RECURSIVE : 0u);
	CLEANUP_FD tree = open_tree(directory, path, flags);
	if (tree < 0)
		return error_set_errno(error, errno, "clone the mount of '%s'", path);
	if (!set_attributes(tree, options, path, error))
		return false;
	*ret_tree = steal_fd(&tree);
	return true;
}

static bool configure(int context, const char *key, const char *value, Error *error)
{
	if (fsconfig(context, FSCONFIG_SET_STRING, key, value, 0) < 0)
		return error_set_errno(error, errno, "set %s=%s of a new file system", key, value);
	return true;
}

static bool configure_number(int context, const char *key, uint64_t value, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *text = arena_printf(scratch, "%llu", (unsigned long long)value);
	return configure(context, key, text, error);
}

static bool configure_swap(int context, bool is_secret, Error *error)
{
	// Kernels before 6.4 do not know it; there, an administrator who wants it encrypts the swap.
	if (is_secret && fsconfig(context, FSCONFIG_SET_FLAG, "noswap", NULL, 0) < 0 &&
	    errno != EINVAL)
		return error_set_errno(error, errno, "keep a tmpfs out of swap");
	return true;
}

bool mount_tmpfs(uint64_t size_bytes, mode_t mode, uid_t uid, gid_t gid, bool is_secret,
		 MountOptions options, int *ret_tree, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD context = fsopen("tmpfs", FSOPEN_CLOEXEC);
	if (context < 0)
		return error_set_errno(error, errno, "make a tmpfs");
	if (size_bytes > 0 && !configure_number(context, "size", size_bytes, error))
		return false;
	if (!configure(context, "mode", arena_printf(scratch, "%o", mode), error) ||
	    !configure(context, "uid", arena_printf(scratch, "%u", uid), error) ||
	    !configure(context, "gid", arena_printf(scratch, "%u", gid), error) ||
	    !configure_swap(context, is_secret, error))
		return false;
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return error_set_errno(error, errno, "make a tmpfs");

	CLEANUP_FD tree = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (tree < 0)
		return error_set_errno(error, errno, "mount a tmpfs");
	if (!set_attributes(tree, options, "tmpfs", error))
		return false;
	*ret_tree = steal_fd(&tree);
	return true;
}

// Its limits become at least these.
static bool raise_limits(int directory, uint64_t bytes, uint64_t inodes, bool is_secret,
			 Error *error)
{
	const uint64_t most =
		(uint64_t)sysconf(_SC_PHYS_PAGES) / 2 * (uint64_t)sysconf(_SC_PAGESIZE);
	if (bytes > most)
		return error_set(error, ERROR_LIMIT,
				 "its files need %llu MiB of memory, more than half of the host's",
				 (unsigned long long)(bytes >> 20));
	CLEANUP_FD context = fspick(directory, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH);
	if (context < 0)
		return error_set_errno(error, errno, "open a tmpfs");
	if (!configure_number(context, "size", bytes, error) ||
	    !configure_number(context, "nr_inodes", inodes, error) ||
	    !configure_swap(context, is_secret, error))
		return false;
	if (fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0)
		return error_set_errno(error, errno, "make a tmpfs larger");
	return true;
}

static uint64_t larger(uint64_t left, uint64_t right)
{
	return left > right ? left : right;
}

bool mount_grow_tmpfs(int directory, uint64_t bytes, uint64_t inodes, bool is_secret, Error *error)
{
	struct statfs now;
	if (fstatfs(directory, &now) < 0)
		return error_set_errno(error, errno, "look at a tmpfs");
	const uint64_t block = (uint64_t)now.f_bsize, size = now.f_blocks * block;
	const uint64_t needed_bytes = (now.f_blocks - now.f_bfree) * block + bytes;
	const uint64_t needed_inodes = now.f_files - now.f_ffree + inodes;
	if (needed_bytes <= size && needed_inodes <= now.f_files)
		return true;
	return raise_limits(directory, larger(needed_bytes, size),
			    larger(needed_inodes, now.f_files), is_secret, error);
}

// What it means that the kernel does not mount a device which cannot be written to.
static const char *meaning_of(int os_errno)
{
	switch (os_errno) {
	case EROFS:
		return "it was not unmounted cleanly: mount it once where it can be written to, and "
		       "its journal is replayed";
	case EIO: // of btrfs also for the reason above
		return "it is damaged, or was not unmounted cleanly";
	case EEXIST: // btrfs before Linux 6.7
		return "one with the same UUID is mounted on this host";
	case EINVAL:
	case EUCLEAN:
	case EBADMSG:
	case EOPNOTSUPP:
		return "it is damaged, or this kernel is too old for it";
	default:
		return strerror(os_errno);
	}
}

// Says what the kernel says about the file system, where it says anything: "e ext4: …".
static bool refuse_device(int context, int os_errno, const char *type, Error *error)
{
	char words[256] = "";
	const ssize_t length = read(context, words, sizeof(words) - 1);
	CLEANUP_BUFFER shown = { 0 };
	if (length > 2)
		buffer_add_printable(&shown, words + 2, strcspn(words + 2, "\n"));
	return error_set(error, ERROR_INVALID, "mount the %s file system: %s%s%s", type,
			 buffer_text(&shown), shown.length > 0 ? ": " : "", meaning_of(os_errno));
}

bool mount_device(int device, const char *type, const char *flag, int *ret_tree, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD context = fsopen(type, FSOPEN_CLOEXEC);
	if (context < 0 && errno == ENODEV)
		return error_set(error, ERROR_UNSUPPORTED, "this kernel has no %s", type);
	if (context < 0)
		return error_set_errno(error, errno, "open the file system %s", type);
	if (!configure(context, "source", file_descriptor_path(scratch, device), error))
		return false;
	if (fsconfig(context, FSCONFIG_SET_FLAG, "ro", NULL, 0) < 0 ||
	    (flag && fsconfig(context, FSCONFIG_SET_FLAG, flag, NULL, 0) < 0) ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return refuse_device(context, errno, type, error);
	const unsigned attributes =
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	CLEANUP_FD tree = fsmount(context, FSMOUNT_CLOEXEC, attributes);
	if (tree < 0)
		return error_set_errno(error, errno, "mount the %s file system", type);
	*ret_tree = steal_fd(&tree);
	return true;
}

bool mount_attach(int tree, int target, Error *error)
{
	if (move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return error_set_errno(error, errno, "attach a mount");
	return true;
}

bool mount_make_read_only(int tree, Error *error)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };
	if (mount_setattr(tree, "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) < 0)
		return error_set_errno(error, errno, "make a mount read-only");
	return true;
}

bool mount_is_at(const char *path)
{
	struct statx found;
	return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &found) ==
		       0 &&
	       (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

void mount_detach(const char *path)
{
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return; // not mounted, and it ends with the namespace anyway
}

static bool attach_clone(const char *path, MountOptions options, int stage, const char *name,
			 Error *error)
{
	CLEANUP_FD tree = -1;
	if (!mount_clone(AT_FDCWD, path, options, &tree, error))
		return false;
	if (mkdirat(stage, name, 0700) < 0)
		return error_set_errno(error, errno, "make a staging directory");
	CLEANUP_FD target = openat(stage, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target < 0)
		return error_set_errno(error, errno, "open a staging directory");
	return mount_attach(tree, target, error);
}

static bool make_empty(int state, const char *name, Error *error)
{
	if (!file_tree_remove_path(state, name, error))
		return false;
	if (mkdirat(state, name, 0755) < 0)
		return error_set_errno(error, errno, "make '%s'", name);
	return true;
}

static bool prepare_state(const OverlaySpec *overlay, Error *error)
{
	CLEANUP_FD state = -1;
	if (!overlay->state)
		return true;
	if (!file_make_directories(AT_FDCWD, overlay->state, 0700, error) ||
	    !file_open_directory(AT_FDCWD, overlay->state, &state, error))
		return false;
	// A fresh work directory costs less than the kernel's clean-up of a used one (0.1 instead of 1 ms).
	if (!make_empty(state, "work", error))
		return false;
	if (overlay->is_volatile)
		return make_empty(state, "upper", error);
	return file_make_directories(state, "upper", 0755, error);
}

static bool stage_upper(const OverlaySpec *overlay, int stage, Buffer *options, Error *error)
{
	MountOptions upper = MOUNT_OPTIONS_NONE;
	upper.user_namespace = overlay->upper_id_map;
	if (!attach_clone(overlay->state, upper, stage, "u", error))
		return false;
	buffer_add(options, ",upperdir=u/upper,workdir=u/work");
	if (overlay->is_volatile)
		buffer_add(options, ",volatile");
	return true;
}

// Without an upper directory overlayfs wants two lower ones.
static bool stage_empty(int stage, Buffer *options, Error *error)
{
	if (mkdirat(stage, "e", 0755) < 0)
		return error_set_errno(error, errno, "make a staging directory");
	buffer_add(options, ":e");
	return true;
}

// Every layer under a short name: the option string of mount(2) is cut at 4096 bytes without a word.
static bool stage_layers(const OverlaySpec *overlay, int stage, Buffer *options, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	MountOptions lower = MOUNT_OPTIONS_NONE;
	lower.is_read_only = true;
	for (size_t i = 0; i < overlay->lowers.count; i++) {
		const char *name = arena_printf(scratch, "%zu", i);
		lower.user_namespace = overlay->lowers.items[i].id_map;
		if (!attach_clone(overlay->lowers.items[i].path, lower, stage, name, error))
			return false;
		buffer_printf(options, "%s%s", i == 0 ? "lowerdir=" : ":", name);
	}
	return overlay->state ? stage_upper(overlay, stage, options, error)
			      : stage_empty(stage, options, error);
}

static bool mount_staged(const OverlaySpec *overlay, int stage, int target, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_BUFFER options = { 0 };
	if (!stage_layers(overlay, stage, &options, error))
		return false;
	// overlayfs takes the names relative to the working directory, and keeps clones of the layers.
	if (fchdir(stage) < 0)
		return error_set_errno(error, errno, "enter the staging directory");
	const unsigned long flags = (overlay->no_setuid ? (unsigned long)MS_NOSUID : 0) |
				    (overlay->no_device ? (unsigned long)MS_NODEV : 0);
	const bool is_mounted = mount("overlay", file_descriptor_path(scratch, target), "overlay",
				      flags, buffer_text(&options)) == 0;
	const int os_errno = errno;
	if (chdir("/") < 0)
		return error_set_errno(error, errno, "enter /");
	if (!is_mounted)
		return error_set_errno(error, os_errno, "mount an overlay of %zu layers",
				       overlay->lowers.count);
	return true;
}

bool mount_overlay(const OverlaySpec *overlay, int target, const char *stage, Error *error)
{
	if (overlay->lowers.count > OVERLAY_LOWERS_MAX)
		return error_set(error, ERROR_LIMIT, "%zu layers, and overlayfs takes %d",
				 overlay->lowers.count, OVERLAY_LOWERS_MAX);
	if (!prepare_state(overlay, error))
		return false;

	if (mount("tmpfs", stage, "tmpfs", MS_NOSUID | MS_NODEV, "mode=700") < 0)
		return error_set_errno(error, errno, "mount the stage '%s'", stage);
	CLEANUP_FD stage_fd = open(stage, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const bool is_mounted = stage_fd >= 0 && mount_staged(overlay, stage_fd, target, error);
	if (umount2(stage, MNT_DETACH) < 0 && is_mounted)
		return error_set_errno(error, errno, "unmount the stage '%s'", stage);
	if (stage_fd < 0)
		return error_set_errno(error, errno, "open the stage '%s'", stage);
	return is_mounted;
}
