#include "pkg/oci/layer/unpack.h"

#include "pkg/base/text.h"
#include "pkg/oci/layer/tree.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"
#include "pkg/sys/kernel/verity.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define WHITEOUT_PREFIX ".wh."
#define BLOCK_BYTES     UINT64_C(4096) // of most file systems
#define OPAQUE_NAME     ".wh..wh..opq"
// aufs kept its own books under such names; they mean nothing to anybody else.
#define AUFS_PREFIX ".wh..wh."
#define ACL_ACCESS  "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"

const UnpackOptions unpack_layer = {
	.whiteouts = true,
	.owners = true,
	.devices = true,
	.entries_max = UNPACK_ENTRIES_MAX,
	.bytes_max = UNPACK_BYTES_MAX,
};

const UnpackOptions unpack_plain = {
	.whiteouts = false,
	.owners = true,
	.devices = true,
	.entries_max = UNPACK_ENTRIES_MAX,
	.bytes_max = UNPACK_BYTES_MAX,
};

typedef struct Unpacker {
	Archive *archive;
	const UnpackOptions *options;
	Tree *tree;
	TreePath path;
	TreePath link;
	UnpackResult result;
} Unpacker;

static const char *last_part(const TreePath *path)
{
	return path->parts[path->count - 1];
}

static struct timespec modified_of(const ArchiveEntry *entry)
{
	const bool is_sane = entry->modified_ns >= 0 && entry->modified_ns < 1000000000;
	return (struct timespec){ .tv_sec = entry->modified_s,
				  .tv_nsec = is_sane ? entry->modified_ns : 0 };
}

// New files have our ids already, unless the directory gives them its group.
static bool needs_owner(const Unpacker *self, const ArchiveEntry *entry)
{
	return self->options->owners &&
	       (entry->uid != (int64_t)geteuid() || entry->gid != (int64_t)getegid() ||
		tree_is_group_inherited(self->tree));
}

static bool check_owner(const ArchiveEntry *entry, Error *error)
{
	// The largest id means "unchanged" to chown(2).
	if (entry->uid < 0 || entry->uid >= UINT32_MAX || entry->gid < 0 ||
	    entry->gid >= UINT32_MAX)
		return error_set(error, ERROR_INVALID, "the owner %jd:%jd", (intmax_t)entry->uid,
				 (intmax_t)entry->gid);
	return true;
}

// user.overlay.* steers overlayfs mounts of users, trusted.* those of root: neither is the archive's to set. The other
// security.* attributes belong to the policy of the host that wrote them.
static bool is_wanted(const char *attribute)
{
	if (text_starts_with(attribute, "user."))
		return !text_starts_with(attribute, "user.overlay.");
	return text_equal(attribute, "security.capability") || text_equal(attribute, ACL_ACCESS) ||
	       text_equal(attribute, ACL_DEFAULT);
}

// A file system without user attributes or ACLs is no reason to do without the image.
static bool may_be_dropped(const char *attribute)
{
	return !text_starts_with(attribute, "security.");
}

// Its name is the archive's. That the file system has no room is mostly the size of the attribute, not of the disk.
static bool fail_attribute(const ArchiveAttribute *attribute, int os_errno, Error *error)
{
	CLEANUP_BUFFER name = { 0 };
	buffer_add_printable(&name, attribute->name, strnlen(attribute->name, 300));
	return error_set_errno(error, os_errno, "set the attribute '%s' of %zu bytes",
			       buffer_text(&name), attribute->size);
}

static bool set_xattrs(int fd, const ArchiveEntry *entry, Error *error)
{
	for (size_t i = 0; i < entry->attribute_count; i++) {
		const ArchiveAttribute *attribute = &entry->attributes[i];
		if (!is_wanted(attribute->name) ||
		    fsetxattr(fd, attribute->name, attribute->value, attribute->size, 0) == 0)
			continue;
		if (errno == EOPNOTSUPP && may_be_dropped(attribute->name))
			continue;
		return fail_attribute(attribute, errno, error);
	}
	return true;
}

static bool has_attribute(const ArchiveEntry *entry, const char *name)
{
	for (size_t i = 0; i < entry->attribute_count; i++) {
		if (text_equal(entry->attributes[i].name, name))
			return true;
	}
	return false;
}

// An ACL has brought permissions of its own, which the mode must not change when it is set at the end.
static bool mode_of_directory(int fd, const ArchiveEntry *entry, mode_t *ret, Error *error)
{
	struct stat status = { .st_mode = entry->mode };
	if (has_attribute(entry, ACL_ACCESS) && fstat(fd, &status) < 0)
		return error_set_errno(error, errno, "look at the directory");
	*ret = (entry->mode & 07000) | (status.st_mode & 0777);
	return true;
}

