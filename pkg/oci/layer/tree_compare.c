#include "pkg/oci/layer/tree_compare.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

// As deep as trees of archives are (pkg/oci/layer/tree.h), and some.
#define DEPTH_MAX        300
#define XATTR_BYTES_MAX  65536
#define LINK_TARGET_MAX  4096
#define DIRECTORY_FLAGS  (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define WITHOUT_SECURITY "security.selinux" // the policy's of this host, not the archive's

typedef struct Comparison {
	size_t max;
	Arena *arena;
	Texts *differences;
} Comparison;

// One entry in both trees.
typedef struct Twins {
	int tree; // the directories that hold it
	int wanted;
	const char *name;
	const char *path; // for messages
	struct stat found;
	struct stat right;
} Twins;

static bool is_full(const Comparison *self)
{
	return self->differences->count >= self->max;
}

static void add(Comparison *self, const char *path, const char *what)
{
	if (is_full(self))
		return;
	CLEANUP_BUFFER line = { 0 };
	buffer_add_char(&line, '\'');
	buffer_add_printable(&line, path, strnlen(path, 300));
	buffer_printf(&line, "': %s", what);
	texts_add(self->arena, self->differences, buffer_take(&line, self->arena));
}

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "a file";
	case S_IFDIR:
		return "a directory";
	case S_IFLNK:
		return "a symlink";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	case S_IFIFO:
		return "a FIFO";
	default:
		return "a socket";
	}
}

static void compare_number(Comparison *self, const char *path, const char *what, intmax_t found,
			   intmax_t right)
{
	if (found != right)
		add(self, path, arena_printf(self->arena, "%s %jd, not %jd", what, found, right));
}

static void compare_status(Comparison *self, const Twins *twins)
{
	const struct stat *found = &twins->found;
	const struct stat *right = &twins->right;
	const char *path = twins->path;
	if ((found->st_mode & 07777) != (right->st_mode & 07777))
		add(self, path,
		    arena_printf(self->arena, "mode %o, not %o", found->st_mode & 07777,
				 right->st_mode & 07777));
	compare_number(self, path, "user", found->st_uid, right->st_uid);
	compare_number(self, path, "group", found->st_gid, right->st_gid);
	if (S_ISDIR(found->st_mode))
		return;
	compare_number(self, path, "size", found->st_size, right->st_size);
	compare_number(self, path, "links", (intmax_t)found->st_nlink, (intmax_t)right->st_nlink);
	if (!S_ISCHR(found->st_mode) || found->st_rdev != 0) // archives say nothing of whiteouts
		compare_number(self, path, "modified at", found->st_mtim.tv_sec,
			       right->st_mtim.tv_sec);
	compare_number(self, path, "device", (intmax_t)found->st_rdev, (intmax_t)right->st_rdev);
}

static bool compare_target(Comparison *self, const Twins *twins, Error *error)
{
	char found[LINK_TARGET_MAX], right[LINK_TARGET_MAX];
	const ssize_t found_size = readlinkat(twins->tree, twins->name, found, sizeof(found));
	const ssize_t right_size = readlinkat(twins->wanted, twins->name, right, sizeof(right));
	if (found_size < 0 || right_size < 0)
		return error_set_errno(error, errno, "read the symlink '%s'", twins->path);
	if (found_size != right_size || memcmp(found, right, (size_t)found_size) != 0)
		add(self, twins->path, "another target");
	return true;
}

// The attributes of an entry as sorted texts, "name=…bytes…"; each may hold NUL, so the lengths are in them, too.
static bool list_attributes(int directory, const char *name, Arena *arena, Texts *ret, Error *error)
{
	char *names = arena_alloc(arena, XATTR_BYTES_MAX);
	char *value = arena_alloc(arena, XATTR_BYTES_MAX);
	const char *path = path_join(arena, file_descriptor_path(arena, directory), name);
	const ssize_t size = llistxattr(path, names, XATTR_BYTES_MAX);
	if (size < 0 && errno != EOPNOTSUPP)
		return error_set_errno(error, errno, "list the attributes of '%s'", name);
	for (ssize_t at = 0; at < size; at += (ssize_t)strlen(names + at) + 1) {
		if (text_equal(names + at, WITHOUT_SECURITY))
			continue;
		const ssize_t length = lgetxattr(path, names + at, value, XATTR_BYTES_MAX);
		if (length < 0)
			return error_set_errno(error, errno, "read the attribute '%s'", names + at);
		CLEANUP_BUFFER text = { 0 };
		buffer_printf(&text, "%s=", names + at);
		for (ssize_t i = 0; i < length; i++)
			buffer_printf(&text, "%02x", (unsigned char)value[i]);
		texts_add(arena, ret, buffer_take(&text, arena));
	}
	texts_sort(ret);
	return true;
}

