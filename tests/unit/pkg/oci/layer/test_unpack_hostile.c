// Archives that are broken, absurd or meant to do harm.
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "tests/unit/tar.h"
#include "tests/unit/unpacking.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>

#define ACL_ACCESS  "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"

// Refused with words that begin like this, and nothing happened outside.
static bool is_refused(Test *test, Unpacking *unpacking, const char *words)
{
	if (unpack(test, unpacking))
		return false;
	const bool is_right = strncmp(test->error.message, words, strlen(words)) == 0;
	if (!is_right)
		return false;
	error_clear(&test->error);
	return is_outside_safe(test, unpacking);
}

static ssize_t attribute(const Unpacking *unpacking, const char *path, const char *name,
			 void *value, size_t size)
{
	CLEANUP_FD fd = openat(unpacking->root, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fgetxattr(fd, name, value, size);
}

// --- names

TEST(unpack_takes_names_of_any_bytes)
{
	static const char *const all[] = { "new\nline",   "\x1b[2J", "\xff\xfe", "\x7f", " ",
					   "back\\slash", "-rf",     "%s%n",     "*",    "...",
					   ".deep-0",     "record",  "#1",       "work", "index",
					   ".sdme-tmp",   "fs",      "trusted.x" };
	UNPACKING made = layer();
	for (size_t i = 0; i < COUNT(all); i++)
		tar_add(&made.tar, TAR_FILE(all[i], all[i]));
	CHECK(unpack(test, &made));
	for (size_t i = 0; i < COUNT(all); i++)
		CHECK_TEXT(content(test, &made, all[i]), all[i]);
	CHECK(is_outside_safe(test, &made));
}

TEST(unpack_shows_names_without_control_characters)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("\x1b]0;title\x07\n/../x", ""));
	CHECK(!unpack(test, &made));
	for (const char *at = test->error.message; *at; at++)
		CHECK(*at >= ' ');
	error_clear(&test->error);
}

TEST(unpack_bounds_names_and_paths)
{
	char name[5000];
	memset(name, 'x', sizeof(name));
	name[4999] = '\0';
	UNPACKING longest = layer();
	tar_add(&longest.tar, TAR_FILE(name, ""));
	CHECK(!unpack(test, &longest));
	CHECK(test->error.code == ERROR_LIMIT);
	CHECK(strlen(test->error.message) < 400);
	error_clear(&test->error);

	name[256] = '\0';
	UNPACKING part = layer();
	tar_add(&part.tar, TAR_FILE(name, ""));
	CHECK(!unpack(test, &part));
	CHECK(test->error.code == ERROR_LIMIT);
	error_clear(&test->error);

	// 15 names of 255 bytes and a short one: 4095 bytes with their slashes.
	char path[4096] = { 0 };
	memset(path, 'x', 4095);
	for (size_t i = 255; i < 4090; i += 256)
		path[i] = '/';
	UNPACKING fits = layer();
	tar_add(&fits.tar, TAR_FILE(path, "deep"));
	CHECK(unpack(test, &fits));
	CHECK(fits.result.entries == 1);
}

TEST(unpack_needs_a_name)
{
	UNPACKING file = layer();
	tar_add(&file.tar, TAR_FILE("", "x"));
	CHECK(!unpack(test, &file));
	error_clear(&test->error);
	UNPACKING dot = layer();
	tar_add(&dot.tar, TAR_SYMLINK("./", "/etc"));
	CHECK(is_refused(test, &dot, "'./': the root is no directory"));
	UNPACKING hard = layer();
	tar_add(&hard.tar, TAR_HARD_LINK("/", "x"));
	CHECK(is_refused(test, &hard, "'/': the root is no directory"));
	UNPACKING symlink = layer();
	tar_add(&symlink.tar, TAR_SYMLINK("a", ""));
	CHECK(is_refused(test, &symlink, "'a': a symlink to nothing"));
}

TEST(unpack_takes_names_that_differ_by_a_slash_for_one)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("a", "file"));
	tar_add(&made.tar, TAR_DIRECTORY("a/"));
	tar_add(&made.tar, TAR_DIRECTORY("b"));
	tar_add(&made.tar, TAR_DIRECTORY("b//"));
	tar_add(&made.tar, TAR_FILE("c/", "")); // a directory, as old archives have them
	made.options.whiteouts = false;
	CHECK(unpack(test, &made));
	CHECK_TEXT(names(test, &made, "."), "a b c");
	CHECK(S_ISDIR(look(&made, "a").st_mode) && S_ISDIR(look(&made, "c").st_mode));
}

// --- one place, many kinds

