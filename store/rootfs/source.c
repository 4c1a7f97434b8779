#include "store/rootfs/source.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/reference.h"
#include "pkg/sys/file.h"

#include <ctype.h>
#include <fcntl.h>

static const char *const transports[] = { "docker://",
					  "oci:", "oci-archive:", "docker-archive:", "dir:" };
static const char *const url_schemes[] = { "http://", "https://" };
static const char *const path_starts[] = { "/", "./", "../" };

// Endings of file names: first those of compressions, then those of what was compressed.
static const char *const compressions[] = { ".gz", ".bz2", ".xz", ".zst", ".lz4", ".lzma" };
static const char *const formats[] = { ".tar",   ".tgz",  ".tbz",   ".tbz2",  ".txz",
				       ".tzst",  ".img",  ".raw",   ".qcow2", ".squashfs",
				       ".erofs", ".ext4", ".btrfs", ".xfs" };

static bool starts_with_any(const char *text, const char *const *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (text_starts_with(text, prefixes[i]))
			return true;
	}
	return false;
}

RootfsSourceKind rootfs_source_kind(const char *source)
{
	if (starts_with_any(source, transports, COUNT(transports)))
		return ROOTFS_SOURCE_IMAGE;
	if (starts_with_any(source, url_schemes, COUNT(url_schemes)))
		return ROOTFS_SOURCE_URL;
	const bool is_path = starts_with_any(source, path_starts, COUNT(path_starts)) ||
			     text_equal(source, ".") || text_equal(source, "..") ||
			     file_exists(AT_FDCWD, source);
	return is_path ? ROOTFS_SOURCE_PATH : ROOTFS_SOURCE_IMAGE;
}

static char *cut_any(char *name, const char *const *endings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const size_t length = strlen(name), end = strlen(endings[i]);
		if (length > end && text_ends_with(name, endings[i])) {
			name[length - end] = '\0';
			break;
		}
	}
	return name;
}

static const char *name_of_file(const char *path, Arena *arena)
{
	const char *last = path_name(path_clean(arena, path));
	char *name = arena_strdup(arena, path_is_name(last) ? last : "");
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return cut_any(cut_any(name, compressions, COUNT(compressions)), formats, COUNT(formats));
}

static const char *name_of_image(const char *source, Arena *arena)
{
	CLEANUP_ERROR invalid = { 0 };
	Reference reference;
	if (!reference_parse(source, NULL, arena, &reference, &invalid))
		return ""; // the pull says what is wrong with it
	return text_is_empty(reference.repository) ? name_of_file(reference.path, arena)
						   : path_name(reference.repository);
}

static const char *name_of_url(const char *url, Arena *arena)
{
	const char *place = strstr(url, "://") + strlen("://");
	const char *path = place + strcspn(place, "/?#");
	return name_of_file(arena_strndup(arena, path, strcspn(path, "?#")), arena);
}

const char *rootfs_source_name(const char *source, Arena *arena)
{
	switch (rootfs_source_kind(source)) {
	case ROOTFS_SOURCE_IMAGE:
		return name_of_image(source, arena);
	case ROOTFS_SOURCE_URL:
		return name_of_url(source, arena);
	case ROOTFS_SOURCE_PATH:
		break;
	}
	return name_of_file(source, arena);
}
