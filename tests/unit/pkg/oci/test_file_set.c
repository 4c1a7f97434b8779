#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/oci/file_set.h"
#include "pkg/sys/file.h"
#include "tests/unit/compressed.h"
#include "tests/unit/tar.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const FileSetOptions no_options = { 0 };

static const char *write_file(Test *test, const char *name, const void *bytes, size_t length)
{
	const char *path = path_join(test->arena, test_directory(test), name);
	if (!file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0755, &test->error) ||
	    !file_replace_volatile(AT_FDCWD, path, bytes, length, 0600, &test->error))
		test_fail(test, __FILE__, __LINE__, "cannot write '%s'", path);
	return path;
}

static const char *read_text(Test *test, FileSet *set, const char *name)
{
	const char *text = NULL;
	return file_set_read(set, name, 1 << 20, test->arena, &text, NULL, &test->error) ? text
											 : NULL;
}

static const char *long_name(Test *test)
{
	CLEANUP_BUFFER name = { 0 };
	for (unsigned i = 0; i < 40; i++)
		buffer_add(&name, "long-name/");
	buffer_add(&name, "x");
	return buffer_take(&name, test->arena);
}

static void fill(Test *test, Buffer *tar)
{
	tar_add(tar, TAR_DIRECTORY("./blobs/"));
	tar_add(tar, TAR_FILE("./blobs//one", "first"));
	tar_add(tar, TAR_FILE("two", ""));
	tar_add(tar, TAR_SYMLINK("a/link", "../blobs/./one"));
	tar_add(tar, TAR_HARD_LINK("hard", "./blobs/one"));
	tar_add(tar, TAR_SYMLINK("a/b/again", "../link"));
	tar_add(tar, TAR_SYMLINK("absolute", "/blobs/one"));
	tar_add(tar, TAR_SYMLINK("loop", "loop"));
	tar_add(tar, TAR_SYMLINK("outside", "../../etc/hostname"));
	tar_add(tar, TAR_FILE(long_name(test), "long"));
	tar_add(tar, TAR_FILE("blobs/one", "second of this name"));
	tar_finish(tar);
}

static void check_files(Test *test, FileSet *set)
{
	static const char *const ones[] = { "blobs/one", "a/link", "hard", "a/b/again",
					    "absolute" };
	// In any order, and again.
	CHECK_TEXT(read_text(test, set, long_name(test)), "long");
	for (size_t i = 0; i < COUNT(ones); i++)
		CHECK_TEXT(read_text(test, set, ones[i]), "first");
	CHECK_TEXT(read_text(test, set, "two"), "");
	CHECK_TEXT(read_text(test, set, "blobs/one"), "first");
	CHECK_ERROR(read_text(test, set, "loop"), "the archive has no 'loop'");
	CHECK_ERROR(read_text(test, set, "outside"), "the archive has no 'outside'");
	CHECK_ERROR(read_text(test, set, "blobs"), "the archive has no 'blobs'");

	Source *source = NULL;
	uint64_t size = 0;
	CHECK(file_set_open_file(set, "blobs/one", &source, &size, &test->error));
	CHECK(size == 5);
}

TEST(file_set_reads_an_archive_by_names)
{
	CLEANUP_BUFFER tar = { 0 };
	CLEANUP_FILE_SET set = NULL;
	fill(test, &tar);
	const char *path = write_file(test, "a.tar", tar.data, tar.length);
	CHECK(file_set_open(path, false, &no_options, &set, &test->error));
	check_files(test, set);
}

TEST(file_set_decompresses_an_archive_once)
{
	static const Compression compressions[] = { COMPRESSION_GZIP, COMPRESSION_ZSTD };
	CLEANUP_BUFFER tar = { 0 };
	fill(test, &tar);
	for (size_t i = 0; i < COUNT(compressions); i++) {
		CLEANUP_BUFFER packed = { 0 };
		CLEANUP_FILE_SET set = NULL;
		add_compressed(test, compressions[i], tar.data, tar.length, &packed);
		const char *path = write_file(test, "a.tar.x", packed.data, packed.length);
		FileSetOptions options = { .spool_directory = test_directory(test) };
		CHECK(file_set_open(path, false, &options, &set, &test->error));
		check_files(test, set);

		CLEANUP_FILE_SET bounded = NULL;
		options.spool_bytes_max = tar.length - 1;
		CHECK(!file_set_open(path, false, &options, &bounded, &test->error));
		CHECK(test->error.code == ERROR_LIMIT);
		error_clear(&test->error);
	}
	Texts names = { 0 };
	CHECK(file_list(AT_FDCWD, test_directory(test), test->arena, &names, &test->error));
	CHECK(names.count == 1);
}

