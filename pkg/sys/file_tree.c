#include "pkg/sys/file_tree.h"

#include "pkg/base/arena.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <search.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

// Names of extended attributes of one file, and one value: the kernel's own limits (XATTR_LIST_MAX, XATTR_SIZE_MAX).
#define XATTR_BYTES_MAX 65536

// One system call never copies more, so that a signal is noticed within a moment.
#define COPY_STEP_BYTES (16u * 1024 * 1024)

// Where a file with several links was copied to.
typedef struct HardLink {
	uint64_t device;
	uint64_t inode;
	const char *path; // below the destination
} HardLink;

typedef struct Copy {
	Arena *arena;
	int destination;
	uint64_t mount;           // of the source: what is mounted below it is not copied
	const HardLink *excluded; // a directory, by device and inode; NULL: none
	void *links;              // tsearch(3) of HardLink
	bool can_clone;
	FileTreeCopied copied;
	char attribute_names[XATTR_BYTES_MAX];
	char attribute_value[XATTR_BYTES_MAX];
} Copy;

typedef struct statx Status;

static uint64_t device_of(const Status *status)
{
	return makedev(status->stx_dev_major, status->stx_dev_minor);
}

static bool look_at(int directory, const char *name, Status *ret, Error *error)
{
	const int flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT;
	if (statx(directory, name, flags, STATX_BASIC_STATS | STATX_MNT_ID, ret) < 0)
		return error_set_errno(error, errno, "look at '%s'", name);
	return true;
}

static int compare_links(const void *left, const void *right)
{
	const HardLink *a = left;
	const HardLink *b = right;
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->inode < b->inode ? -1 : a->inode > b->inode;
}

static void leave_link(void *link)
{
	(void)link; // arena memory
}

static HardLink link_of(const Status *status, const char *path)
{
	return (HardLink){ device_of(status), status->stx_ino, path };
}

// The path that this file was copied to already; else NULL, and `path` is remembered.
static const char *find_link(Copy *copy, const Status *status, const char *path)
{
	HardLink *link = ARENA_NEW(copy->arena, HardLink);
	*link = link_of(status, path);
	HardLink *const *found = tsearch(link, &copy->links, compare_links);
	if (!found)
		memory_exhausted();
	return *found == link ? NULL : (*found)->path;
}

// Labels and ACLs of file systems that the destination has no such thing for are dropped; what a program relies on
// (file capabilities, user and trusted attributes) is not.
static bool may_drop_attribute(const char *name)
{
	return text_equal(name, "security.selinux") || text_starts_with(name, "system.");
}

static bool copy_attribute(Copy *copy, const char *from, const char *to, const char *name,
			   Error *error)
{
	const ssize_t size = lgetxattr(from, name, copy->attribute_value, XATTR_BYTES_MAX);
	if (size < 0 && errno == ENODATA)
		return true;
	if (size < 0)
		return error_set_errno(error, errno, "read the attribute '%s'", name);
	if (lsetxattr(to, name, copy->attribute_value, (size_t)size, 0) == 0)
		return true;
	if (errno == EOPNOTSUPP && may_drop_attribute(name))
		return true;
	return error_set_errno(error, errno, "set the attribute '%s'", name);
}

// The paths lead through /proc/self/fd, because there are no *at() calls for attributes before Linux 6.13.
static bool copy_attributes(Copy *copy, const char *from, const char *to, Error *error)
{
	const ssize_t size = llistxattr(from, copy->attribute_names, XATTR_BYTES_MAX);
	if (size < 0 && errno == EOPNOTSUPP)
		return true;
	if (size < 0)
		return error_set_errno(error, errno, "list the attributes");
	for (const char *name = copy->attribute_names; name < copy->attribute_names + size;
	     name += strlen(name) + 1) {
		if (!copy_attribute(copy, from, to, name, error))
			return false;
	}
	return true;
}

static struct timespec timespec_of(struct statx_timestamp time)
{
	return (struct timespec){ .tv_sec = time.tv_sec, .tv_nsec = time.tv_nsec };
}

