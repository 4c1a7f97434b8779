#include "pkg/oci/layer/tree.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define OPAQUE "trusted.overlay.opaque"
// What overlayfs gives to copies of directories. In a directory that has it, it looks for whiteouts although no other
// layer has the directory; else it would list them (ovl_get_inode in fs/overlayfs/inode.c). Empty: of nothing.
#define ORIGIN          "trusted.overlay.origin"
#define ACL_ACCESS      "system.posix_acl_access"
#define ACL_DEFAULT     "system.posix_acl_default"
#define DIRECTORY_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

typedef struct Frame {
	char name[NAME_MAX + 1];
	int fd;
	mode_t mode;
	struct timespec modified;
	bool is_explicit; // the archive said mode and times, now or before
	bool gives_acl;   // has a default ACL, which everything that is made in it gets
} Frame;

struct Tree {
	bool whiteouts;
	FrameWriter *frame;
	bool has_default_acls; // some directory has one
	uint64_t made;         // directories
	size_t depth;          // of the current directory; frames[0] is the root
	Frame *frames;         // TREE_DEPTH_MAX + 1
};

bool tree_path_parse(const char *text, TreePath *ret, Error *error)
{
	const size_t length = strlen(text);
	if (length > TREE_PATH_MAX)
		return error_set(error, ERROR_LIMIT, "a path of %zu bytes", length);
	memcpy(ret->bytes, text, length + 1);
	ret->count = 0;

	char *next = ret->bytes;
	while (next) {
		char *part = next;
		next = strchr(part, '/');
		if (next)
			*next++ = '\0';
		if (text_equal(part, "") || text_equal(part, "."))
			continue;
		if (text_equal(part, ".."))
			return error_set(error, ERROR_INVALID, "a path with '..'");
		if (!path_is_name(part))
			return error_set(error, ERROR_LIMIT, "a name of more than 255 bytes");
		if (ret->count == TREE_DEPTH_MAX)
			return error_set(error, ERROR_LIMIT, "a path of more than %d directories",
					 TREE_DEPTH_MAX);
		ret->parts[ret->count++] = part;
	}
	return true;
}

void tree_path_print(const TreePath *path, size_t count, Buffer *buffer)
{
	for (size_t i = 0; i < count; i++)
		buffer_printf(buffer, "%s%s", i > 0 ? "/" : "", path->parts[i]);
}

Tree *tree_open(int root, bool whiteouts, FrameWriter *frame, Arena *arena)
{
	Tree *tree = ARENA_NEW(arena, Tree);
	tree->whiteouts = whiteouts;
	tree->frame = frame;
	tree->frames = arena_array(arena, TREE_DEPTH_MAX + 1, sizeof(Frame));
	tree->frames[0].fd = root;
	tree->frames[0].gives_acl = fgetxattr(root, ACL_DEFAULT, NULL, 0) > 0;
	return tree;
}

void tree_close(Tree **tree)
{
	if (!*tree)
		return;
	while ((*tree)->depth > 0)
		file_close(&(*tree)->frames[(*tree)->depth--].fd);
	*tree = NULL;
}

static Frame *current(const Tree *tree)
{
	return &tree->frames[tree->depth];
}

static bool apply_attributes(const Frame *frame, Error *error)
{
	const struct timespec times[2] = { frame->modified, frame->modified };
	if (!frame->is_explicit)
		return true;
	if (fchmod(frame->fd, frame->mode) < 0 || futimens(frame->fd, times) < 0)
		return error_set_errno(error, errno, "set mode and times of the directory '%s'",
				       frame->name);
	return true;
}

static bool leave(Tree *tree, Error *error)
{
	const bool is_done = apply_attributes(current(tree), error);
	file_close(&current(tree)->fd);
	tree->depth--;
	return is_done;
}

bool tree_is_whiteout(const Tree *tree, const struct stat *status)
{
	return tree->whiteouts && S_ISCHR(status->st_mode) && status->st_rdev == makedev(0, 0);
}

