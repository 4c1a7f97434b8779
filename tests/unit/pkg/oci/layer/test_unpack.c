#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"
#include "tests/unit/unpacking.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>

TEST(unpack_keeps_what_the_archive_says)
{
	UNPACKING made = layer();
	tar_add(&made.tar,
		(TarEntry){ .path = "./", .type = '5', .mode = 0755, .modified_s = 100 });
	tar_add(&made.tar,
		(TarEntry){ .path = "./bin/", .type = '5', .mode = 02775, .modified_s = 200 });
	tar_add(&made.tar, (TarEntry){ .path = "./bin/su",
				       .type = '0',
				       .content = "hello",
				       .mode = 04755,
				       .uid = 7,
				       .gid = 100000,
				       .modified_s = 300 });
	tar_add(&made.tar, TAR_HARD_LINK("bin/again", "./bin/su"));
	tar_add(&made.tar,
		(TarEntry){
			.path = "bin/link", .type = '2', .link = "/etc/../x", .modified_s = 400 });
	tar_add(&made.tar, (TarEntry){ .path = "fifo", .type = '6', .mode = 0600 });
	CHECK(unpack(test, &made));

	CHECK_TEXT(content(test, &made, "bin/su"), "hello");
	CHECK_TEXT(names(test, &made, "."), "bin fifo");
	CHECK_TEXT(names(test, &made, "bin"), "again link su");
	const struct stat file = look(&made, "bin/su");
	CHECK(file.st_mode == (S_IFREG | 04755) && file.st_nlink == 2);
	CHECK(file.st_mtim.tv_sec == 300);
	CHECK(look(&made, "bin").st_mode == (S_IFDIR | 02775));
	CHECK(look(&made, "bin").st_mtim.tv_sec == 200);
	CHECK(look(&made, ".").st_mtim.tv_sec == 100);
	CHECK(look(&made, "bin/link").st_mtim.tv_sec == 400);
	CHECK(S_ISFIFO(look(&made, "fifo").st_mode));
	if (geteuid() == 0)
		CHECK(file.st_uid == 7 && file.st_gid == 100000);
	CHECK(made.result.entries == 6 && made.result.size_bytes == 5);
}

TEST(unpack_restores_times_of_directories_that_it_comes_back_to)
{
	UNPACKING made = layer();
	tar_add(&made.tar, (TarEntry){ .path = "a", .type = '5', .modified_s = 100 });
	tar_add(&made.tar, (TarEntry){ .path = "b", .type = '5', .modified_s = 200 });
	tar_add(&made.tar, TAR_FILE("a/late", "x"));
	tar_add(&made.tar, TAR_FILE("b/late", "x"));
	CHECK(unpack(test, &made));
	CHECK(look(&made, "a").st_mtim.tv_sec == 100);
	CHECK(look(&made, "b").st_mtim.tv_sec == 200);
}

TEST(unpack_makes_missing_parents)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("a/b/c", "x"));
	CHECK(unpack(test, &made));
	CHECK_TEXT(content(test, &made, "a/b/c"), "x");
	CHECK(look(&made, "a/b").st_mode == (S_IFDIR | 0755));
}

TEST(unpack_keeps_names_as_bytes)
{
	UNPACKING made = layer();
	// Decomposed, composed, Latin-1; the last ones longer than an old header can hold, so that they travel as pax.
	const char *decomposed = "e\xcc\x81", *composed = "\xc3\xa9", *latin = "\xe9";
	char longer[3][200];
	snprintf(longer[0], sizeof(longer[0]), "%0150d%s", 0, decomposed);
	snprintf(longer[1], sizeof(longer[1]), "%0150d%s", 0, composed);
	snprintf(longer[2], sizeof(longer[2]), "%0150d%s", 0, latin);
	const char *const all[] = { decomposed, composed, latin, longer[0], longer[1], longer[2] };
	for (size_t i = 0; i < COUNT(all); i++)
		tar_add(&made.tar, TAR_FILE(all[i], all[i]));
	CHECK(unpack(test, &made));
	for (size_t i = 0; i < COUNT(all); i++)
		CHECK_TEXT(content(test, &made, all[i]), all[i]);
}