static bool make_directory(Unpacker *self, const ArchiveEntry *entry, Error *error)
{
	if (!tree_enter(self->tree, &self->path, self->path.count, error))
		return false;
	const int fd = tree_directory(self->tree);
	if (self->options->owners && fchown(fd, (uid_t)entry->uid, (gid_t)entry->gid) < 0)
		return error_set_errno(error, errno, "set the owner");
	if (!set_xattrs(fd, entry, error))
		return false;
	if (has_attribute(entry, ACL_DEFAULT))
		tree_note_default_acl(self->tree);
	mode_t mode = 0;
	if (!mode_of_directory(fd, entry, &mode, error))
		return false;
	tree_set_attributes(self->tree, mode, modified_of(entry));
	return true;
}

static bool write_content(Unpacker *self, int fd, const ArchiveEntry *entry, Error *error)
{
	const uint64_t size = (uint64_t)entry->size_bytes;
	uint64_t written = 0;
	while (!self->options->without_content) {
		const void *block = NULL;
		size_t length = 0;
		uint64_t offset = 0;
		if (!interrupt_check(error) ||
		    !archive_read(self->archive, &block, &length, &offset, error))
			return false;
		if (length == 0)
			break;
		if (offset < written || offset > size || length > size - offset)
			return error_set(error, ERROR_INVALID, "content outside of the file");
		if (offset != written && lseek(fd, (off_t)offset, SEEK_SET) < 0)
			return error_set_errno(error, errno, "seek");
		if (!file_write_fd(fd, block, length, error))
			return false;
		written = offset + length;
	}
	// The frame relies on it: content that is announced comes, all of it.
	if (written < size && !entry->is_sparse && !self->options->without_content)
		return error_set(error, ERROR_INVALID, "a file of %ju bytes with a content of %ju",
				 (uintmax_t)size, (uintmax_t)written);
	if (written < size && ftruncate(fd, (off_t)size) < 0)
		return error_set_errno(error, errno, "set the size");
	return true;
}

// A new file of the entry's name. Hardly ever is there something that has to go first.
static bool create_file(Unpacker *self, int *ret_fd, Error *error)
{
	const int parent = tree_directory(self->tree);
	const char *name = last_part(&self->path);
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(parent, name, flags, 0600);
	if (fd < 0 && errno == EEXIST) {
		if (!tree_remove(self->tree, name, error))
			return false;
		fd = openat(parent, name, flags, 0600);
	}
	if (fd < 0)
		return error_set_errno(error, errno, "make the file");
	*ret_fd = fd;
	return true;
}

// Tells the frame where the content is that comes next.
static bool note_content(Unpacker *self, const ArchiveEntry *entry, Error *error)
{
	CLEANUP_BUFFER path = { 0 };
	if (!self->options->frame || entry->is_sparse || entry->size_bytes == 0)
		return true;
	tree_path_print(&self->path, self->path.count, &path);
	return frame_writer_content(self->options->frame, buffer_text(&path),
				    (uint64_t)entry->size_bytes, error);
}

// Nobody may have the file open for writing when it is sealed: afterwards *fd is open for reading.
static bool seal(const Unpacker *self, int *fd, Error *error)
{
	file_close(fd);
	*fd = openat(tree_directory(self->tree), last_part(&self->path),
		     O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0)
		return error_set_errno(error, errno, "open the file again");
	return verity_enable(*fd, error);
}

// The order matters: a new owner takes set-id bits and capabilities away, writing and sealing set the time.
static bool make_file(Unpacker *self, const ArchiveEntry *entry, Error *error)
{
	const struct timespec times[2] = { modified_of(entry), modified_of(entry) };
	CLEANUP_FD fd = -1;
	if (!create_file(self, &fd, error) || !note_content(self, entry, error) ||
	    !write_content(self, fd, entry, error))
		return false;
	if (!tree_disinherit(self->tree, last_part(&self->path), error))
		return false;
	if (needs_owner(self, entry) && fchown(fd, (uid_t)entry->uid, (gid_t)entry->gid) < 0)
		return error_set_errno(error, errno, "set the owner");
	if (fchmod(fd, entry->mode) < 0)
		return error_set_errno(error, errno, "set the mode");
	if (!set_xattrs(fd, entry, error) || (self->options->has_verity && !seal(self, &fd, error)))
		return false;
	if (futimens(fd, times) < 0)
		return error_set_errno(error, errno, "set the time");
	return true;
}

