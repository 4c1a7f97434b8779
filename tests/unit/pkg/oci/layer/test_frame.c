#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/layer/unpack.h"
#include "pkg/sys/file.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <unistd.h>

// A layer that was unpacked with a frame: LAYER/fs, LAYER/frame, LAYER/kept.
typedef struct Unpacked {
	int layer;
	int frame;
	int tree;
	int kept;
} Unpacked;

static void unpacked_clear(Unpacked *unpacked)
{
	file_close(&unpacked->layer);
	file_close(&unpacked->frame);
	file_close(&unpacked->tree);
	file_close(&unpacked->kept);
}
#define UNPACKED CLEANUP(unpacked_clear) Unpacked

static bool unpack_with(FrameWriter *writer, int tree, Error *error)
{
	CLEANUP_ARCHIVE archive = NULL;
	const UnpackOptions options = {
		.whiteouts = true, .entries_max = 20000, .bytes_max = 1 << 24, .frame = writer
	};
	if (!archive_open(frame_writer_source(writer), ARCHIVE_PLAIN, &archive, error))
		return false;
	frame_writer_follow(writer, archive);
	return unpack_tar(archive, tree, &options, NULL, error) &&
	       frame_writer_finish(writer, error);
}

static bool unpack(Test *test, const Buffer *tar, size_t block, Unpacked *ret)
{
	const char *path = path_join(test->arena, test_directory(test),
				     arena_printf(test->arena, "layer-%zu", block));
	*ret = (Unpacked){ -1, -1, -1, -1 };
	if (!file_make_directories(AT_FDCWD, path_join(test->arena, path, "fs"), 0755,
				   &test->error) ||
	    !file_open_directory(AT_FDCWD, path, &ret->layer, &test->error) ||
	    !file_open_directory(ret->layer, "fs", &ret->tree, &test->error))
		return false;
	ret->frame = openat(ret->layer, "frame", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	CLEANUP_FRAME_WRITER writer =
		frame_writer_open(source_of_bytes(tar->data, tar->length, block, test->arena),
				  sink_of_fd(ret->frame, test->arena), ret->layer);
	if (!unpack_with(writer, ret->tree, &test->error))
		return false;
	ret->kept = openat(ret->layer, FRAME_KEPT_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return true;
}

static bool rebuild(Test *test, const Unpacked *unpacked, const char **ret, size_t *ret_length)
{
	CLEANUP_FRAME_READER reader =
		frame_reader_open(unpacked->frame, unpacked->tree, unpacked->kept);
	return source_read_all(frame_reader_source(reader), 1 << 24, test->arena, ret, ret_length,
			       &test->error);
}

// The archive comes back whatever pieces it was read in.
static void check_round_trip(Test *test, const Buffer *tar)
{
	static const size_t blocks[] = { 100, 512, 1000, 5000, 100000, 0 };
	off_t frame_bytes = -1;
	for (size_t i = 0; i < COUNT(blocks); i++) {
		UNPACKED unpacked = { -1, -1, -1, -1 };
		const char *again = NULL;
		size_t length = 0;
		CHECK(unpack(test, tar, blocks[i], &unpacked));
		CHECK(rebuild(test, &unpacked, &again, &length));
		CHECK(length == tar->length && memcmp(again, tar->data, length) == 0);
		const off_t bytes = lseek(unpacked.frame, 0, SEEK_END);
		CHECK(frame_bytes < 0 || frame_bytes == bytes);
		frame_bytes = bytes;
	}
}

static const char *long_text(Test *test, size_t length)
{
	char *text = arena_alloc(test->arena, length + 1);
	for (size_t i = 0; i < length; i++)
		text[i] = (char)('a' + i * i % 23);
	return text;
}

TEST(frame_gives_the_archive_again)
{
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, TAR_DIRECTORY("etc"));
	tar_add(&tar, TAR_FILE("etc/motd", "hello"));
	tar_add(&tar, TAR_FILE("etc/empty", ""));
	tar_add(&tar, TAR_SYMLINK("etc/link", "motd"));
	tar_add(&tar, TAR_HARD_LINK("etc/hard", "etc/motd"));
	tar_add(&tar, TAR_FILE("etc/.wh.gone", ""));
	tar_add(&tar, TAR_FILE("./usr//block", long_text(test, 512)));
	tar_add(&tar, TAR_FILE("/usr/large", long_text(test, 700001)));
	const char *deep = arena_printf(test->arena, "%.200s/%.200s", long_text(test, 200),
					long_text(test, 200));
	tar_add(&tar, TAR_FILE(deep, "a long name"));
	tar_finish(&tar);
	check_round_trip(test, &tar);

	// What files hold is not in it once more.
	UNPACKED unpacked = { -1, -1, -1, -1 };
	CHECK(unpack(test, &tar, 4096, &unpacked));
	CHECK(lseek(unpacked.frame, 0, SEEK_END) < 12000);
}

TEST(frame_keeps_the_content_of_what_later_entries_replace)
{
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, TAR_FILE("twice", "the first"));
	tar_add(&tar, TAR_FILE("twice", "the second one"));
	tar_add(&tar, TAR_FILE("dir/a", "in a directory"));
	tar_add(&tar, TAR_FILE("dir/b/c", "deep in a directory"));
	tar_add(&tar, TAR_FILE("dir/a", "again in a directory"));
	tar_add(&tar, TAR_FILE("dir", "a file now"));
	tar_add(&tar, TAR_FILE("dir/a", "and a directory again"));
	tar_add(&tar, TAR_SYMLINK("twice", "nowhere"));
	tar_add(&tar, TAR_FILE("hard", "a file that becomes a link"));
	tar_add(&tar, TAR_HARD_LINK("hard", "dir/a"));
	tar_add(&tar, TAR_FILE("twice", "the third"));
	tar_finish(&tar);
	check_round_trip(test, &tar);
}