TEST(unpack_counts_absolute_paths_from_its_directory)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("/etc/passwd", "x"));
	tar_add(&made.tar, TAR_FILE("///./b//c", "y"));
	CHECK(unpack(test, &made));
	CHECK_TEXT(content(test, &made, "etc/passwd"), "x");
	CHECK_TEXT(content(test, &made, "b/c"), "y");
}

TEST(unpack_refuses_paths_with_dotdot)
{
	static const char *const paths[] = { "../outside", "a/../../outside", "..", "/..//outside",
					     "a/..",       "./.././outside" };
	for (size_t i = 0; i < COUNT(paths); i++) {
		UNPACKING made = layer();
		tar_add(&made.tar, TAR_FILE(paths[i], "bad"));
		CHECK(!unpack(test, &made));
		CHECK_TEXT(test->error.message,
			   arena_printf(test->arena, "'%s': a path with '..'", paths[i]));
		error_clear(&test->error);
		CHECK(is_outside_safe(test, &made));
	}
}

TEST(unpack_never_writes_through_a_symlink)
{
	UNPACKING made = layer();
	const char *outer = test_directory(test);
	tar_add(&made.tar, TAR_SYMLINK("up", ".."));
	tar_add(&made.tar, TAR_FILE("up/outside", "bad"));
	tar_add(&made.tar, TAR_SYMLINK("abs", outer));
	tar_add(&made.tar, TAR_FILE("abs/outside", "bad"));
	tar_add(&made.tar, TAR_DIRECTORY("abs/new"));
	tar_add(&made.tar, TAR_SYMLINK("file", "../outside"));
	tar_add(&made.tar, TAR_FILE("file", "bad"));
	tar_add(&made.tar, TAR_SYMLINK("directory", ".."));
	tar_add(&made.tar, (TarEntry){ .path = "directory", .type = '5', .mode = 0700 });
	tar_add(&made.tar, TAR_SYMLINK("node", "../outside"));
	tar_add(&made.tar, (TarEntry){ .path = "node", .type = '6', .mode = 0777 });
	CHECK(unpack(test, &made));

	CHECK(is_outside_safe(test, &made));
	CHECK_TEXT(content(test, &made, "up/outside"), "bad");
	CHECK(S_ISDIR(look(&made, "up").st_mode) && S_ISDIR(look(&made, "abs/new").st_mode));
	CHECK(S_ISREG(look(&made, "file").st_mode));
	CHECK(look(&made, "directory").st_mode == (S_IFDIR | 0700));
	struct stat outside;
	CHECK(fstatat(made.outer, "outside", &outside, 0) == 0 &&
	      outside.st_mode == (S_IFREG | 0600));
}

TEST(unpack_links_only_to_files_of_the_archive)
{
	const char *const targets[] = { "/etc/passwd", "../outside",   "link",  "directory", "",
					"/",           "link/outside", "gone/x" };
	for (size_t i = 0; i < COUNT(targets); i++) {
		UNPACKING made = layer();
		tar_add(&made.tar, TAR_DIRECTORY("directory"));
		tar_add(&made.tar, TAR_SYMLINK("link", ".."));
		tar_add(&made.tar, TAR_HARD_LINK("hard", targets[i]));
		if (text_equal(targets[i], "link")) {
			// The link itself, never what it leads to.
			CHECK(unpack(test, &made));
			CHECK(S_ISLNK(look(&made, "hard").st_mode));
		} else {
			CHECK(!unpack(test, &made));
			CHECK(test->error.code == ERROR_INVALID);
			error_clear(&test->error);
		}
		CHECK(is_outside_safe(test, &made));
		CHECK(file_tree_remove_path(made.outer, "fs", &test->error));
	}
}

TEST(unpack_says_what_is_wrong_with_a_hard_link)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_HARD_LINK("hard", "/etc/passwd"));
	CHECK_ERROR(unpack(test, &made), "'hard': a hard link to what is no file of the archive");
}