// Owner and times of what cannot be opened: symlinks, devices, FIFOs. Nobody else works in this tree, so the name still
// means what was just made.
static bool set_by_name(const Unpacker *self, const ArchiveEntry *entry, Error *error)
{
	const int parent = tree_directory(self->tree);
	const char *name = last_part(&self->path);
	const struct timespec times[2] = { modified_of(entry), modified_of(entry) };
	if (!tree_disinherit(self->tree, name, error))
		return false;
	if (needs_owner(self, entry) &&
	    fchownat(parent, name, (uid_t)entry->uid, (gid_t)entry->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "set the owner");
	if (entry->kind != ARCHIVE_ENTRY_SYMLINK && fchmodat(parent, name, entry->mode, 0) < 0)
		return error_set_errno(error, errno, "set the mode");
	if (utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(error, errno, "set the time");
	return true;
}

static bool make_symlink(Unpacker *self, const ArchiveEntry *entry, Error *error)
{
	if (text_is_empty(entry->link))
		return error_set(error, ERROR_INVALID, "a symlink to nothing");
	if (symlinkat(entry->link, tree_directory(self->tree), last_part(&self->path)) < 0)
		return error_set_errno(error, errno, "make the symlink");
	return set_by_name(self, entry, error);
}

static bool make_node(Unpacker *self, const ArchiveEntry *entry, Error *error)
{
	const mode_t type = entry->kind == ARCHIVE_ENTRY_FIFO           ? S_IFIFO
			    : entry->kind == ARCHIVE_ENTRY_BLOCK_DEVICE ? S_IFBLK
									: S_IFCHR;
	const dev_t device = entry->kind == ARCHIVE_ENTRY_FIFO ? 0 : entry->device;
	if (mknodat(tree_directory(self->tree), last_part(&self->path), type | 0600, device) < 0)
		return error_set_errno(error, errno, "make the device");
	return set_by_name(self, entry, error);
}

// True when the name of the entry and the target are one file already.
static bool is_same_file(const Unpacker *self, const struct stat *target)
{
	struct stat status;
	return fstatat(tree_directory(self->tree), last_part(&self->path), &status,
		       AT_SYMLINK_NOFOLLOW) == 0 &&
	       status.st_ino == target->st_ino && status.st_dev == target->st_dev;
}

// The target is in the directory that the link would replace.
static bool is_link_into_itself(const Unpacker *self)
{
	size_t same = 0;
	while (same < self->path.count && same < self->link.count &&
	       text_equal(self->path.parts[same], self->link.parts[same]))
		same++;
	return same == self->path.count && same < self->link.count;
}

static bool make_hard_link(Unpacker *self, const ArchiveEntry *entry, Error *error)
{
	if (!tree_path_parse(entry->link, &self->link, error))
		return error_wrap(error, "the target of the hard link");
	CLEANUP_FD parent = -1;
	if (self->link.count > 0)
		parent = tree_open_parent(self->tree, &self->link);
	struct stat status;
	if (parent < 0 || is_link_into_itself(self) ||
	    fstatat(parent, last_part(&self->link), &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    S_ISDIR(status.st_mode) || tree_is_whiteout(self->tree, &status))
		return error_set(error, ERROR_INVALID,
				 "a hard link to what is no file of the archive");
	if (is_same_file(self, &status))
		return true;

	const char *name = last_part(&self->path);
	if (!tree_remove(self->tree, name, error))
		return false;
	if (linkat(parent, last_part(&self->link), tree_directory(self->tree), name, 0) < 0)
		return error_set_errno(error, errno, "make the hard link");
	return true;
}

static bool is_device(const ArchiveEntry *entry)
{
	return entry->kind == ARCHIVE_ENTRY_CHARACTER_DEVICE ||
	       entry->kind == ARCHIVE_ENTRY_BLOCK_DEVICE;
}

// Sockets mean nothing without who listens; a 0/0 device would hide files of other layers.
static bool is_left_out(const Unpacker *self, const ArchiveEntry *entry)
{
	const bool is_forged_whiteout =
		entry->kind == ARCHIVE_ENTRY_CHARACTER_DEVICE && entry->device == makedev(0, 0);
	return entry->kind == ARCHIVE_ENTRY_OTHER || is_forged_whiteout ||
	       (is_device(entry) && !self->options->devices);
}

static bool make_entry(Unpacker *self, const ArchiveEntry *entry, Error *error)
{
	if (entry->kind == ARCHIVE_ENTRY_DIRECTORY)
		return make_directory(self, entry, error);
	if (self->path.count == 0)
		return error_set(error, ERROR_INVALID, "the root is no directory");
	if (!tree_enter(self->tree, &self->path, self->path.count - 1, error))
		return false;
	if (entry->kind == ARCHIVE_ENTRY_HARD_LINK)
		return make_hard_link(self, entry, error);

	if (entry->kind == ARCHIVE_ENTRY_FILE)
		return make_file(self, entry, error);
	if (!tree_remove(self->tree, last_part(&self->path), error))
		return false;
	if (entry->kind == ARCHIVE_ENTRY_SYMLINK)
		return make_symlink(self, entry, error);
	return make_node(self, entry, error);
}

static bool unpack_whiteout(Unpacker *self, Error *error)
{
	const char *name = last_part(&self->path);
	const size_t parents = self->path.count - 1;
	if (!tree_enter(self->tree, &self->path, parents, error))
		return false;
	if (text_equal(name, OPAQUE_NAME)) {
		self->result.is_root_opaque |= parents == 0;
		return parents == 0 || tree_set_opaque(self->tree, error);
	}
	const char *hidden = name + strlen(WHITEOUT_PREFIX);
	if (text_equal(hidden, "") || text_equal(hidden, ".") || text_equal(hidden, ".."))
		return error_set(error, ERROR_INVALID, "a whiteout of nothing");
	return tree_whiteout(self->tree, hidden, error);
}

// Index of the first part that starts as whiteouts do, or the count of parts.
static size_t find_whiteout(const TreePath *path)
{
	size_t i = 0;
	while (i < path->count && !text_starts_with(path->parts[i], WHITEOUT_PREFIX))
		i++;
	return i;
}

static bool is_of_aufs(const TreePath *path, size_t whiteout)
{
	return text_starts_with(path->parts[whiteout], AUFS_PREFIX) &&
	       !text_equal(path->parts[whiteout], OPAQUE_NAME);
}

static bool unpack_entry(Unpacker *self, const ArchiveEntry *entry, Error *error)
{
	if (!tree_path_parse(entry->path, &self->path, error))
		return false;
	if (self->options->whiteouts) {
		const size_t whiteout = find_whiteout(&self->path);
		if (whiteout < self->path.count && is_of_aufs(&self->path, whiteout))
			return true;
		if (whiteout + 1 == self->path.count)
			return unpack_whiteout(self, error);
		if (whiteout < self->path.count)
			return error_set(error, ERROR_INVALID, "a file in a whiteout");
	}
	if (is_left_out(self, entry))
		return true;
	return check_owner(entry, error) && make_entry(self, entry, error);
}

static uint64_t blocks_of(uint64_t bytes)
{
	return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
}

static bool count_entry(Unpacker *self, const ArchiveEntry *entry, Error *error)
{
	const UnpackOptions *options = self->options;
	// A long path is one entry and makes many directories.
	if (++self->result.entries > options->entries_max ||
	    tree_made(self->tree) > options->entries_max)
		return error_set(error, ERROR_LIMIT, "more than %ju entries",
				 (uintmax_t)options->entries_max);
	if (entry->size_bytes < 0 ||
	    (uint64_t)entry->size_bytes > options->bytes_max - self->result.size_bytes)
		return error_set(error, ERROR_LIMIT, "more than %ju bytes",
				 (uintmax_t)options->bytes_max);
	self->result.size_bytes += (uint64_t)entry->size_bytes;
	if (!entry->is_sparse)
		self->result.disk_bytes += blocks_of((uint64_t)entry->size_bytes);
	if (entry->kind == ARCHIVE_ENTRY_DIRECTORY)
		self->result.disk_bytes += BLOCK_BYTES;
	return true;
}

static bool wrap_entry(const ArchiveEntry *entry, Error *error)
{
	CLEANUP_BUFFER path = { 0 };
	buffer_add_printable(&path, entry->path, strnlen(entry->path, 300));
	return error_wrap(error, "'%s'", buffer_text(&path));
}

bool unpack_tar(Archive *archive, int directory, const UnpackOptions *options, UnpackResult *ret,
		Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_TREE tree = tree_open(directory, options->whiteouts, options->frame, scratch);
	Unpacker *self = ARENA_NEW(scratch, Unpacker);
	*self = (Unpacker){ .archive = archive, .options = options, .tree = tree };
	for (;;) {
		const ArchiveEntry *entry = NULL;
		if (!interrupt_check(error) || !archive_next(archive, &entry, error))
			return false;
		if (!entry)
			break;
		if (!count_entry(self, entry, error) || !unpack_entry(self, entry, error))
			return wrap_entry(entry, error);
	}
	if (!tree_finish(tree, error))
		return false;
	if (ret)
		*ret = self->result;
	return true;
}