TEST(frame_keeps_a_lot_of_what_is_replaced)
{
	CLEANUP_BUFFER tar = { 0 };
	UNPACKED unpacked = { -1, -1, -1, -1 };
	const char *again = NULL;
	size_t length = 0;
	for (unsigned i = 0; i < 12000; i++)
		tar_add(&tar, TAR_FILE(arena_printf(test->arena, "dir/%u", i % 100),
				       arena_printf(test->arena, "%u", i)));
	tar_finish(&tar);
	CHECK(unpack(test, &tar, 0, &unpacked) && rebuild(test, &unpacked, &again, &length));
	CHECK(length == tar.length && memcmp(again, tar.data, length) == 0);
}

TEST(frame_keeps_what_lies_behind_the_end)
{
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, TAR_FILE("a", "content"));
	tar_finish(&tar);
	buffer_add_bytes(&tar, long_text(test, 300000), 300000);
	check_round_trip(test, &tar);

	CLEANUP_BUFFER unfinished = { 0 };
	tar_add(&unfinished, TAR_FILE("b", "no end mark"));
	UNPACKED unpacked = { -1, -1, -1, -1 };
	const char *again = NULL;
	size_t length = 0;
	CHECK(unpack(test, &unfinished, 77, &unpacked));
	CHECK(rebuild(test, &unpacked, &again, &length));
	CHECK(length == unfinished.length && memcmp(again, unfinished.data, length) == 0);
}

TEST(frame_reader_names_what_is_not_as_it_was)
{
	CLEANUP_BUFFER tar = { 0 };
	UNPACKED unpacked = { -1, -1, -1, -1 };
	const char *again = NULL;
	size_t length = 0;
	tar_add(&tar, TAR_FILE("etc/motd", "hello"));
	tar_finish(&tar);
	CHECK(unpack(test, &tar, 0, &unpacked));
	CHECK(file_replace_volatile(unpacked.tree, "etc/motd", "hello!", 6, 0644, &test->error));
	CHECK_ERROR(rebuild(test, &unpacked, &again, &length), "'etc/motd': it has 6 bytes, not 5");
	error_clear(&test->error);
	CHECK(unlinkat(unpacked.tree, "etc/motd", 0) == 0);
	CHECK_ERROR(rebuild(test, &unpacked, &again, &length),
		    "'etc/motd': open 'etc/motd' in its root: No such file or directory");
	error_clear(&test->error);
	CHECK(ftruncate(unpacked.frame, 300) == 0);
	CHECK(!rebuild(test, &unpacked, &again, &length));
	CHECK(test->error.code == ERROR_INVALID || test->error.code == ERROR_NOT_FOUND);
	error_clear(&test->error);
}