TEST(unpack_lets_a_file_be_linked_to_itself)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("a", "x"));
	tar_add(&made.tar, TAR_HARD_LINK("a", "a"));
	CHECK(unpack(test, &made));
	CHECK_TEXT(content(test, &made, "a"), "x");
}

TEST(unpack_lets_later_entries_replace_earlier_ones)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("a/b/c", "1"));
	tar_add(&made.tar, TAR_FILE("a", "file now"));
	tar_add(&made.tar, TAR_FILE("d", "file"));
	tar_add(&made.tar, TAR_FILE("d/e", "directory now"));
	tar_add(&made.tar, TAR_FILE("f", "1"));
	tar_add(&made.tar, TAR_HARD_LINK("g", "f"));
	tar_add(&made.tar, TAR_FILE("f", "2"));
	CHECK(unpack(test, &made));
	CHECK_TEXT(content(test, &made, "a"), "file now");
	CHECK_TEXT(content(test, &made, "d/e"), "directory now");
	CHECK_TEXT(content(test, &made, "f"), "2");
	CHECK_TEXT(content(test, &made, "g"), "1");
}

TEST(unpack_makes_whiteouts_wherever_they_come)
{
	if (geteuid() != 0)
		SKIP("trusted attributes need root");
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("etc/.wh.gone", ""));
	tar_add(&made.tar, TAR_FILE(".wh.top", ""));
	tar_add(&made.tar, TAR_FILE("file", "stays"));
	tar_add(&made.tar, TAR_FILE(".wh.file", ""));
	tar_add(&made.tar, TAR_FILE(".wh.back", ""));
	tar_add(&made.tar, TAR_FILE("back", "comes"));
	tar_add(&made.tar, (TarEntry){ .path = ".wh.typed", .type = '5' });
	tar_add(&made.tar, TAR_SYMLINK("dangling", "/nowhere"));
	tar_add(&made.tar, TAR_FILE(".wh.dangling", ""));
	CHECK(unpack(test, &made));

	CHECK(is_whiteout(&made, "etc/gone") && is_whiteout(&made, "top"));
	CHECK(is_whiteout(&made, "typed"));
	CHECK_TEXT(content(test, &made, "file"), "stays");
	CHECK_TEXT(content(test, &made, "back"), "comes");
	CHECK(S_ISLNK(look(&made, "dangling").st_mode));
	CHECK_TEXT(names(test, &made, "."), "back dangling etc file top typed");
	CHECK_TEXT(names(test, &made, "etc"), "gone");
}

static bool shows_whiteouts(const Unpacking *made, const char *path)
{
	CLEANUP_FD fd = openat(made->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fgetxattr(fd, "trusted.overlay.origin", NULL, 0) < 0;
}

// Else overlayfs lists them in a directory that no other layer has.
TEST(unpack_marks_directories_that_have_whiteouts)
{
	if (geteuid() != 0)
		SKIP("trusted attributes need root");
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("with/.wh.gone", ""));
	tar_add(&made.tar, TAR_DIRECTORY("with"));
	tar_add(&made.tar, TAR_FILE("without/file", ""));
	tar_add(&made.tar, TAR_FILE("without/.wh.file", ""));
	CHECK(unpack(test, &made));
	CHECK(!shows_whiteouts(&made, "with"));
	CHECK(shows_whiteouts(&made, "without"));
}

