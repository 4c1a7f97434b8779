// Any bytes as a layer: whatever it says, nothing appears or changes beside the directory it is unpacked into.
// Header checksums are put right first, else hardly a mutation would get past them.
#include "pkg/base/text.h"
#include "pkg/oci/unpack.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"

#include <fcntl.h>
#include <sys/stat.h>

#define BLOCK ((size_t)512)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fix_checksum(char *header)
{
	unsigned sum = 0;
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	for (size_t i = 6; i-- > 0; sum /= 8)
		header[148 + i] = (char)('0' + sum % 8);
	header[154] = '\0';
}

// DIRECTORY/canary and DIRECTORY/fs, and nothing else.
static void check_outside(int outer, Arena *arena)
{
	Texts names = { 0 };
	Error error = { 0 };
	struct stat canary;
	if (!file_list(outer, ".", arena, &names, &error) || names.count != 2 ||
	    fstatat(outer, "canary", &canary, AT_SYMLINK_NOFOLLOW) < 0 || canary.st_size != 4 ||
	    canary.st_nlink != 1 || canary.st_mode != (S_IFREG | 0640) || canary.st_mtime != 1)
		abort();
}

static int make_outer(Arena *arena)
{
	Error error = { 0 };
	int outer = -1;
	char *path = arena_strdup(arena, "/tmp/sdme-fuzz-XXXXXX");
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	if (!mkdtemp(path) || !file_open_directory(AT_FDCWD, path, &outer, &error) ||
	    !file_replace_volatile(outer, "canary", "safe", 4, 0640, &error) ||
	    utimensat(outer, "canary", times, 0) < 0)
		abort();
	return outer;
}

static void unpack(Source *source, int root)
{
	static const UnpackOptions options = { .whiteouts = true,
					       .entries_max = 1000,
					       .bytes_max = 1 << 20 };
	CLEANUP_ERROR error = { 0 };
	CLEANUP_ARCHIVE archive = NULL;
	const bool is_done = archive_open(source, ARCHIVE_PLAIN, &archive, &error) &&
			     unpack_tar(archive, root, &options, NULL, &error);
	if (is_done != (error.code == ERROR_NONE) || error.code == ERROR_UNSUPPORTED)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int outer = -1;
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	CLEANUP_FD root = -1;
	if (outer < 0)
		outer = make_outer(arena);
	char *tar = arena_strndup(arena, (const char *)data, size);
	for (size_t at = 0; at + BLOCK <= size; at += BLOCK) {
		if (memcmp(tar + at + 257, "ustar", 5) == 0)
			fix_checksum(tar + at);
	}
	if (!file_make_directories(outer, "fs", 0755, &error) ||
	    !file_open_directory(outer, "fs", &root, &error))
		abort();
	unpack(source_of_bytes(tar, size, 0, arena), root);
	check_outside(outer, arena);
	if (!file_tree_remove_path(outer, "fs", &error))
		abort();
	return 0;
}
