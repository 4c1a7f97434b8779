// pkg/sys/kernel/mount.h - mounts by descriptor: private namespaces, id-mapped clones, overlays.
// A "tree" is a detached mount: a descriptor that is mounted nowhere yet. Attaching it to a directory that was opened
// safely (file_open_in_root) leaves no path for anybody to tamper with. Mounts die with the mount namespace.
#ifndef PKG_SYS_KERNEL_MOUNT_H
#define PKG_SYS_KERNEL_MOUNT_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>
#include <sys/types.h>

// Gives the calling process a mount namespace of its own, which receives mounts of the host but sends none back.
MUST_CHECK bool mount_enter_namespace(Error *error);

// A user namespace that maps ids 0.. of a file system to `base`..base+count-1: the argument of id-mapped mounts.
// maps_host_root: the host's root keeps an id (`count`) too, so that it can create files through the mount; overlay
// needs that for its upper directory, and mounts read-only without a word otherwise (kernel 6.1 to 6.18).
MUST_CHECK bool mount_open_id_map(uint32_t base, uint32_t count, bool maps_host_root,
				  int *ret_user_namespace, Error *error);

typedef struct MountOptions {
	int user_namespace; // -1: ids stay as they are
	bool is_read_only;
	bool is_recursive; // what is mounted below comes along
	bool no_exec;
	bool may_exec; // though it is shown from a mount that says noexec
	bool no_device;
	bool no_setuid;
} MountOptions;

#define MOUNT_OPTIONS_NONE ((MountOptions){ .user_namespace = -1 })

// A tree that shows the directory or file `path` (an empty path: `directory` itself, also opened with O_PATH).
// Fails with ERROR_UNSUPPORTED when its file system cannot be id-mapped.
MUST_CHECK bool mount_clone(int directory, const char *path, MountOptions options, int *ret_tree,
			    Error *error);
// A tree with a new, empty tmpfs. size_bytes 0: the kernel's default. Never swapped out where the kernel can
// (noswap, 6.4) when `is_secret`.
MUST_CHECK bool mount_tmpfs(uint64_t size_bytes, mode_t mode, uid_t uid, gid_t gid, bool is_secret,
			    MountOptions options, int *ret_tree, Error *error);
// Gives the tmpfs that is mounted at `directory` room for so much more than it holds, when it has less. is_secret: as it
// was made with. Fails with ERROR_LIMIT when it would be more than half of the host's memory.
MUST_CHECK bool mount_grow_tmpfs(int directory, uint64_t bytes, uint64_t inodes, bool is_secret,
				 Error *error);
// A tree with the file system `type` ("ext4") of the block device, read-only. It is gone when the descriptor is closed
// unless it was attached. `flag`: an option of the file system without a value; NULL: none.
MUST_CHECK bool mount_device(int device, const char *type, const char *flag, int *ret_tree,
			     Error *error);
// Mounts the tree on top of the directory or file that `target` refers to (O_PATH is enough).
MUST_CHECK bool mount_attach(int tree, int target, Error *error);

// Makes one that is attached read-only; what is mounted below it stays as it is.
MUST_CHECK bool mount_make_read_only(int tree, Error *error);

// True when something is mounted at the path.
bool mount_is_at(const char *path);
// Takes the mount at the path away, as soon as nobody uses it. One that is not there is fine.
void mount_detach(const char *path);

typedef struct OverlayLayer {
	const char *path;
	int id_map; // -1, or of mount_open_id_map
} OverlayLayer;
VEC_DECLARE(OverlayLayers, overlay_layers, OverlayLayer);

typedef struct OverlaySpec {
	OverlayLayers lowers; // directories, topmost first; at least one
	const char *state; // directory of upper/ and work/, which are made in it; NULL: read-only
	int upper_id_map;  // -1, or of mount_open_id_map with maps_host_root
	bool is_volatile;  // no sync of the upper directory ever: what a crash may lose
	bool no_setuid;    // set-uid bits and file capabilities have no effect
	bool no_device;    // device nodes cannot be opened
} OverlaySpec;

// The number of layers that overlayfs accepts (fs/overlayfs/params.c: OVL_MAX_STACK).
#define OVERLAY_LOWERS_MAX 500

// Mounts the overlay on the directory `target`. `stage` is an empty directory that this call may mount on meanwhile.
// The upper directory is emptied first when is_volatile: a volatile overlay must not be mounted twice.
MUST_CHECK bool mount_overlay(const OverlaySpec *overlay, int target, const char *stage,
			      Error *error);

#endif