TEST(unpack_lets_kinds_take_turns)
{
	UNPACKING made = layer();
	made.options.whiteouts = geteuid() == 0; // opaque marks need root
	const TarEntry kinds[] = { TAR_FILE("x", "text"),      TAR_DIRECTORY("x"),
				   TAR_SYMLINK("x", "."),      { .path = "x", .type = '6' },
				   TAR_FILE("x/in", "inside"), TAR_HARD_LINK("x", "other") };
	// Every kind after every other.
	tar_add(&made.tar, TAR_FILE("other", "other"));
	for (size_t i = 0; i < COUNT(kinds); i++) {
		for (size_t k = 0; k < COUNT(kinds); k++) {
			tar_add(&made.tar, kinds[i]);
			tar_add(&made.tar, kinds[k]);
			tar_add(&made.tar, TAR_DIRECTORY("elsewhere"));
		}
	}
	tar_add(&made.tar, TAR_FILE("x/last", "last"));
	CHECK(unpack(test, &made));
	CHECK_TEXT(names(test, &made, "."), "elsewhere other x");
	CHECK_TEXT(names(test, &made, "x"), "last");
	CHECK_TEXT(content(test, &made, "other"), "other");
	CHECK(look(&made, "other").st_nlink == 1);
	CHECK(is_outside_safe(test, &made));
}

TEST(unpack_survives_the_loss_of_the_directory_it_is_in)
{
	UNPACKING made = layer();
	made.options.whiteouts = geteuid() == 0;
	tar_add(&made.tar, TAR_FILE("a/b/c/d", "1"));
	tar_add(&made.tar, TAR_SYMLINK("a", ".."));
	tar_add(&made.tar, TAR_FILE("a/b/c/e", "2"));
	tar_add(&made.tar, TAR_FILE("a/b", "file"));
	tar_add(&made.tar, TAR_FILE("a/b/c/f", "3"));
	tar_add(&made.tar, (TarEntry){ .path = "a/b", .type = '5', .mode = 0711 });
	tar_add(&made.tar, TAR_HARD_LINK("a/b/c", "a/b/c/f"));
	CHECK(!unpack(test, &made)); // the target went when its place was cleared
	error_clear(&test->error);
	CHECK(is_outside_safe(test, &made));
	CHECK_TEXT(names(test, &made, "a"), "b");
}

TEST(unpack_enters_directories_that_nobody_may_enter)
{
	UNPACKING made = layer();
	if (geteuid() != 0)
		SKIP("only root enters a directory without permissions");
	tar_add(&made.tar, (TarEntry){ .path = "a", .type = '5', .mode = 01, .modified_s = 7 });
	tar_patch(&made.tar, 0, 100, "0000000", 8);
	tar_add(&made.tar, TAR_DIRECTORY("b"));
	tar_add(&made.tar, TAR_FILE("a/x", "text"));
	CHECK(unpack(test, &made));
	CHECK(look(&made, "a").st_mode == S_IFDIR && look(&made, "a").st_mtim.tv_sec == 7);
	CHECK_TEXT(content(test, &made, "a/x"), "text");
}

// --- links

TEST(unpack_follows_no_chain_of_links)
{
	UNPACKING made = layer();
	made.options.whiteouts = geteuid() == 0;
	tar_add(&made.tar, TAR_SYMLINK("a", "b"));
	tar_add(&made.tar, TAR_SYMLINK("b", "../outside"));
	tar_add(&made.tar, TAR_HARD_LINK("c", "a"));
	tar_add(&made.tar, TAR_FILE("c", "bad"));
	tar_add(&made.tar, TAR_HARD_LINK("d", "b"));
	tar_add(&made.tar, TAR_FILE("d/deeper", "bad"));
	tar_add(&made.tar, TAR_SYMLINK("loop", "loop"));
	tar_add(&made.tar, TAR_FILE("loop/x", "in a loop"));
	tar_add(&made.tar, TAR_SYMLINK("proc", "/proc/self/root"));
	tar_add(&made.tar, TAR_FILE("proc/x", "in proc"));
	CHECK(unpack(test, &made));
	CHECK(is_outside_safe(test, &made));
	CHECK(S_ISLNK(look(&made, "a").st_mode) && S_ISLNK(look(&made, "b").st_mode));
	CHECK_TEXT(content(test, &made, "c"), "bad");
	CHECK_TEXT(content(test, &made, "d/deeper"), "bad");
	CHECK_TEXT(content(test, &made, "loop/x"), "in a loop");
	CHECK_TEXT(content(test, &made, "proc/x"), "in proc");
}

TEST(unpack_links_only_to_what_came_before)
{
	const struct {
		TarEntry first, link;
	} refused[] = {
		{ TAR_FILE("z", "z"), TAR_HARD_LINK("a", "later") },
		{ TAR_FILE(".wh.gone", ""), TAR_HARD_LINK("a", "gone") },
		{ TAR_FILE(".wh.gone", ""), TAR_HARD_LINK("a", ".wh.gone") },
		{ TAR_DIRECTORY("d"), TAR_HARD_LINK("a", "d") },
		{ TAR_DIRECTORY("d"), TAR_HARD_LINK("d", "d") },
		{ TAR_DIRECTORY("d"), TAR_HARD_LINK("d", "d/x") },
		{ TAR_FILE("d/x", "x"), TAR_HARD_LINK("d", "d/x") },
		{ { .path = "s", .type = '3' }, TAR_HARD_LINK("a", "s") },
		{ TAR_FILE("f", "x"), TAR_HARD_LINK("a", "f/x") },
		{ TAR_FILE("f", "x"), TAR_HARD_LINK("a", "../fs/f") },
	};
	for (size_t i = 0; i < COUNT(refused); i++) {
		UNPACKING made = layer();
		tar_add(&made.tar, refused[i].first);
		tar_add(&made.tar, refused[i].link);
		CHECK(!unpack(test, &made));
		error_clear(&test->error);
		CHECK(is_outside_safe(test, &made));
		CHECK(file_tree_remove_path(made.outer, "fs", &test->error));
	}
}

