#include "isolate/guest/base/path.h"

#include "isolate/guest/base/line.h"

int path_open(int root, const char *path, int flags, uint64_t resolve)
{
	const struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
	};
	return (int)CALL4(openat2, root, path, &how, sizeof(how));
}

// Makes `name` in `directory`. What is there already is fine, whatever it is.
static long make_directory(int directory, const char *name, PathOwner owner)
{
	const long result = CALL3(mkdirat, directory, name, 0755);
	if (result == -EEXIST)
		return 0;
	if (result == 0)
		CALL5(fchownat, directory, name, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW);
	return result;
}

// The directory at the first `length` bytes of `path`, made in `parent`, the one before it, when it is missing.
static int enter(int root, int parent, const char *path, size_t length, PathOwner owner,
		 uint64_t resolve)
{
	char prefix[PATH_BYTES];
	if (length >= sizeof(prefix))
		return -ENAMETOOLONG;
	memcpy(prefix, path, length);
	prefix[length] = '\0';
	const int found = path_open(root, prefix, O_PATH | O_DIRECTORY, resolve);
	if (found != -ENOENT)
		return found;

	size_t name = length;
	while (name > 0 && prefix[name - 1] != '/')
		name--;
	const long made = make_directory(parent, prefix + name, owner);
	return made < 0 ? (int)made : path_open(root, prefix, O_PATH | O_DIRECTORY, resolve);
}

int path_make_directory(int root, const char *path, PathOwner owner, uint64_t resolve)
{
	int directory = path_open(root, "/", O_PATH | O_DIRECTORY, resolve);
	for (size_t i = 1; directory >= 0 && path[i - 1]; i++) {
		const bool is_end = path[i] == '\0' || path[i] == '/';
		if (!is_end || path[i - 1] == '/')
			continue;
		const int parent = directory;
		directory = enter(root, parent, path, i, owner, resolve);
		sys_close(parent);
	}
	return directory;
}

static int make_file(int directory, const char *name, PathOwner owner)
{
	const int file = sys_open(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
	if (file >= 0) {
		CALL3(fchown, file, owner.uid, owner.gid);
		sys_close(file);
	}
	return file == -EEXIST ? 0 : file;
}

int path_make_file(int root, const char *path, PathOwner owner, uint64_t resolve)
{
	const int found = path_open(root, path, O_PATH, resolve);
	if (found != -ENOENT)
		return found;

	char parent[PATH_BYTES];
	size_t name = text_length(path);
	while (name > 0 && path[name - 1] != '/')
		name--;
	if (name >= sizeof(parent))
		return -ENAMETOOLONG;
	memcpy(parent, path, name);
	parent[name] = '\0';
	const int directory = path_make_directory(root, parent, owner, resolve);
	if (directory < 0)
		return directory;
	const int made = make_file(directory, path + name, owner);
	sys_close(directory);
	return made < 0 ? made : path_open(root, path, O_PATH, resolve);
}