static bool is_opaque(int fd)
{
	return fgetxattr(fd, OPAQUE, NULL, 0) >= 0;
}

// Whiteouts in an opaque directory have nothing to hide, and overlayfs would show them as broken files. No more of them
// are made in it, so one look is enough, however often the archive says it.
static bool set_opaque(const Tree *tree, int fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	if (is_opaque(fd))
		return true;
	if (fsetxattr(fd, OPAQUE, "y", 1, 0) < 0)
		return error_set_errno(error, errno, "mark a directory as opaque");
	if (!file_list(fd, ".", scratch, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		struct stat status;
		if (fstatat(fd, names.items[i], &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    tree_is_whiteout(tree, &status) && unlinkat(fd, names.items[i], 0) < 0)
			return error_set_errno(error, errno, "remove a whiteout");
	}
	return true;
}

// Makes the directory `name` where there is none; what is there gives way. As that hid what lower layers have under the
// name, so does the directory.
static bool replace_by_directory(Tree *tree, const char *name, int *ret_fd, Error *error)
{
	const int parent = tree_directory(tree);
	const bool is_replaced = file_exists(parent, name);
	if (is_replaced && !tree_remove(tree, name, error))
		return false;
	tree->made++;
	if (mkdirat(parent, name, 0755) < 0)
		return error_set_errno(error, errno, "make the directory '%s'", name);
	CLEANUP_FD fd = openat(parent, name, DIRECTORY_FLAGS);
	if (fd < 0)
		return error_set_errno(error, errno, "open the directory '%s'", name);
	if (tree_is_group_inherited(tree) && fchown(fd, geteuid(), getegid()) < 0)
		return error_set_errno(error, errno, "take the directory '%s'", name);
	if (!tree_disinherit(tree, name, error))
		return error_wrap(error, "directory '%s'", name);
	if (fchmod(fd, 0755) < 0)
		return error_set_errno(error, errno, "set the mode of the directory '%s'", name);
	if (is_replaced && tree->whiteouts && !set_opaque(tree, fd, error))
		return false;
	*ret_fd = steal_fd(&fd);
	return true;
}

// Remembers what a directory has that was left before, so that it has it again afterwards.
static bool remember(const Tree *tree, Frame *frame, Error *error)
{
	struct stat status;
	if (fstat(frame->fd, &status) < 0)
		return error_set_errno(error, errno, "look at the directory '%s'", frame->name);
	frame->mode = status.st_mode & 07777;
	frame->modified = status.st_mtim;
	frame->is_explicit = true;
	frame->gives_acl = tree->has_default_acls && fgetxattr(frame->fd, ACL_DEFAULT, NULL, 0) > 0;
	return true;
}

static bool enter_child(Tree *tree, const char *name, Error *error)
{
	Frame *child = &tree->frames[tree->depth + 1];
	*child = (Frame){ .fd = openat(tree_directory(tree), name, DIRECTORY_FLAGS) };
	memcpy(child->name, name, strlen(name) + 1);
	const bool is_found = child->fd >= 0;
	if (!is_found && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
		return error_set_errno(error, errno, "open the directory '%s'", name);
	if (!is_found && !replace_by_directory(tree, name, &child->fd, error))
		return false;
	tree->depth++;
	return !is_found || remember(tree, child, error);
}

bool tree_enter(Tree *tree, const TreePath *path, size_t count, Error *error)
{
	assert(count <= path->count);
	size_t same = 0;
	while (same < count && same < tree->depth &&
	       text_equal(tree->frames[same + 1].name, path->parts[same]))
		same++;
	while (tree->depth > same) {
		if (!leave(tree, error))
			return false;
	}
	while (tree->depth < count) {
		if (!enter_child(tree, path->parts[tree->depth], error))
			return false;
	}
	return true;
}

bool tree_finish(Tree *tree, Error *error)
{
	while (tree->depth > 0) {
		if (!leave(tree, error))
			return false;
	}
	return apply_attributes(&tree->frames[0], error);
}

int tree_directory(const Tree *tree)
{
	return current(tree)->fd;
}

bool tree_is_group_inherited(const Tree *tree)
{
	return current(tree)->mode & S_ISGID;
}

void tree_note_default_acl(Tree *tree)
{
	current(tree)->gives_acl = true;
	tree->has_default_acls = true;
}

static bool remove_acl(const char *path, const char *attribute, Error *error)
{
	return lremovexattr(path, attribute) == 0 || errno == ENODATA || errno == EOPNOTSUPP ||
	       error_set_errno(error, errno, "remove the ACL of the directory above");
}

bool tree_disinherit(const Tree *tree, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	if (!current(tree)->gives_acl)
		return true;
	// There are no *at() calls for attributes before Linux 6.13.
	const char *path =
		path_join(scratch, file_descriptor_path(scratch, tree_directory(tree)), name);
	return remove_acl(path, ACL_ACCESS, error) && remove_acl(path, ACL_DEFAULT, error);
}

uint64_t tree_made(const Tree *tree)
{
	return tree->made;
}

void tree_set_attributes(Tree *tree, mode_t mode, struct timespec modified)
{
	Frame *frame = current(tree);
	frame->mode = mode;
	frame->modified = modified;
	frame->is_explicit = true;
}

bool tree_set_opaque(Tree *tree, Error *error)
{
	assert(tree->depth > 0);
	return set_opaque(tree, tree_directory(tree), error);
}

// True when `name` is, or holds, what a frame refers to.
static bool has_content(const Tree *tree, const char *name)
{
	struct stat status;
	return fstatat(tree_directory(tree), name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (S_ISDIR(status.st_mode) || (S_ISREG(status.st_mode) && status.st_size > 0));
}

bool tree_remove(Tree *tree, const char *name, Error *error)
{
	if (!tree->frame || !has_content(tree, name))
		return file_tree_remove(tree_directory(tree), name, error);
	CLEANUP_BUFFER path = { 0 };
	for (size_t i = 1; i <= tree->depth; i++)
		buffer_printf(&path, "%s/", tree->frames[i].name);
	buffer_add(&path, name);
	return frame_writer_displace(tree->frame, tree_directory(tree), name, buffer_text(&path),
				     error);
}

static bool make_whiteout(int parent, const char *name, Error *error)
{
	if (is_opaque(parent))
		return true;
	if (fsetxattr(parent, ORIGIN, "", 0, 0) < 0)
		return error_set_errno(error, errno, "mark a directory with whiteouts");
	return mknodat(parent, name, S_IFCHR, makedev(0, 0)) == 0 ||
	       error_set_errno(error, errno, "make a whiteout of '%s'", name);
}

bool tree_whiteout(Tree *tree, const char *name, Error *error)
{
	const int parent = tree_directory(tree);
	struct stat status;
	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return error_set_errno(error, errno, "look at '%s'", name);
		return make_whiteout(parent, name, error);
	}
	// What this layer has stays; of a directory only what lower layers have in it goes.
	if (!S_ISDIR(status.st_mode))
		return true;
	CLEANUP_FD fd = openat(parent, name, DIRECTORY_FLAGS);
	if (fd < 0)
		return error_set_errno(error, errno, "open the directory '%s'", name);
	return set_opaque(tree, fd, error);
}

int tree_open_parent(const Tree *tree, const TreePath *path)
{
	assert(path->count > 0);
	int fd = fcntl(tree->frames[0].fd, F_DUPFD_CLOEXEC, 3);
	for (size_t i = 0; fd >= 0 && i + 1 < path->count; i++) {
		const int next = openat(fd, path->parts[i], DIRECTORY_FLAGS);
		file_close(&fd);
		fd = next;
	}
	return fd;
}
