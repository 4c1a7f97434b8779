#include "store/rootfs/disk.h"

#include "pkg/base/text.h"
#include "pkg/oci/layer/unpack.h"
#include "pkg/oci/platform.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/kernel/block.h"
#include "pkg/sys/kernel/loop.h"
#include "pkg/sys/kernel/mount.h"
#include "pkg/sys/stream/qcow2.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// What a system may have its root on, and what is well enough known to be let into the kernel.
static const char *const file_systems[] = { "ext4",  "ext3",     "ext2", "xfs",
					    "btrfs", "squashfs", "erofs" };

// Partition types of root file systems, by architecture.
// Spec: <https://uapi-group.org/specifications/specs/discoverable_partitions_specification/>
static const struct {
	const char *architecture; // Go's names
	const char *type;
} root_types[] = {
	{ "amd64", "4f68bce3-e8cd-4db1-96e7-fbcaf984b709" },
	{ "arm64", "b921b045-1df0-41c3-af44-4c6f280d3fae" },
	{ "386", "44479540-f297-41b2-9af7-d131d5f0458a" },
	{ "arm", "69dad710-2ce4-4e3c-b16c-21a1d49abed3" },
	{ "riscv64", "72ec70a6-cf74-40e6-bd49-4bda08e8f224" },
	{ "ppc64le", "c31c45e6-3f39-412e-80fb-4809c4980599" },
	{ "s390x", "5eead9a9-fe09-4a1e-a1d7-520d00531306" },
	{ "loong64", "77055800-792c-4f94-b39a-98c91b762bb6" },
};

// "Linux data" of GPT and MBR.
static const char *const linux_types[] = { "0fc63daf-8483-4772-8e79-3d69d8477de4", "0x83" };

// Where distributions put the root within a btrfs.
static const char *const subvolumes[] = { "root", "@", "@rootfs" };

static const char *const os_releases[] = { "etc/os-release", "usr/lib/os-release" };

static bool is_one_of(const char *text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal(text, list[i]))
			return true;
	}
	return false;
}

static bool is_readable(const BlockPartition *partition)
{
	return is_one_of(partition->file_system, file_systems, COUNT(file_systems));
}

// --- what is in a partition

static bool has_os_release(int root)
{
	for (size_t i = 0; i < COUNT(os_releases); i++) {
		CLEANUP_ERROR ignored = { 0 };
		CLEANUP_FD fd = -1;
		if (file_open_in_root(root, os_releases[i], O_PATH, 0, &fd, &ignored))
			return true;
	}
	return false;
}

// The root of the system in the mounted file system: its top, or a subvolume.
static bool open_root(int tree, int *ret_root, Error *error)
{
	CLEANUP_FD top = -1;
	if (!file_open_directory(tree, ".", &top, error))
		return false;
	for (size_t i = 0; i < COUNT(subvolumes) && !has_os_release(top); i++) {
		CLEANUP_ERROR ignored = { 0 };
		CLEANUP_FD fd = -1;
		if (file_open_in_root(top, subvolumes[i], O_RDONLY | O_DIRECTORY, 0, &fd,
				      &ignored) &&
		    has_os_release(fd)) {
			*ret_root = steal_fd(&fd);
			return true;
		}
	}
	*ret_root = steal_fd(&top);
	return true;
}

// Opens the root in the partition. The loop device and the mount are gone when it is closed.
static bool open_partition(int image, const BlockPartition *partition, int *ret_root, Error *error)
{
	CLEANUP_FD device = -1;
	CLEANUP_FD tree = -1;
	const char *type = partition->file_system;
	// The kernel's ext4 reads its ancestors as well. xfs refuses a copy of a file system that is mounted already.
	if (text_starts_with(type, "ext"))
		type = "ext4";
	const char *flag = text_equal(type, "xfs") ? "nouuid" : NULL;
	return loop_attach(image, partition->offset_bytes, partition->size_bytes, &device, error) &&
	       mount_device(device, type, flag, &tree, error) && open_root(tree, ret_root, error);
}

static bool holds_system(int image, const BlockPartition *partition)
{
	CLEANUP_ERROR ignored = { 0 };
	CLEANUP_FD root = -1;
	return open_partition(image, partition, &root, &ignored) && has_os_release(root);
}

// --- which partition

typedef struct Choice {
	const BlockPartition *found[8];
	size_t count;
} Choice;

static void choose(Choice *choice, const BlockPartition *partition)
{
	if (choice->count < COUNT(choice->found))
		choice->found[choice->count++] = partition;
}