TEST(unpack_does_not_write_into_linked_files)
{
	UNPACKING made = layer();
	tar_add(&made.tar, (TarEntry){ .path = "su", .type = '0', .content = "su", .mode = 04755 });
	tar_add(&made.tar, TAR_HARD_LINK("copy", "su"));
	tar_add(&made.tar, (TarEntry){ .path = "copy", .type = '0', .content = "x", .mode = 0777 });
	tar_add(&made.tar, TAR_HARD_LINK("twice", "./su"));
	tar_add(&made.tar, TAR_HARD_LINK("twice", "su"));
	CHECK(unpack(test, &made));
	CHECK_TEXT(content(test, &made, "su"), "su");
	CHECK(look(&made, "su").st_mode == (S_IFREG | 04755) && look(&made, "su").st_nlink == 2);
	CHECK(look(&made, "copy").st_mode == (S_IFREG | 0777));
}

// --- whiteouts

TEST(unpack_hides_what_is_below_a_directory_that_was_something_else)
{
	if (geteuid() != 0)
		SKIP("trusted attributes need root");
	UNPACKING made = layer();
	// Whiteout, file, directory: the whiteout is gone and still holds.
	tar_add(&made.tar, TAR_FILE(".wh.a", ""));
	tar_add(&made.tar, TAR_FILE("a", "x"));
	tar_add(&made.tar, TAR_FILE("a/x", "x"));
	// An opaque directory that was a file for a while.
	tar_add(&made.tar, TAR_FILE("b/.wh..wh..opq", ""));
	tar_add(&made.tar, TAR_SYMLINK("b", "x"));
	tar_add(&made.tar, TAR_DIRECTORY("b"));
	// A directory stays as it is when it comes again.
	tar_add(&made.tar, TAR_DIRECTORY("c"));
	tar_add(&made.tar, TAR_FILE("c/x", "x"));
	tar_add(&made.tar, TAR_DIRECTORY("c"));
	CHECK(unpack(test, &made));
	CHECK(is_opaque(&made, "a") && is_opaque(&made, "b") && !is_opaque(&made, "c"));

	UNPACKING plain = layer();
	plain.options.whiteouts = false;
	tar_add(&plain.tar, TAR_FILE("d", "x"));
	tar_add(&plain.tar, TAR_DIRECTORY("d"));
	CHECK(unpack(test, &plain));
	CHECK(!is_opaque(&plain, "d"));
}

TEST(unpack_makes_whiteouts_of_odd_names)
{
	if (geteuid() != 0)
		SKIP("trusted attributes need root");
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE(".wh..wh", ""));
	tar_add(&made.tar, TAR_FILE(".wh..hidden", ""));
	tar_add(&made.tar, TAR_FILE(".wh.new\nline", ""));
	tar_add(&made.tar, TAR_FILE(".wh. ", ""));
	tar_add(&made.tar, TAR_SYMLINK(".wh.symlink", "/etc/passwd"));
	tar_add(&made.tar, TAR_HARD_LINK(".wh.hard", "../outside"));
	tar_add(&made.tar, TAR_FILE(".wh.twice", "content"));
	tar_add(&made.tar, TAR_FILE(".wh.twice", "content"));
	tar_add(&made.tar, TAR_FILE("x.wh.y", "no whiteout"));
	tar_add(&made.tar, TAR_FILE(".whx", "no whiteout"));
	CHECK(unpack(test, &made));
	CHECK_TEXT(names(test, &made, "."),
		   "  .hidden .wh .whx hard new\nline symlink twice x.wh.y");
	CHECK(is_whiteout(&made, ".wh") && is_whiteout(&made, "hard") && is_whiteout(&made, " "));
	CHECK_TEXT(content(test, &made, ".whx"), "no whiteout");
	CHECK(is_outside_safe(test, &made));
}

TEST(unpack_ignores_what_is_in_the_books_of_aufs)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_DIRECTORY(".wh..wh.plnk"));
	tar_add(&made.tar, TAR_FILE(".wh..wh.plnk/1.2", "link"));
	tar_add(&made.tar, TAR_FILE("a/.wh..wh.orph/x", "orphan"));
	CHECK(unpack(test, &made));
	CHECK_TEXT(names(test, &made, "."), "");
}

TEST(unpack_marks_a_directory_as_opaque_once)
{
	if (geteuid() != 0)
		SKIP("trusted attributes need root");
	UNPACKING made = layer();
	char name[32];
	made.options.entries_max = 100000;
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "d/%d", i);
		tar_add(&made.tar, TAR_FILE(name, ""));
	}
	for (int i = 0; i < 20000; i++)
		tar_add(&made.tar, TAR_FILE(i % 2 ? ".wh.d" : "d/.wh..wh..opq", ""));
	const clock_t before = clock();
	CHECK(unpack(test, &made));
	// Looking through the directory each time takes minutes.
	CHECK(clock() - before < 20 * CLOCKS_PER_SEC);
	CHECK(is_opaque(&made, "d"));
}