// Owner, mode, attributes, times, in this order: a new owner clears set-user-id bits and file capabilities.
static bool copy_metadata(Copy *copy, int source, int destination, const char *name,
			  const Status *status, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *from = arena_printf(scratch, "/proc/self/fd/%d/%s", source, name);
	const char *to = arena_printf(scratch, "/proc/self/fd/%d/%s", destination, name);
	if (fchownat(destination, name, status->stx_uid, status->stx_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "set the owner of '%s'", name);
	if (!S_ISLNK(status->stx_mode) &&
	    fchmodat(destination, name, status->stx_mode & 07777, 0) < 0)
		return error_set_errno(error, errno, "set the mode of '%s'", name);
	if (!copy_attributes(copy, from, to, error))
		return error_wrap(error, "'%s'", name);

	const struct timespec times[] = { timespec_of(status->stx_atime),
					  timespec_of(status->stx_mtime) };
	if (utimensat(destination, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "set the times of '%s'", name);
	return true;
}

// Bytes copied, 0 at the end of the file, -1 with errno.
static ssize_t copy_step(int from, int to, off_t offset, size_t size)
{
	off_t in = offset, out = offset;
	const ssize_t copied = copy_file_range(from, &in, to, &out, size, 0);
	if (copied >= 0 ||
	    (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP))
		return copied;
	if (lseek(to, offset, SEEK_SET) < 0)
		return -1;
	in = offset;
	return sendfile(to, from, &in, size);
}

static bool copy_segment(Copy *copy, int from, int to, off_t start, off_t end, Error *error)
{
	while (start < end) {
		if (!interrupt_check(error))
			return false;
		const size_t left = (size_t)(end - start);
		const size_t size = left < COPY_STEP_BYTES ? left : COPY_STEP_BYTES;
		const ssize_t copied = copy_step(from, to, start, size);
		if (copied < 0 && errno == EINTR)
			continue;
		if (copied < 0)
			return error_set_errno(error, errno, "copy");
		if (copied == 0) // it became shorter meanwhile
			return true;
		start += copied;
		copy->copied.bytes += (uint64_t)copied;
	}
	return true;
}

static bool copy_content(Copy *copy, int from, int to, off_t size, Error *error)
{
	if (size > 0 && copy->can_clone) {
		if (ioctl(to, FICLONE, from) == 0) {
			copy->copied.bytes += (uint64_t)size;
			return true;
		}
		copy->can_clone = false;
	}
	for (off_t end = 0; end < size;) {
		const off_t start = lseek(from, end, SEEK_DATA);
		if (start < 0 && errno == ENXIO) // a hole up to the end
			break;
		if (start < 0)
			return error_set_errno(error, errno, "find the data");
		end = lseek(from, start, SEEK_HOLE);
		if (end < 0)
			return error_set_errno(error, errno, "find a hole");
		if (!copy_segment(copy, from, to, start, end < size ? end : size, error))
			return false;
	}
	if (ftruncate(to, size) < 0)
		return error_set_errno(error, errno, "set the size");
	return true;
}

static bool copy_regular(Copy *copy, int source, int destination, const char *name,
			 const Status *status, const char *path, Error *error)
{
	if (status->stx_nlink > 1) {
		const char *twin = find_link(copy, status, path);
		if (twin && linkat(copy->destination, twin, destination, name, 0) == 0)
			return true;
		if (twin && errno != EMLINK)
			return error_set_errno(error, errno, "link '%s'", name);
	}

	CLEANUP_FD from = openat(source, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (from < 0)
		return error_set_errno(error, errno, "open '%s'", name);
	CLEANUP_FD to = openat(destination, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0)
		return error_set_errno(error, errno, "create '%s'", name);
	if (!copy_content(copy, from, to, (off_t)status->stx_size, error))
		return error_wrap(error, "'%s'", name);
	return copy_metadata(copy, source, destination, name, status, error);
}

static bool copy_symlink(Copy *copy, int source, int destination, const char *name,
			 const Status *status, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	char *target = arena_alloc(scratch, PATH_MAX + 1);
	if (readlinkat(source, name, target, PATH_MAX) < 0)
		return error_set_errno(error, errno, "read the link '%s'", name);
	if (symlinkat(target, destination, name) < 0)
		return error_set_errno(error, errno, "make the link '%s'", name);
	return copy_metadata(copy, source, destination, name, status, error);
}

static bool copy_node(Copy *copy, int source, int destination, const char *name,
		      const Status *status, Error *error)
{
	const dev_t device = makedev(status->stx_rdev_major, status->stx_rdev_minor);
	if (mknodat(destination, name, (status->stx_mode & S_IFMT) | 0600, device) < 0)
		return error_set_errno(error, errno, "make the node '%s'", name);
	return copy_metadata(copy, source, destination, name, status, error);
}

static bool copy_children(Copy *copy, int source, int destination, const char *path, unsigned depth,
			  Error *error);

static bool copy_directory(Copy *copy, int source, int destination, const char *name,
			   const Status *status, const char *path, unsigned depth, Error *error)
{
	if (depth == FILE_TREE_DEPTH_MAX)
		return error_set(error, ERROR_LIMIT, "deeper than %d directories",
				 FILE_TREE_DEPTH_MAX);
	if (mkdirat(destination, name, 0700) < 0)
		return error_set_errno(error, errno, "make the directory '%s'", name);

	if (status->stx_mnt_id != copy->mount) {
		copy->copied.mounts++;
	} else {
		const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
		CLEANUP_FD from = openat(source, name, flags);
		CLEANUP_FD to = openat(destination, name, flags);
		if (from < 0 || to < 0)
			return error_set_errno(error, errno, "open the directory '%s'", name);
		if (!copy_children(copy, from, to, path, depth + 1, error))
			return false;
	}
	return copy_metadata(copy, source, destination, name, status, error);
}

static bool copy_entry(Copy *copy, int source, int destination, const char *name, const char *path,
		       unsigned depth, Error *error)
{
	Status status;
	if (!interrupt_check(error))
		return false;
	if (!look_at(source, name, &status, error)) {
		if (error->os_errno != ENOENT)
			return false;
		// Gone meanwhile; or overlayfs, which lists what it hides in directories that one layer alone has.
		error_clear(error);
		return true;
	}
	const HardLink identity = link_of(&status, path);
	if (copy->excluded && compare_links(&identity, copy->excluded) == 0)
		return true;

	copy->copied.entries++;
	switch (status.stx_mode & S_IFMT) {
	case S_IFDIR:
		return copy_directory(copy, source, destination, name, &status, path, depth, error);
	case S_IFREG:
		return copy_regular(copy, source, destination, name, &status, path, error);
	case S_IFLNK:
		return copy_symlink(copy, source, destination, name, &status, error);
	default:
		return copy_node(copy, source, destination, name, &status, error);
	}
}

static bool copy_children(Copy *copy, int source, int destination, const char *path, unsigned depth,
			  Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	if (!file_list(source, ".", scratch, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		// Links refer to it later: it lives as long as the copy.
		const char *child = path_join(copy->arena, path, names.items[i]);
		if (!copy_entry(copy, source, destination, names.items[i], child, depth, error))
			return depth == 0 ? error_wrap(error, "%s", names.items[i]) : false;
	}
	return true;
}

static void free_links(Copy **copy)
{
	tdestroy((*copy)->links, leave_link);
}

bool file_tree_copy(int source, int destination, int excluded, FileTreeCopied *ret_copied,
		    Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	Status status, excluded_status;
	if (!look_at(source, "", &status, error) ||
	    (excluded >= 0 && !look_at(excluded, "", &excluded_status, error)))
		return false;

	CLEANUP(free_links) Copy *copy = ARENA_NEW(arena, Copy);
	copy->arena = arena;
	copy->destination = destination;
	copy->mount = status.stx_mnt_id;
	copy->can_clone = true;
	HardLink left_out = { 0 };
	if (excluded >= 0) {
		left_out = link_of(&excluded_status, "");
		copy->excluded = &left_out;
	}
	if (!copy_children(copy, source, destination, "", 0, error) ||
	    !copy_metadata(copy, source, destination, ".", &status, error))
		return false;
	if (ret_copied)
		*ret_copied = copy->copied;
	return true;
}

// Below this depth a directory is moved up to the top of the tree first, so that descriptors do not run out.
#define REMOVE_DEPTH_MAX 64
// Before that many entries are gone nobody minds the wait.
#define REMOVE_COUNT_MIN 256

typedef struct Removal {
	int top; // the directory whose children are being removed
	uint64_t mount;
	unsigned moved;
	uint64_t seen;    // entries
	bool is_clean_up; // the signal came before: a second one ends the process
} Removal;

static void close_stream(DIR **stream)
{
	if (*stream)
		closedir(*stream);
}

static bool move_up(Removal *removal, int directory, const char *name, Error *error)
{
	for (;;) {
		CLEANUP_ARENA scratch = arena_new();
		const char *up = arena_printf(scratch, ".deep-%u", removal->moved++);
		if (renameat2(directory, name, removal->top, up, RENAME_NOREPLACE) == 0)
			return true;
		if (errno == ENOENT)
			return true; // another process removes it, too
		if (errno != EEXIST)
			return error_set_errno(error, errno, "move '%s' to remove it", name);
	}
}

static bool remove_directory(Removal *removal, int parent, const char *name, unsigned depth,
			     Error *error);

static bool remove_entry(Removal *removal, int directory, const char *name, unsigned depth,
			 Error *error)
{
	if (++removal->seen > REMOVE_COUNT_MIN && !removal->is_clean_up && !interrupt_check(error))
		return false;
	if (unlinkat(directory, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno != EISDIR)
		return error_set_errno(error, errno, "remove '%s'", name);
	if (depth == REMOVE_DEPTH_MAX)
		return move_up(removal, directory, name, error);
	return remove_directory(removal, directory, name, depth, error);
}

// One pass over the entries. *ret_count: how many there were.
static bool remove_entries(Removal *removal, DIR *stream, unsigned depth, size_t *ret_count,
			   Error *error)
{
	size_t count = 0;
	rewinddir(stream);
	for (const struct dirent *entry; (entry = readdir(stream));) {
		if (!path_is_name(entry->d_name))
			continue;
		if (!remove_entry(removal, dirfd(stream), entry->d_name, depth + 1, error))
			return false;
		count++;
	}
	*ret_count = count;
	return true;
}

// -1 in *ret_fd: it is gone already, as another process removes it, too.
static bool open_to_remove(const Removal *removal, int parent, const char *name, int *ret_fd,
			   Error *error)
{
	CLEANUP_FD fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s' to remove it", name);
	Status status;
	if (!look_at(fd, "", &status, error))
		return false;
	if (status.stx_mnt_id != removal->mount)
		return error_set(error, ERROR_BUSY, "'%s' is a mount point", name);
	*ret_fd = steal_fd(&fd);
	return true;
}

static bool remove_directory(Removal *removal, int parent, const char *name, unsigned depth,
			     Error *error)
{
	CLEANUP_FD fd = -1;
	if (!open_to_remove(removal, parent, name, &fd, error))
		return false;
	if (fd < 0)
		return true;
	CLEANUP(close_stream) DIR *stream = fdopendir(fd);
	if (!stream)
		return error_set_errno(error, errno, "read '%s' to remove it", name);
	const int own = steal_fd(&fd); // the stream's from here on
	if (depth == 0)
		removal->top = own;

	// Again while there was something: deep directories were moved up, some file systems skip entries.
	for (size_t count = 1; count > 0;) {
		if (!remove_entries(removal, stream, depth, &count, error))
			return error_wrap(error, "%s", name);
		if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return true;
		if (errno != ENOTEMPTY && errno != EEXIST)
			break;
	}
	return error_set_errno(error, errno, "remove the directory '%s'", name);
}

bool file_tree_remove(int directory, const char *name, Error *error)
{
	assert(path_is_name(name));
	Status status;
	if (!file_exists(directory, name))
		return true;
	if (!look_at(directory, "", &status, error))
		return false;
	Removal removal = {
		.top = -1,
		.mount = status.stx_mnt_id,
		.is_clean_up = interrupt_signal() != 0,
	};
	return remove_entry(&removal, directory, name, 0, error);
}

bool file_tree_remove_path(int directory, const char *path, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD parent = -1;
	if (!file_exists(directory, path))
		return true;
	return file_open_directory(directory, path_parent(scratch, path), &parent, error) &&
	       file_tree_remove(parent, path_name(path), error);
}
