#include "pkg/base/path.h"

#include "pkg/base/text.h"

#include <string.h>

#define PATH_NAME_MAX 255

char *path_join(Arena *arena, const char *directory, const char *name)
{
	const char *seam =
		directory[0] == '\0' || text_ends_with(directory, "/") || name[0] == '/' ? "" : "/";
	if (text_ends_with(directory, "/") && name[0] == '/')
		name++;
	return arena_printf(arena, "%s%s%s", directory, seam, name);
}

const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

char *path_parent(Arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return arena_strdup(arena, ".");
	if (slash == path)
		return arena_strdup(arena, "/");
	return arena_strndup(arena, path, (size_t)(slash - path));
}

bool path_is_absolute(const char *path)
{
	return path[0] == '/';
}

bool path_has_dotdot(const char *path)
{
	for (const char *part = path; *part;) {
		const size_t length = strcspn(part, "/");
		if (length == 2 && part[0] == '.' && part[1] == '.')
			return true;
		part += length;
		part += strspn(part, "/");
	}
	return false;
}

bool path_is_name(const char *name)
{
	const size_t length = strlen(name);
	return length > 0 && length <= PATH_NAME_MAX && !strchr(name, '/') &&
	       !text_equal(name, ".") && !text_equal(name, "..");
}

char *path_clean(Arena *arena, const char *path)
{
	char *clean = arena_alloc(arena, strlen(path) + 2);
	size_t used = 0;
	if (path[0] == '/')
		clean[used++] = '/';
	for (const char *part = path + strspn(path, "/"); *part;) {
		const size_t length = strcspn(part, "/");
		if (!(length == 1 && part[0] == '.')) {
			if (used > 0 && clean[used - 1] != '/')
				clean[used++] = '/';
			memcpy(clean + used, part, length);
			used += length;
		}
		part += length;
		part += strspn(part, "/");
	}
	if (used == 0)
		clean[used++] = '.';
	clean[used] = '\0';
	return clean;
}

bool path_is_below(const char *path, const char *ancestor)
{
	if (text_equal(ancestor, "/"))
		return path_is_absolute(path);
	return text_starts_with(path, ancestor) &&
	       (path[strlen(ancestor)] == '\0' || path[strlen(ancestor)] == '/');
}