TEST(file_set_reads_other_compressions_too)
{
	// A tar archive of one file "f" with "hello\n", by xz and by bzip2.
	static const char xz[] =
		"\xfd\x37\x7a\x58\x5a\x00\x00\x01\x69\x22\xde\x36\x02\x00\x21\x01\x16\x00\x00\x00"
		"\x74\x2f\xe5\xa3\xe0\x07\xff\x00\x3d\x5d\x00\x33\x00\x33\x50\x18\x68\x89\x83\x01"
		"\xdc\xe2\x6e\x47\x67\x50\x26\xda\x31\x88\xce\x52\xcb\x88\x1c\xf4\x18\xde\x7c\x0d"
		"\x04\xe5\x3f\x86\x5c\xc4\x91\xef\x37\xfd\x24\x65\xa9\x72\x77\x98\x8d\x5e\x2f\xec"
		"\x6d\x45\x1c\xa7\x9f\xf9\x71\xde\xcc\xe3\x8e\x00\x00\x00\x00\x00\x3c\x25\x13\xd0"
		"\x00\x01\x55\x80\x10\x00\x00\x00\x94\xaa\xe9\x7e\x3e\x30\x0d\x8b\x02\x00\x00\x00"
		"\x00\x01\x59\x5a";
	static const char bzip2[] =
		"\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x1d\x2f\x24\x6b\x00\x00\x2b\xdb\x80\xc9"
		"\x90\x40\x00\x65\x00\x00\x00\xe3\x44\x9e\x00\x08\x08\x20\x00\x54\x56\x80\x03\x40"
		"\x34\xf5\x04\x94\xd4\xd1\xea\x7a\x9a\x3d\x41\xa0\x4b\x99\x7c\x8a\x88\x22\xf6\xcc"
		"\xd6\xd0\xe8\x28\x17\x6d\xb0\x13\x50\x44\xb2\x1b\x41\xe2\x93\x57\x92\x72\xe3\xa8"
		"\xa4\x00\x50\x8b\xe2\xee\x48\xa7\x0a\x12\x03\xa5\xe4\x8d\x60";
	const struct {
		const char *bytes;
		size_t length;
	} rows[] = { { xz, sizeof(xz) - 1 }, { bzip2, sizeof(bzip2) - 1 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_FILE_SET set = NULL;
		const char *path = write_file(test, "a.tar.x", rows[i].bytes, rows[i].length);
		CHECK(file_set_open(path, false, &no_options, &set, &test->error));
		CHECK_TEXT(read_text(test, set, "f"), "hello\n");
	}
}

TEST(file_set_is_read_by_clones)
{
	CLEANUP_BUFFER tar = { 0 };
	CLEANUP_FILE_SET set = NULL;
	CLEANUP_FILE_SET clone = NULL;
	Source *one = NULL;
	Source *other = NULL;
	const char *text = NULL;
	fill(test, &tar);
	const char *path = write_file(test, "a.tar", tar.data, tar.length);
	CHECK(file_set_open(path, false, &no_options, &set, &test->error));
	CHECK(file_set_clone(set, &clone, &test->error));
	// Both in the middle of a file.
	CHECK(file_set_open_file(set, "blobs/one", &one, NULL, &test->error));
	CHECK(file_set_open_file(clone, long_name(test), &other, NULL, &test->error));
	CHECK(source_read_all(one, 100, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, "first");
	CHECK(source_read_all(other, 100, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, "long");
	file_set_close(&set);
	check_files(test, clone);
}

// Bytes that this process has read so far.
static uint64_t bytes_read(Test *test)
{
	const char *text = NULL;
	uint64_t count = 0;
	if (!file_read(AT_FDCWD, "/proc/self/io", 4096, test->arena, &text, NULL, &test->error) ||
	    !number_parse_u64(arena_strndup(test->arena, text + strlen("rchar: "),
					    strcspn(text + strlen("rchar: "), "\n")),
			      "rchar", UINT64_MAX, &count, &test->error))
		test_fail(test, __FILE__, __LINE__, "no /proc/self/io");
	return count;
}

#define LARGE_BYTES ((size_t)256 << 20)

// An archive with a large file, of zeros that take no place on the disk, before the one that counts.
TEST(file_set_skips_what_nobody_asks_for)
{
	CLEANUP_BUFFER large = { 0 };
	CLEANUP_BUFFER small = { 0 };
	CLEANUP_FILE_SET set = NULL;
	const TarEntry entry = { .path = "large", .type = '0', .content = "" };
	tar_add_header(&large, entry, LARGE_BYTES);
	tar_add(&small, TAR_FILE("small", "text"));
	tar_finish(&small);
	const char *path = path_join(test->arena, test_directory(test), "a.tar");
	CLEANUP_FD fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && file_write_fd(fd, large.data, large.length, &test->error));
	CHECK(lseek(fd, (off_t)(large.length + LARGE_BYTES), SEEK_SET) > 0);
	CHECK(file_write_fd(fd, small.data, small.length, &test->error));

	const uint64_t before = bytes_read(test);
	CHECK(file_set_open(path, false, &no_options, &set, &test->error));
	for (unsigned i = 0; i < 10; i++)
		CHECK_TEXT(read_text(test, set, "small"), "text");
	CHECK(bytes_read(test) - before < LARGE_BYTES / 16);
}

TEST(file_set_says_what_is_wrong_with_an_archive)
{
	CLEANUP_BUFFER tar = { 0 };
	CLEANUP_FILE_SET set = NULL;
	fill(test, &tar);
	const char *path = path_join(test->arena, test_directory(test), "absent");
	CHECK_ERROR(file_set_open(path, false, &no_options, &set, &test->error),
		    arena_printf(test->arena, "open '%s': No such file or directory", path));
	path = path_join(test->arena, test_directory(test), "pipe");
	CHECK(mkfifo(path, 0600) == 0);
	CHECK_ERROR(file_set_open(path, false, &no_options, &set, &test->error),
		    arena_printf(test->arena, "'%s': no regular file", path));
	path = write_file(test, "cut.tar", tar.data, 1100);
	CHECK(!file_set_open(path, false, &no_options, &set, &test->error));
	CHECK(test->error.code == ERROR_INVALID);
	error_clear(&test->error);
	path = write_file(test, "text", "this is no archive, but only a line of text\n", 44);
	CHECK(!file_set_open(path, false, &no_options, &set, &test->error));
	CHECK(strstr(test->error.message, "not a good tar archive"));
	error_clear(&test->error);
}

TEST(file_set_sees_an_archive_change)
{
	CLEANUP_BUFFER tar = { 0 };
	CLEANUP_FILE_SET set = NULL;
	tar_add(&tar, TAR_FILE("a", "1"));
	tar_add(&tar, TAR_FILE("b", "2"));
	tar_finish(&tar);
	const char *path = write_file(test, "a.tar", tar.data, tar.length);
	CHECK(file_set_open(path, false, &no_options, &set, &test->error));
	// In place, as `cp other.tar a.tar` does.
	CLEANUP_BUFFER other = { 0 };
	tar_add(&other, TAR_FILE("c", "1"));
	tar_add(&other, TAR_FILE("d", "2"));
	tar_finish(&other);
	CLEANUP_FD fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0 && file_write_fd(fd, other.data, other.length, &test->error));
	CHECK_ERROR(read_text(test, set, "b"), "the archive changes while it is read");
}

TEST(file_set_reads_a_directory)
{
	CLEANUP_FILE_SET set = NULL;
	write_file(test, "d/blobs/one", "first", 5);
	const char *path = path_join(test->arena, test_directory(test), "d");
	CHECK(file_replace_link(AT_FDCWD, path_join(test->arena, path, "outside"), "/etc/hostname",
				&test->error));
	CHECK(file_set_open(path, true, &no_options, &set, &test->error));
	CHECK_TEXT(read_text(test, set, "blobs/one"), "first");
	CHECK(!read_text(test, set, "outside"));
	CHECK(test->error.code == ERROR_NOT_FOUND);
	error_clear(&test->error);
	CLEANUP_FILE_SET clone = NULL;
	CHECK(file_set_clone(set, &clone, &test->error));
	CHECK_TEXT(read_text(test, clone, "blobs/one"), "first");
}