static const char *list(const Choice *choice, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < choice->count; i++) {
		const BlockPartition *partition = choice->found[i];
		const char *type = partition->file_system;
		buffer_printf(&text, "%s%u (%s, %ju MiB)", i > 0 ? ", " : "", partition->number,
			      type[0] ? type : "unknown", (uintmax_t)(partition->size_bytes >> 20));
	}
	return buffer_take(&text, arena);
}

static bool several(const Choice *choice, Arena *arena, Error *error)
{
	return error_set(error, ERROR_INVALID,
			 "several partitions of the disk may be the root: %s; copy the one that is "
			 "meant to a file and import that",
			 list(choice, arena));
}

static bool none(const BlockLayout *layout, Arena *arena, Error *error)
{
	Choice all = { 0 };
	for (size_t i = 0; i < layout->partitions.count; i++)
		choose(&all, &layout->partitions.items[i]);
	return error_set(error, ERROR_INVALID,
			 "no partition of the disk has a root file system that can be read "
			 "(ext4, xfs, btrfs, squashfs, erofs); there is %s",
			 list(&all, arena));
}

static void choose_by_type(const BlockLayout *layout, Arena *arena, Choice *choice)
{
	const Platform platform = platform_of_host(arena);
	for (size_t i = 0; i < layout->partitions.count; i++) {
		const BlockPartition *partition = &layout->partitions.items[i];
		for (size_t j = 0; j < COUNT(root_types) && is_readable(partition); j++) {
			if (text_equal(root_types[j].architecture, platform.architecture) &&
			    text_equal(root_types[j].type, partition->type))
				choose(choice, partition);
		}
	}
}

static void choose_by_content(int image, const BlockLayout *layout, Choice *choice)
{
	for (size_t i = 0; i < layout->partitions.count; i++) {
		const BlockPartition *partition = &layout->partitions.items[i];
		if (is_readable(partition) && holds_system(image, partition))
			choose(choice, partition);
	}
}

static void choose_largest(const BlockLayout *layout, Choice *choice)
{
	const BlockPartition *largest = NULL;
	for (size_t i = 0; i < layout->partitions.count; i++) {
		const BlockPartition *partition = &layout->partitions.items[i];
		if (is_readable(partition) &&
		    is_one_of(partition->type, linux_types, COUNT(linux_types)) &&
		    (!largest || partition->size_bytes > largest->size_bytes))
			largest = partition;
	}
	if (largest)
		choose(choice, largest);
}

static bool choose_partition(const RootfsSite *site, int image, const BlockLayout *layout,
			     BlockPartition *ret, Error *error)
{
	Choice choice = { 0 };
	choose_by_type(layout, site->arena, &choice);
	if (choice.count == 0)
		choose_by_content(image, layout, &choice);
	if (choice.count == 0)
		choose_largest(layout, &choice);
	if (choice.count > 1)
		return several(&choice, site->arena, error);
	if (choice.count == 0)
		return none(layout, site->arena, error);
	*ret = *choice.found[0];
	return true;
}

// A file system without a partition table is a partition of its own.
static bool whole_disk(int image, const BlockLayout *layout, BlockPartition *ret, Error *error)
{
	struct stat status;
	if (fstat(image, &status) < 0)
		return error_set_errno(error, errno, "look at the disk image");
	*ret = (BlockPartition){ .file_system = layout->file_system };
	if (is_readable(ret))
		return true;
	if (text_is_empty(layout->file_system))
		return error_set(error, ERROR_INVALID, "there is no file system on the disk");
	return error_set(error, ERROR_UNSUPPORTED, "%s is on the disk, which is not read",
			 layout->file_system);
}

bool rootfs_disk_fill(const RootfsSite *site, int image, Error *error)
{
	BlockLayout layout;
	BlockPartition partition;
	CLEANUP_FD root = -1;
	if (!block_probe(image, site->arena, &layout, error))
		return false;
	const bool has_partitions = layout.partitions.count > 0;
	if (!(has_partitions ? choose_partition(site, image, &layout, &partition, error)
			     : whole_disk(image, &layout, &partition, error)))
		return false;
	return open_partition(image, &partition, &root, error) &&
	       file_tree_copy(root, site->directory, -1, NULL, error);
}

bool rootfs_qcow2_fill(const RootfsSite *site, int image, Error *error)
{
	CLEANUP_FD raw = openat(site->scratch, "raw", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (raw < 0)
		return error_set_errno(error, errno, "make a file for the disk");
	return qcow2_convert(image, raw, UNPACK_BYTES_MAX, error) &&
	       rootfs_disk_fill(site, raw, error);
}
