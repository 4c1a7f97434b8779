#include "pkg/sys/archive.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"

static bool open_tar(Test *test, const Buffer *tar, size_t block, Archive **ret)
{
	Source *source = source_of_bytes(tar->data, tar->length, block, test->arena);
	return archive_open(source, ARCHIVE_PLAIN, ret, &test->error);
}

TEST(archive_gives_entries_as_they_are_written)
{
	CLEANUP_BUFFER tar = { 0 };
	CLEANUP_ARCHIVE archive = NULL;
	const ArchiveEntry *entry = NULL;
	tar_add(&tar, (TarEntry){ .path = "../a",
				  .type = '0',
				  .content = "hello",
				  .mode = 04755,
				  .uid = 70000,
				  .gid = 3,
				  .modified_s = 5,
				  .attribute = "user.x",
				  .value = "\0y",
				  .value_size = 2 });
	tar_add(&tar, TAR_HARD_LINK("b", "../a"));
	tar_add(&tar, (TarEntry){ .path = "c", .type = '3', .major = 1, .minor = 3 });
	tar_finish(&tar);
	CHECK(open_tar(test, &tar, 100, &archive));
	CHECK(archive_next(archive, &entry, &test->error) && entry);
	CHECK_TEXT(entry->path, "../a");
	CHECK(entry->kind == ARCHIVE_ENTRY_FILE && entry->mode == 04755 && entry->size_bytes == 5);
	CHECK(entry->uid == 70000 && entry->gid == 3 && entry->modified_s == 5);
	CHECK(entry->attribute_count == 1 && entry->attributes[0].size == 2);
	CHECK_TEXT(entry->attributes[0].name, "user.x");

	// The content is not read: the next entry comes all the same.
	CHECK(archive_next(archive, &entry, &test->error) && entry);
	CHECK(entry->kind == ARCHIVE_ENTRY_HARD_LINK);
	CHECK_TEXT(entry->link, "../a");
	CHECK(archive_next(archive, &entry, &test->error) && entry);
	CHECK(entry->kind == ARCHIVE_ENTRY_CHARACTER_DEVICE && entry->device == 0x103);
	CHECK(archive_next(archive, &entry, &test->error) && !entry);
}

TEST(archive_gives_the_content_of_an_entry_as_a_source)
{
	CLEANUP_BUFFER tar = { 0 };
	const ArchiveEntry *entry = NULL;
	tar_add(&tar, TAR_FILE("a", "hello"));
	tar_finish(&tar);
	for (size_t block = 1; block < 1000; block += 37) {
		CLEANUP_ARCHIVE archive = NULL;
		const char *text = NULL;
		CHECK(open_tar(test, &tar, block, &archive));
		CHECK(archive_next(archive, &entry, &test->error) && entry);
		CHECK(source_read_all(archive_entry_source(archive), 10, test->arena, &text, NULL,
				      &test->error));
		CHECK_TEXT(text, "hello");
	}
}

static bool fail(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	(void)source, (void)ret_block, (void)ret_length; // it only fails
	return error_set(error, ERROR_NETWORK, "the line is cut");
}

TEST(archive_tells_why_its_source_failed)
{
	Source source = { .read = fail };
	CLEANUP_ARCHIVE archive = NULL;
	const ArchiveEntry *entry = NULL;
	const bool is_done = archive_open(&source, ARCHIVE_PLAIN, &archive, &test->error) &&
			     archive_next(archive, &entry, &test->error);
	CHECK(!is_done && test->error.code == ERROR_NETWORK);
	CHECK_TEXT(test->error.message, "the line is cut");
	error_clear(&test->error);
}