TEST(unpack_makes_directories_opaque_wherever_the_marker_comes)
{
	if (geteuid() != 0)
		SKIP("trusted attributes need root");
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("before/.wh..wh..opq", ""));
	tar_add(&made.tar, TAR_FILE("before/x", "1"));
	tar_add(&made.tar, TAR_DIRECTORY("before"));
	tar_add(&made.tar, TAR_FILE("after/x", "2"));
	tar_add(&made.tar, TAR_FILE("after/.wh.pointless", ""));
	tar_add(&made.tar, TAR_FILE("after/.wh..wh..opq", ""));
	tar_add(&made.tar, TAR_FILE("after/.wh.too", ""));
	tar_add(&made.tar, TAR_FILE(".wh.a", ""));
	tar_add(&made.tar, TAR_FILE("a/new", "3"));
	tar_add(&made.tar, TAR_FILE("b/new", "4"));
	tar_add(&made.tar, TAR_FILE(".wh.b", ""));
	tar_add(&made.tar, TAR_DIRECTORY("plain"));
	CHECK(unpack(test, &made));

	CHECK(is_opaque(&made, "before") && is_opaque(&made, "after"));
	CHECK(is_opaque(&made, "a") && is_opaque(&made, "b") && !is_opaque(&made, "plain"));
	CHECK_TEXT(content(test, &made, "before/x"), "1");
	CHECK_TEXT(content(test, &made, "a/new"), "3");
	CHECK_TEXT(content(test, &made, "b/new"), "4");
	CHECK_TEXT(names(test, &made, "after"), "x");
	CHECK(!made.result.is_root_opaque);
}

TEST(unpack_tells_that_the_root_is_opaque)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("./.wh..wh..opq", ""));
	CHECK(unpack(test, &made));
	CHECK(made.result.is_root_opaque);
	CHECK_TEXT(names(test, &made, "."), "");
}

TEST(unpack_refuses_whiteouts_of_anything_else)
{
	static const char *const paths[] = { ".wh.", ".wh..", ".wh...", "a/.wh...", ".wh.a/b" };
	for (size_t i = 0; i < COUNT(paths); i++) {
		UNPACKING made = layer();
		tar_add(&made.tar, TAR_FILE(paths[i], ""));
		CHECK(!unpack(test, &made));
		CHECK(test->error.code == ERROR_INVALID);
		error_clear(&test->error);
		CHECK(is_outside_safe(test, &made));
	}
}

TEST(unpack_ignores_the_books_of_aufs)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_DIRECTORY(".wh..wh.plnk"));
	tar_add(&made.tar, TAR_FILE(".wh..wh.aufs", ""));
	CHECK(unpack(test, &made));
	CHECK_TEXT(names(test, &made, "."), "");
}

TEST(unpack_takes_no_whiteout_devices_from_the_archive)
{
	if (geteuid() != 0)
		SKIP("trusted attributes need root");
	UNPACKING made = layer();
	tar_add(&made.tar, (TarEntry){ .path = "forged", .type = '3' });
	tar_add(&made.tar, TAR_FILE(".wh.real", ""));
	CHECK(unpack(test, &made));
	CHECK_TEXT(names(test, &made, "."), "real");

	UNPACKING linked = layer();
	tar_add(&linked.tar, TAR_FILE(".wh.real", ""));
	tar_add(&linked.tar, TAR_HARD_LINK("copy", "real"));
	CHECK_ERROR(unpack(test, &linked), "'copy': a hard link to what is no file of the archive");
}

TEST(unpack_of_a_plain_archive_knows_no_whiteouts)
{
	UNPACKING made = layer();
	made.options.whiteouts = false;
	tar_add(&made.tar, TAR_FILE(".wh.a", "text"));
	tar_add(&made.tar, TAR_FILE("b/.wh..wh..opq", "text"));
	CHECK(unpack(test, &made));
	CHECK_TEXT(content(test, &made, ".wh.a"), "text");
	CHECK_TEXT(content(test, &made, "b/.wh..wh..opq"), "text");
}

