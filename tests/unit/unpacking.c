#include "tests/unit/unpacking.h"

#include "pkg/sys/file.h"
#include "tests/unit/tar.h"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

void unpacking_cleanup(Unpacking *unpacking)
{
	buffer_clear(&unpacking->tar);
	file_close(&unpacking->outer);
	file_close(&unpacking->root);
}

Unpacking layer(void)
{
	const bool is_root = geteuid() == 0;
	return (Unpacking){ .outer = -1,
			    .root = -1,
			    .options = { .whiteouts = true,
					 .owners = is_root,
					 .devices = is_root,
					 .entries_max = 1000,
					 .bytes_max = 1000000 } };
}

static bool make_place(Test *test, Unpacking *unpacking)
{
	return file_open_directory(AT_FDCWD, test_directory(test), &unpacking->outer,
				   &test->error) &&
	       file_replace_volatile(unpacking->outer, "outside", "safe", 4, 0600, &test->error) &&
	       file_make_directories(unpacking->outer, "fs", 0755, &test->error) &&
	       file_open_directory(unpacking->outer, "fs", &unpacking->root, &test->error);
}

bool unpack(Test *test, Unpacking *unpacking)
{
	tar_finish(&unpacking->tar);
	return unpack_bytes(test, unpacking, 0);
}

bool unpack_bytes(Test *test, Unpacking *unpacking, size_t block)
{
	if (unpacking->outer < 0 && !make_place(test, unpacking))
		return false;
	Source *source =
		source_of_bytes(unpacking->tar.data, unpacking->tar.length, block, test->arena);
	CLEANUP_ARCHIVE archive = NULL;
	return archive_open(source, ARCHIVE_PLAIN, &archive, &test->error) &&
	       unpack_tar(archive, unpacking->root, &unpacking->options, &unpacking->result,
			  &test->error);
}

const char *content(Test *test, const Unpacking *unpacking, const char *path)
{
	const char *text = NULL;
	CLEANUP_ERROR error = { 0 };
	return file_read(unpacking->root, path, 1000, test->arena, &text, NULL, &error)
		       ? text
		       : error_code_to_text(error.code);
}

struct stat look(const Unpacking *unpacking, const char *path)
{
	struct stat status = { 0 };
	if (fstatat(unpacking->root, path, &status, AT_SYMLINK_NOFOLLOW) < 0)
		status.st_mode = 0;
	return status;
}

bool is_whiteout(const Unpacking *unpacking, const char *path)
{
	const struct stat status = look(unpacking, path);
	return S_ISCHR(status.st_mode) && status.st_rdev == makedev(0, 0);
}

bool is_opaque(const Unpacking *unpacking, const char *path)
{
	CLEANUP_FD fd = openat(unpacking->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char value[2] = { 0 };
	return fgetxattr(fd, "trusted.overlay.opaque", value, sizeof(value)) == 1 &&
	       value[0] == 'y';
}

const char *names(Test *test, const Unpacking *unpacking, const char *path)
{
	Texts list = { 0 };
	CLEANUP_BUFFER text = { 0 };
	if (!file_list(unpacking->root, path, test->arena, &list, &test->error))
		return "";
	for (size_t i = 0; i < list.count; i++)
		buffer_printf(&text, "%s%s", i > 0 ? " " : "", list.items[i]);
	return buffer_take(&text, test->arena);
}

bool is_outside_safe(Test *test, const Unpacking *unpacking)
{
	const char *text = NULL;
	Texts list = { 0 };
	return file_read(unpacking->outer, "outside", 100, test->arena, &text, NULL,
			 &test->error) &&
	       text_equal(text, "safe") &&
	       file_list(unpacking->outer, ".", test->arena, &list, &test->error) &&
	       list.count == 2;
}