TEST(archive_gives_acls_as_the_kernel_has_them)
{
	CLEANUP_BUFFER tar = { 0 };
	CLEANUP_ARCHIVE archive = NULL;
	const ArchiveEntry *entry = NULL;
	tar_add(&tar, (TarEntry){ .path = "a",
				  .type = '0',
				  .mode = 0640,
				  .record = "SCHILY.acl.access",
				  .record_value = "user::rw-,user:nobody-knows:rwx,group::r--,"
						  "mask::r--,other::---,group:x:r-x:70000" });
	tar_add(&tar, (TarEntry){ .path = "plain",
				  .type = '0',
				  .record = "SCHILY.acl.access",
				  .record_value = "user::rw-,group::r--,other::---" });
	tar_finish(&tar);
	static const unsigned char want[] = {
		2,    0, 0, 0,                         // version
		1,    0, 6, 0, 0xff, 0xff, 0xff, 0xff, // user
		4,    0, 4, 0, 0xff, 0xff, 0xff, 0xff, // group
		8,    0, 5, 0, 0x70, 0x11, 0x01, 0,    // group 70000
		0x10, 0, 4, 0, 0xff, 0xff, 0xff, 0xff, // mask
		0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, // others
	};
	CHECK(open_tar(test, &tar, 0, &archive));
	CHECK(archive_next(archive, &entry, &test->error) && entry);
	CHECK(entry->attribute_count == 1);
	CHECK_TEXT(entry->attributes[0].name, "system.posix_acl_access");
	CHECK(entry->attributes[0].size == sizeof(want) &&
	      memcmp(entry->attributes[0].value, want, sizeof(want)) == 0);
	// What the mode says, too, is no ACL.
	CHECK(archive_next(archive, &entry, &test->error) && entry);
	CHECK(entry->attribute_count == 0);
}

// The library never comes to read what it would take too long for.
TEST(archive_refuses_acls_that_are_too_long)
{
	CLEANUP_BUFFER tar = { 0 };
	CLEANUP_BUFFER acl = { 0 };
	CLEANUP_ARCHIVE archive = NULL;
	const ArchiveEntry *entry = NULL;
	for (size_t i = 0; i < 9000; i++)
		buffer_printf(&acl, "u:%zu:r,", i);
	tar_add(&tar, (TarEntry){ .path = "a",
				  .type = '0',
				  .record = "SCHILY.acl.access",
				  .record_value = buffer_text(&acl) });
	tar_finish(&tar);
	CHECK(open_tar(test, &tar, 10000, &archive));
	CHECK(!archive_next(archive, &entry, &test->error) && test->error.code == ERROR_LIMIT);
	CHECK_ERROR(false, "an ACL of more than 8192 entries");
}

// As Go writes links to what has no ASCII characters in its name.
TEST(archive_finds_targets_that_are_in_pax_records_only)
{
	static const size_t blocks[] = { 100, 512, 700, 1000, 0 };
	CLEANUP_BUFFER tar = { 0 };
	const char *target = "\xd1\x84\xd0\xb0\xd0\xb9\xd0\xbb";
	const TarEntry links[] = {
		{ .path = "soft", .type = '2', .record = "linkpath", .record_value = target },
		{ .path = "hard", .type = '1', .record = "linkpath", .record_value = target },
	};
	tar_add(&tar, TAR_FILE("a", "1234"));
	tar_add(&tar, links[0]);
	tar_add(&tar, links[1]);
	tar_add(&tar, TAR_SYMLINK("usual", "target"));
	tar_add(&tar, (TarEntry){ .path = "none", .type = '2' });
	tar_finish(&tar);
	for (size_t i = 0; i < COUNT(blocks); i++) {
		CLEANUP_ARCHIVE archive = NULL;
		const ArchiveEntry *entry = NULL;
		CHECK(open_tar(test, &tar, blocks[i], &archive));
		CHECK(archive_next(archive, &entry, &test->error) && entry);
		CHECK_TEXT(entry->link, "");
		CHECK(archive_next(archive, &entry, &test->error) && entry);
		CHECK(entry->kind == ARCHIVE_ENTRY_SYMLINK);
		CHECK_TEXT(entry->link, target);
		CHECK(archive_next(archive, &entry, &test->error) && entry);
		CHECK(entry->kind == ARCHIVE_ENTRY_HARD_LINK);
		CHECK_TEXT(entry->link, target);
		CHECK(archive_next(archive, &entry, &test->error) && entry);
		CHECK_TEXT(entry->link, "target");
		CHECK(archive_next(archive, &entry, &test->error) && entry);
		CHECK_TEXT(entry->link, "");
	}
}