// --- attributes

TEST(unpack_never_takes_what_belongs_to_the_host)
{
	static const char *const dropped[] = {
		"trusted.overlay.opaque",
		"trusted.overlay.redirect",
		"trusted.overlay.metacopy",
		"trusted.overlay.whiteout",
		"trusted.x",
		"security.selinux",
		"security.ima",
		"security.evm",
		"security.apparmor",
		"security.SMACK64",
		"user.overlay.opaque",
		"user.overlay.metacopy",
		"system.nfs4_acl",
		"system.x",
		"btrfs.compression",
		"x",
	};
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_DIRECTORY("d"));
	for (size_t i = 0; i < COUNT(dropped); i++) {
		TarEntry entry = { .path = arena_printf(test->arena, "d/%zu", i),
				   .type = i % 2 ? '0' : '5',
				   .attribute = dropped[i],
				   .value = "y",
				   .value_size = 1 };
		tar_add(&made.tar, entry);
		// As libarchive writes them: an encoded name, base64.
		entry.attribute = NULL;
		entry.record = arena_printf(test->arena, "LIBARCHIVE.xattr.%s", dropped[i]);
		entry.record_value = "eQ==";
		tar_add(&made.tar, entry);
	}
	CHECK(unpack(test, &made));
	for (size_t i = 0; i < COUNT(dropped); i++) {
		CLEANUP_FD fd = openat(made.root, arena_printf(test->arena, "d/%zu", i),
				       O_RDONLY | O_CLOEXEC);
		CHECK(fd >= 0 && flistxattr(fd, NULL, 0) == 0);
	}
}

TEST(unpack_keeps_capabilities_of_every_version_that_the_kernel_knows)
{
	static const unsigned char second[20] = { 1, 0, 0, 2, 0, 4 };
	static const unsigned char third[24] = { 1, 0, 0, 3, 0, 4, [20] = 0xa0, 0x86, 0x01 };
	static const unsigned char first[12] = { 1, 0, 0, 1, 0, 4 };
	if (geteuid() != 0)
		SKIP("file capabilities need root");
	UNPACKING made = layer();
	TarEntry entry = { .path = "second",
			   .type = '0',
			   .content = "x",
			   .uid = 7,
			   .mode = 04711,
			   .attribute = "security.capability",
			   .value = second,
			   .value_size = sizeof(second) };
	tar_add(&made.tar, entry);
	entry.path = "third";
	entry.value = third;
	entry.value_size = sizeof(third);
	tar_add(&made.tar, entry);
	CHECK(unpack(test, &made));
	unsigned char value[64];
	CHECK(attribute(&made, "second", entry.attribute, value, 64) == 20 &&
	      memcmp(value, second, 20) == 0);
	CHECK(attribute(&made, "third", entry.attribute, value, 64) == 24 &&
	      memcmp(value, third, 24) == 0);
	CHECK(look(&made, "third").st_mode == (S_IFREG | 04711));

	UNPACKING old = layer();
	entry.value = first;
	entry.value_size = sizeof(first);
	tar_add(&old.tar, entry);
	CHECK(is_refused(test, &old,
			 "'third': set the attribute 'security.capability' of 12 bytes: "));
}

// user::rw-, user 7: r--, group::r--, mask::rw-, other::---
static const unsigned char acl[44] = {
	2, 0, 0,    0,    1,    0,    6,    0, 0xff, 0xff, 0xff, 0xff, 2,    0,    4,
	0, 7, 0,    0,    0,    4,    0,    4, 0,    0xff, 0xff, 0xff, 0xff, 0x10, 0,
	6, 0, 0xff, 0xff, 0xff, 0xff, 0x20, 0, 0,    0,    0xff, 0xff, 0xff, 0xff,
};

static bool has_acl(const Unpacking *unpacking, const char *path, const char *name)
{
	unsigned char value[64];
	return attribute(unpacking, path, name, value, sizeof(value)) == sizeof(acl) &&
	       memcmp(value, acl, sizeof(acl)) == 0;
}

TEST(unpack_keeps_acls)
{
	UNPACKING made = layer();
	const char *text = "user::rw-,user:bob:r--:7,user:nobody-knows:rwx,group::r--,mask::rw-,"
			   "other::---";
	tar_add(&made.tar, (TarEntry){ .path = "text",
				       .type = '0',
				       .mode = 0660,
				       .record = "SCHILY.acl.access",
				       .record_value = text });
	tar_add(&made.tar, (TarEntry){ .path = "binary",
				       .type = '0',
				       .mode = 0660,
				       .attribute = ACL_ACCESS,
				       .value = acl,
				       .value_size = sizeof(acl) });
	tar_add(&made.tar, (TarEntry){ .path = "directory",
				       .type = '5',
				       .mode = 02770,
				       .record = "SCHILY.acl.default",
				       .record_value = text });
	tar_add(&made.tar, (TarEntry){ .path = "group",
				       .type = '5',
				       .mode = 01760,
				       .record = "SCHILY.acl.access",
				       .record_value = text });
	CHECK(unpack(test, &made));
	unsigned char value[64];
	if (attribute(&made, "text", ACL_ACCESS, value, 64) < 0 && errno == EOPNOTSUPP)
		SKIP("a file system without ACLs");
	CHECK(has_acl(&made, "text", ACL_ACCESS) && has_acl(&made, "binary", ACL_ACCESS));
	CHECK(look(&made, "text").st_mode == (S_IFREG | 0660));
	CHECK(has_acl(&made, "directory", ACL_DEFAULT));
	CHECK(look(&made, "directory").st_mode == (S_IFDIR | 02770));
	CHECK(has_acl(&made, "group", ACL_ACCESS));
	CHECK(look(&made, "group").st_mode == (S_IFDIR | 01660));
}