TEST(unpack_keeps_the_attributes_that_are_the_images)
{
	static const unsigned char capability[] = { 0, 0, 0, 2, 0, 4, 0, 0, 0, 0,
						    0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	if (geteuid() != 0)
		SKIP("file capabilities and trusted attributes need root");
	UNPACKING made = layer();
	tar_add(&made.tar, (TarEntry){ .path = "ping",
				       .type = '0',
				       .uid = 5,
				       .attribute = "security.capability",
				       .value = capability,
				       .value_size = sizeof(capability) });
	tar_add(&made.tar, (TarEntry){ .path = "user",
				       .type = '0',
				       .attribute = "user.note",
				       .value = "\0a",
				       .value_size = 2 });
	static const char *const dropped[] = { "trusted.overlay.opaque", "security.selinux",
					       "user.overlay.opaque", "trusted.overlay.redirect" };
	for (size_t i = 0; i < COUNT(dropped); i++)
		tar_add(&made.tar, (TarEntry){ .path = dropped[i],
					       .type = '5',
					       .attribute = dropped[i],
					       .value = "y",
					       .value_size = 1 });
	CHECK(unpack(test, &made));

	CLEANUP_FD ping = openat(made.root, "ping", O_RDONLY | O_CLOEXEC);
	CLEANUP_FD user = openat(made.root, "user", O_RDONLY | O_CLOEXEC);
	unsigned char value[64];
	CHECK(fgetxattr(ping, "security.capability", value, sizeof(value)) == sizeof(capability));
	CHECK(memcmp(value, capability, sizeof(capability)) == 0);
	if (fgetxattr(user, "user.note", value, sizeof(value)) >= 0 || errno != EOPNOTSUPP)
		CHECK(fgetxattr(user, "user.note", value, sizeof(value)) == 2 && value[1] == 'a');
	for (size_t i = 0; i < COUNT(dropped); i++) {
		CLEANUP_FD fd = openat(made.root, dropped[i], O_RDONLY | O_CLOEXEC);
		CHECK(fd >= 0 && flistxattr(fd, NULL, 0) == 0);
	}
}

TEST(unpack_is_bounded)
{
	UNPACKING many = layer();
	many.options.entries_max = 2;
	for (size_t i = 0; i < 3; i++)
		tar_add(&many.tar, TAR_FILE("same", ""));
	CHECK_ERROR(unpack(test, &many), "'same': more than 2 entries");

	UNPACKING large = layer();
	large.options.bytes_max = 5;
	tar_add(&large.tar, TAR_FILE("a", "123"));
	tar_add(&large.tar, TAR_FILE("b", "456"));
	CHECK_ERROR(unpack(test, &large), "'b': more than 5 bytes");
}

TEST(unpack_bounds_the_depth)
{
	char path[1024] = { 0 };
	for (size_t i = 0; i < 260; i++)
		memcpy(path + 2 * i, "d/", 2);
	UNPACKING deep = layer();
	tar_add(&deep.tar, TAR_DIRECTORY(path));
	CHECK(!unpack(test, &deep));
	CHECK(test->error.code == ERROR_LIMIT);
	error_clear(&test->error);

	path[2 * 256] = '\0';
	UNPACKING fits = layer();
	tar_add(&fits.tar, TAR_DIRECTORY(path));
	CHECK(unpack(test, &fits));
}

TEST(unpack_refuses_what_is_no_tar)
{
	UNPACKING made = layer();
	buffer_add(&made.tar, "#!/bin/sh\necho this is not a tar archive\n");
	CHECK(!unpack(test, &made));
	CHECK(text_starts_with(test->error.message, "not a good tar archive: "));
	error_clear(&test->error);

	UNPACKING cut = layer();
	tar_add(&cut.tar, TAR_FILE("a", "0123456789"));
	cut.tar.length -= 508;
	Source *source = source_of_bytes(cut.tar.data, cut.tar.length, 0, test->arena);
	CLEANUP_ARCHIVE archive = NULL;
	CHECK(archive_open(source, ARCHIVE_PLAIN, &archive, &test->error));
	CLEANUP_FD root = -1;
	CHECK(file_open_directory(AT_FDCWD, test_directory(test), &root, &test->error));
	CHECK(!unpack_tar(archive, root, &cut.options, NULL, &test->error));
	CHECK(text_starts_with(test->error.message, "'a': not a good tar archive: "));
	error_clear(&test->error);
}

TEST(unpack_takes_an_empty_archive)
{
	UNPACKING made = layer();
	CHECK(unpack(test, &made));
	CHECK(made.result.entries == 0);
}