static bool compare_attributes(Comparison *self, const Twins *twins, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts found = { 0 }, right = { 0 };
	if (!list_attributes(twins->tree, twins->name, scratch, &found, error) ||
	    !list_attributes(twins->wanted, twins->name, scratch, &right, error))
		return false;
	bool is_equal = found.count == right.count;
	for (size_t i = 0; is_equal && i < found.count; i++)
		is_equal = text_equal(found.items[i], right.items[i]);
	if (!is_equal)
		add(self, twins->path, "other extended attributes");
	return true;
}

static bool compare_directories(Comparison *self, int tree, int wanted, const char *path,
				unsigned depth, Error *error);

static bool compare_children(Comparison *self, const Twins *twins, unsigned depth, Error *error)
{
	CLEANUP_FD tree = openat(twins->tree, twins->name, DIRECTORY_FLAGS);
	CLEANUP_FD wanted = openat(twins->wanted, twins->name, DIRECTORY_FLAGS);
	if (tree < 0 || wanted < 0)
		return error_set_errno(error, errno, "open the directory '%s'", twins->path);
	return compare_directories(self, tree, wanted, twins->path, depth + 1, error);
}

static bool compare_entry(Comparison *self, const Twins *twins, unsigned depth, Error *error)
{
	const mode_t found = twins->found.st_mode;
	const mode_t right = twins->right.st_mode;
	if ((found & S_IFMT) != (right & S_IFMT)) {
		add(self, twins->path,
		    arena_printf(self->arena, "%s, not %s", kind_of(found), kind_of(right)));
		return true;
	}
	compare_status(self, twins);
	if (!compare_attributes(self, twins, error))
		return false;
	if (S_ISLNK(found))
		return compare_target(self, twins, error);
	return !S_ISDIR(found) || compare_children(self, twins, depth, error);
}

// Goes through both lists of names, which are sorted.
static bool compare_names(Comparison *self, int tree, int wanted, const char *path,
			  const Texts *found, const Texts *right, unsigned depth, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	for (size_t i = 0, j = 0; (i < found->count || j < right->count) && !is_full(self);) {
		const int order = i == found->count   ? 1
				  : j == right->count ? -1
						      : strcmp(found->items[i], right->items[j]);
		const char *name = order <= 0 ? found->items[i] : right->items[j];
		Twins twins = { .tree = tree,
				.wanted = wanted,
				.name = name,
				.path = path[0] ? path_join(scratch, path, name) : name };
		i += order <= 0;
		j += order >= 0;
		if (order != 0) {
			add(self, twins.path, order < 0 ? "not part of the image" : "missing");
			continue;
		}
		if (fstatat(tree, name, &twins.found, AT_SYMLINK_NOFOLLOW) < 0 ||
		    fstatat(wanted, name, &twins.right, AT_SYMLINK_NOFOLLOW) < 0)
			return error_set_errno(error, errno, "look at '%s'", twins.path);
		if (!compare_entry(self, &twins, depth, error))
			return false;
	}
	return true;
}

static bool compare_directories(Comparison *self, int tree, int wanted, const char *path,
				unsigned depth, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts found = { 0 }, right = { 0 };
	if (depth > DEPTH_MAX)
		return error_set(error, ERROR_LIMIT, "'%s': too deep", path);
	return interrupt_check(error) && file_list(tree, ".", scratch, &found, error) &&
	       file_list(wanted, ".", scratch, &right, error) &&
	       compare_names(self, tree, wanted, path, &found, &right, depth, error);
}

bool tree_compare(int tree, int wanted, size_t max, Arena *arena, Texts *ret_differences,
		  Error *error)
{
	Comparison self = { .max = max, .arena = arena, .differences = ret_differences };
	Twins roots = { .tree = tree, .wanted = wanted, .name = ".", .path = "/" };
	if (fstat(tree, &roots.found) < 0 || fstat(wanted, &roots.right) < 0)
		return error_set_errno(error, errno, "look at the root");
	compare_status(&self, &roots);
	if (!compare_attributes(&self, &roots, error))
		return false;
	return compare_directories(&self, tree, wanted, "", 0, error);
}