TEST(unpack_gives_no_acl_but_those_of_the_archive)
{
	UNPACKING made = layer();
	TarEntry directory = { .path = "directory",
			       .type = '5',
			       .mode = 0770,
			       .attribute = ACL_DEFAULT,
			       .value = acl,
			       .value_size = sizeof(acl) };
	tar_add(&made.tar, directory);
	tar_add(&made.tar, TAR_FILE("directory/file", "x"));
	tar_add(&made.tar, TAR_DIRECTORY("elsewhere"));
	tar_add(&made.tar, TAR_FILE("directory/later", "x"));
	tar_add(&made.tar, TAR_FILE("directory/below/file", "x"));
	tar_add(&made.tar, (TarEntry){ .path = "directory/fifo", .type = '6', .mode = 0600 });
	tar_add(&made.tar, TAR_SYMLINK("directory/link", "x"));
	tar_add(&made.tar, TAR_FILE("file", "x"));
	// The directory that the tree is in may have such a one itself.
	CHECK(unpack(test, &made));
	unsigned char value[64];
	if (attribute(&made, "directory", ACL_DEFAULT, value, 64) < 0 && errno == EOPNOTSUPP)
		SKIP("a file system without ACLs");
	CHECK(fsetxattr(made.root, ACL_DEFAULT, acl, sizeof(acl), 0) == 0);
	CHECK(unpack_bytes(test, &made, 0));

	static const char *const without[] = { "directory/file",
					       "directory/later",
					       "directory/below",
					       "directory/below/file",
					       "directory/fifo",
					       "elsewhere",
					       "file" };
	for (size_t i = 0; i < COUNT(without); i++) {
		CLEANUP_FD fd = openat(made.root, without[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		CHECK(fd >= 0 && flistxattr(fd, NULL, 0) == 0);
	}
	CHECK(has_acl(&made, "directory", ACL_DEFAULT));
	CHECK(look(&made, "directory/later").st_mode == (S_IFREG | 0644));
	CHECK(look(&made, "directory/below").st_mode == (S_IFDIR | 0755));
}

TEST(unpack_refuses_attributes_that_no_file_can_have)
{
	UNPACKING many = layer();
	char value[70000];
	memset(value, 'x', sizeof(value));
	tar_add(&many.tar, (TarEntry){ .path = "large",
				       .type = '0',
				       .attribute = "user.x",
				       .value = value,
				       .value_size = sizeof(value) });
	CHECK(!unpack(test, &many));
	CHECK(strncmp(test->error.message, "'large': set the attribute 'user.x' of ", 37) == 0);
	error_clear(&test->error);

	UNPACKING broken = layer();
	tar_add(&broken.tar, (TarEntry){ .path = "broken",
					 .type = '0',
					 .attribute = ACL_ACCESS,
					 .value = "\2\0\0\0garbage",
					 .value_size = 11 });
	CHECK(is_refused(test, &broken,
			 "'broken': set the attribute '" ACL_ACCESS "' of 11 bytes: "));

	// Names are the archive's, too.
	UNPACKING named = layer();
	char name[1000] = "user.\n\x1b";
	memset(name + strlen(name), 'n', sizeof(name) - strlen(name) - 1);
	tar_add(&named.tar, (TarEntry){ .path = "a",
					.type = '0',
					.attribute = name,
					.value = "x",
					.value_size = 1 });
	CHECK(!unpack(test, &named));
	CHECK(strlen(test->error.message) < 500 && !strpbrk(test->error.message, "\n\x1b"));
	error_clear(&test->error);
}

// --- owners, times, devices

TEST(unpack_takes_every_owner_that_there_can_be)
{
	if (geteuid() != 0)
		SKIP("owners need root");
	static const struct {
		const char *text;
		bool is_good;
		uid_t uid;
	} ids[] = {
		{ "65536", true, 65536 },
		{ "2147483648", true, 2147483648 },
		{ "4294967294", true, 4294967294 },
		{ "4294967295", false, 0 },
		{ "4294967296", false, 0 },
		{ "-1", false, 0 },
		{ "9223372036854775807", false, 0 },
		{ "99999999999999999999999999", false, 0 },
	};
	for (size_t i = 0; i < COUNT(ids); i++) {
		UNPACKING made = layer();
		tar_add(&made.tar, (TarEntry){ .path = "a",
					       .type = i % 2 ? '0' : '5',
					       .record = "uid",
					       .record_value = ids[i].text });
		CHECK(unpack(test, &made) == ids[i].is_good);
		error_clear(&test->error);
		if (ids[i].is_good)
			CHECK(look(&made, "a").st_uid == ids[i].uid);
		CHECK(file_tree_remove_path(made.outer, "fs", &test->error));
	}
}

TEST(unpack_takes_every_time)
{
	static const char *const times[] = { "-1",
					     "-99999999999",
					     "0.999999999",
					     "9223372036854775807",
					     "-9223372036854775808.5",
					     "99999999999999999999999.9999999999",
					     "-0.5",
					     "x",
					     "" };
	UNPACKING made = layer();
	for (size_t i = 0; i < COUNT(times); i++) {
		tar_add(&made.tar, (TarEntry){ .path = arena_printf(test->arena, "%zu", i),
					       .type = "025"[i % 3],
					       .link = "x",
					       .record = "mtime",
					       .record_value = times[i] });
	}
	CHECK(unpack(test, &made));
	CHECK(look(&made, "0").st_mtim.tv_sec == -1);
	CHECK(look(&made, "2").st_mtim.tv_nsec == 999999999);
}

TEST(unpack_makes_no_whiteout_of_a_device_that_is_too_large)
{
	static const unsigned char large[8] = { 0x80, 0, 0, 1, 0, 0, 0, 0 };
	UNPACKING made = layer();
	const size_t header = made.tar.length;
	tar_add(&made.tar, (TarEntry){ .path = "device", .type = '3' });
	tar_patch(&made.tar, header, TAR_MAJOR, large, sizeof(large));
	// 2^32 is 0 for makedev(3): refused or left out, but no whiteout.
	const bool is_done = unpack(test, &made);
	error_clear(&test->error);
	CHECK(!is_done || look(&made, "device").st_mode == 0);
	CHECK(!is_whiteout(&made, "device"));

	UNPACKING minor = layer();
	tar_add(&minor.tar, (TarEntry){ .path = "device",
					.type = '4',
					.record = "SCHILY.devminor",
					.record_value = "1048576" });
	CHECK(!unpack(test, &minor) || geteuid() != 0);
	error_clear(&test->error);
}

// --- sizes and sparse files

static void add_number(char *field, size_t size, unsigned long number)
{
	for (size_t i = size; i-- > 0; number /= 8)
		field[i] = (char)('0' + number % 8);
}

// One special header with such a body.
static void add_special(Buffer *tar, char type, const void *body, size_t size)
{
	tar_add(tar,
		(TarEntry){
			.path = "special", .type = type, .content = body, .content_size = size });
}

// Records of a pax header, with their lengths put in front.
static void add_records(Buffer *tar, const char *const *records, size_t count)
{
	CLEANUP_BUFFER body = { 0 };
	for (size_t i = 0; i < count; i++)
		buffer_printf(&body, "%02zu %s\n", strlen(records[i]) + 4, records[i]);
	add_special(tar, 'x', body.data, body.length);
}

// 4 KiB of holes, "abcd", holes up to 10000.
static void add_sparse_files(Buffer *tar)
{
	static const char *const pairs[] = { "GNU.sparse.size=10000",   "GNU.sparse.numblocks=2",
					     "GNU.sparse.offset=4096",  "GNU.sparse.numbytes=4",
					     "GNU.sparse.offset=10000", "GNU.sparse.numbytes=0" };
	static const char *const map[] = { "GNU.sparse.size=10000",
					   "GNU.sparse.map=4096,4,10000,0" };
	static const char *const front[] = { "GNU.sparse.major=1", "GNU.sparse.minor=0",
					     "GNU.sparse.name=front", "GNU.sparse.realsize=10000" };
	add_records(tar, pairs, COUNT(pairs));
	tar_add(tar, TAR_FILE("pairs", "abcd"));
	add_records(tar, map, COUNT(map));
	tar_add(tar, TAR_FILE("map", "abcd"));
	char content[516] = "2\n4096\n4\n10000\n0\n";
	memcpy(content + 512, "abcd", 4);
	add_records(tar, front, COUNT(front));
	tar_add(tar, (TarEntry){ .path = "GNUSparseFile.0/front",
				 .type = '0',
				 .content = content,
				 .content_size = sizeof(content) });
	char fields[109] = { 0 };
	const size_t header = tar->length;
	add_number(fields, 11, 4096);
	add_number(fields + 12, 11, 4);
	add_number(fields + 24, 11, 10000);
	add_number(fields + 36, 11, 0);
	add_number(fields + 97, 11, 10000);
	tar_add(tar, (TarEntry){ .path = "gnu", .type = 'S', .content = "abcd" });
	tar_patch(tar, header, TAR_MAGIC, "ustar  ", 8);
	tar_patch(tar, header, TAR_SPARSE, fields, sizeof(fields));
}

TEST(unpack_makes_sparse_files_of_every_format)
{
	UNPACKING made = layer();
	static const char *const all[] = { "gnu", "pairs", "map", "front" };
	add_sparse_files(&made.tar);
	CHECK(unpack(test, &made));
	for (size_t i = 0; i < COUNT(all); i++) {
		char bytes[6] = { 0 };
		CLEANUP_FD fd = openat(made.root, all[i], O_RDONLY | O_CLOEXEC);
		CHECK(look(&made, all[i]).st_size == 10000);
		CHECK(pread(fd, bytes, 6, 4095) == 6 && memcmp(bytes, "\0abcd\0", 6) == 0);
		CHECK(look(&made, all[i]).st_blocks <= 16);
	}
}

TEST(unpack_takes_no_absurd_sizes)
{
	static const struct {
		const char *record, *value;
	} records[] = {
		{ "size", "9223372036854775807" },
		{ "size", "9223372036854775806" },
		{ "size", "-1" },
		{ "size", "99999999999999999999999" },
		{ "GNU.sparse.realsize", "9223372036854775807" },
		{ "GNU.sparse.realsize", "-5" },
		{ "GNU.sparse.size", "18446744073709551616" },
		{ "SCHILY.realsize", "9223372036854775807" },
		{ "GNU.sparse.map", "9223372036854775807,1" },
		{ "GNU.sparse.map",
		  "0,9223372036854775807,9223372036854775807,9223372036854775807" },
		{ "GNU.sparse.map", "100,4,0,4" },
		{ "GNU.sparse.map", "0,4,2,4" },
	};
	for (size_t i = 0; i < COUNT(records); i++) {
		UNPACKING made = layer();
		tar_add(&made.tar, (TarEntry){ .path = "a",
					       .type = '0',
					       .content = "abcd",
					       .record = records[i].record,
					       .record_value = records[i].value });
		const bool is_done = unpack(test, &made);
		error_clear(&test->error);
		CHECK(!is_done || look(&made, "a").st_size <= 1000000);
		CHECK(is_outside_safe(test, &made));
		CHECK(file_tree_remove_path(made.outer, "fs", &test->error));
	}
	static const unsigned char binary[][12] = {
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		{ 0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		{ 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		{ 0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		{ 0xc0 },
	};
	for (size_t i = 0; i < COUNT(binary); i++) {
		UNPACKING made = layer();
		tar_add(&made.tar, TAR_FILE("a", "abcd"));
		tar_patch(&made.tar, 0, TAR_SIZE, binary[i], 12);
		CHECK(!unpack(test, &made));
		error_clear(&test->error);
		CHECK(file_tree_remove_path(made.outer, "fs", &test->error));
	}
}

TEST(unpack_counts_holes)
{
	UNPACKING made = layer();
	tar_add(&made.tar, (TarEntry){ .path = "a",
				       .type = '0',
				       .content = "abcd",
				       .record = "GNU.sparse.size",
				       .record_value = "1000001" });
	CHECK(is_refused(test, &made, "'a': more than 1000000 bytes"));
}

TEST(unpack_counts_directories_that_paths_imply)
{
	UNPACKING made = layer();
	made.options.entries_max = 100;
	for (char first = 'a'; first <= 'e'; first++) {
		char path[200];
		memset(path, '/', sizeof(path));
		for (size_t i = 0; i < 49; i++)
			path[2 * i] = first;
		path[2 * 49] = '\0';
		tar_add(&made.tar, TAR_FILE(path, ""));
	}
	CHECK(!unpack(test, &made));
	CHECK(test->error.code == ERROR_LIMIT);
	error_clear(&test->error);
}

// --- streams

TEST(unpack_reads_up_to_the_end_of_the_archive)
{
	UNPACKING bare = layer();
	tar_add(&bare.tar, TAR_FILE("a", "x"));
	CHECK(unpack_bytes(test, &bare, 0)); // without an end
	CHECK_TEXT(content(test, &bare, "a"), "x");

	UNPACKING two = layer();
	tar_add(&two.tar, TAR_FILE("b", "x"));
	tar_finish(&two.tar);
	tar_add(&two.tar, TAR_FILE("second", "x"));
	CHECK(unpack(test, &two));
	CHECK_TEXT(content(test, &two, "b"), "x");
	CHECK(look(&two, "second").st_mode == 0);

	UNPACKING garbage = layer();
	tar_add(&garbage.tar, TAR_FILE("c", "x"));
	tar_finish(&garbage.tar);
	buffer_add(&garbage.tar, "anything");
	CHECK(unpack_bytes(test, &garbage, 7));
	CHECK_TEXT(content(test, &garbage, "c"), "x");
}

TEST(unpack_notices_every_cut)
{
	CLEANUP_BUFFER whole = { 0 };
	char path[150];
	memset(path, 'x', sizeof(path));
	path[149] = '\0';
	tar_add(&whole, TAR_FILE("a", "text"));
	tar_add(&whole, TAR_FILE(path, "text"));
	for (size_t length = 1; length < whole.length; length += 73) {
		UNPACKING made = layer();
		buffer_add_bytes(&made.tar, whole.data, length);
		// Only between two entries it cannot be seen.
		CHECK(unpack_bytes(test, &made, 64) == (length == 1024));
		error_clear(&test->error);
		CHECK(is_outside_safe(test, &made));
		CHECK(file_tree_remove_path(made.outer, "fs", &test->error));
	}
}

TEST(unpack_finds_headers_damaged)
{
	UNPACKING made = layer();
	tar_add(&made.tar, TAR_FILE("a", "x"));
	tar_add(&made.tar, TAR_FILE("b", "x"));
	made.tar.data[1024] = 'c';
	CHECK(is_refused(test, &made, "not a good tar archive: "));
	CHECK_TEXT(content(test, &made, "a"), "x");
}

// --- pax and GNU headers

TEST(unpack_survives_odd_pax_records)
{
	static const struct {
		const char *bytes;
		size_t size;
	} bodies[] = {
		{ "", 0 },
		{ "\0", 1 },
		{ "11 path=a\0b\n", 12 },
		{ "30 path=short\n", 14 },
		{ "3 p", 3 },
		{ "99999999999999999999 path=x\n", 28 },
		{ "-5 path=x\n", 10 },
		{ "7 path=\n", 8 },
		{ "5 =x\n", 5 },
		{ "6 ab\n\n", 6 },
		{ "16 path=../../x\n", 16 },
		{ "15 linkpath=/x\n", 15 },
		{ "24 hdrcharset=BINARY\n\n\n\n", 24 },
		{ "21 GNU.sparse.major=1\n", 22 },
		{ "27 SCHILY.acl.access=u:::::\n", 28 },
		{ "25 LIBARCHIVE.xattr.%=%%\n", 25 },
		{ "20 SCHILY.xattr.=abc\n", 21 },
	};
	for (size_t i = 0; i < COUNT(bodies); i++) {
		for (size_t k = 0; k < 3; k++) {
			UNPACKING made = layer();
			add_special(&made.tar, "xgX"[k], bodies[i].bytes, bodies[i].size);
			tar_add(&made.tar, TAR_FILE("a", "x"));
			const bool is_done = unpack(test, &made);
			CHECK(is_done == (test->error.code == ERROR_NONE));
			error_clear(&test->error);
			CHECK(is_outside_safe(test, &made));
			CHECK(file_tree_remove_path(made.outer, "fs", &test->error));
		}
	}
}

TEST(unpack_bounds_what_belongs_to_one_header)
{
	// Blocks of a map that go on for ever: the library would keep them all in memory.
	UNPACKING map = layer();
	char block[512] = { 0 };
	const size_t header = map.tar.length;
	tar_add(&map.tar, (TarEntry){ .path = "a", .type = 'S' });
	for (size_t i = 0; i < 21; i++) {
		add_number(block + 24 * i, 11, 1);
		add_number(block + 24 * i + 12, 11, 0);
	}
	block[504] = 1;
	tar_patch(&map.tar, header, TAR_MAGIC, "ustar  ", 8);
	tar_patch(&map.tar, header, TAR_SPARSE, block, 97);
	tar_patch(&map.tar, header, TAR_SPARSE + 96, "\1", 1);
	for (size_t i = 0; i < 8192; i++)
		buffer_add_bytes(&map.tar, block, sizeof(block));
	CHECK(!unpack_bytes(test, &map, 65536));
	CHECK_TEXT(test->error.message, "a header of more than 2097152 bytes");
	error_clear(&test->error);

	// Special headers, one after the other.
	UNPACKING chain = layer();
	char *name = arena_alloc(test->arena, 1000000);
	memset(name, 'x', 1000000);
	for (size_t i = 0; i < 5; i++)
		add_special(&chain.tar, "LKxgL"[i], name, 1000000);
	tar_add(&chain.tar, TAR_FILE("a", "x"));
	CHECK(!unpack_bytes(test, &chain, 65536));
	error_clear(&test->error);

	// The content of a file before it does not count.
	UNPACKING large = layer();
	large.options.bytes_max = 1 << 23;
	char *zeros = arena_alloc(test->arena, 1 << 22);
	memset(zeros, 0, 1 << 22);
	tar_add(&large.tar, (TarEntry){ .path = ".wh..wh.large",
					.type = '0',
					.content = zeros,
					.content_size = 1 << 22 });
	tar_add(&large.tar, TAR_FILE("a", "x"));
	tar_finish(&large.tar);
	CHECK(unpack_bytes(test, &large, 65536));
	CHECK_TEXT(content(test, &large, "a"), "x");
}

TEST(unpack_leaves_no_descriptor_open)
{
	Texts before = { 0 }, after = { 0 };
	UNPACKING first = layer();
	CHECK(unpack(test, &first));
	first.tar.length = 0;
	CHECK(file_list(AT_FDCWD, "/proc/self/fd", test->arena, &before, &test->error));
	for (size_t i = 0; i < 20; i++) {
		tar_add(&first.tar, TAR_FILE("a/b/c/d/e/f", "x"));
		tar_add(&first.tar,
			i % 2 ? TAR_HARD_LINK("x/y/z", "a/b/c/d/e/g") : TAR_FILE("a/b/../x", "x"));
		CHECK(!unpack_bytes(test, &first, 100));
		error_clear(&test->error);
		first.tar.length = 0;
	}
	CHECK(file_list(AT_FDCWD, "/proc/self/fd", test->arena, &after, &test->error));
	CHECK(before.count == after.count);
}

// Found by fuzzing: the frame of a layer counts on the content that a header promises.
TEST(unpack_refuses_files_that_are_longer_than_their_content)
{
	UNPACKING made = layer();
	tar_add(&made.tar, (TarEntry){ .path = "a",
				       .type = '0',
				       .content = "abcd",
				       .record = "SCHILY.realsize",
				       .record_value = "4222" });
	CHECK(is_refused(test, &made, "'a': a file of 4222 bytes with a content of 4"));
}
