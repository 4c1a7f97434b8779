#include "pkg/sys/stream/archive.h"
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

// An ACL of 9000 entries, which nobody lets the library read.
static TarEntry with_long_acl(Test *test, const char *path)
{
	CLEANUP_BUFFER acl = { 0 };
	for (size_t i = 0; i < 9000; i++)
		buffer_printf(&acl, "u:%zu:r,", i);
	return (TarEntry){ .path = path,
			   .type = '0',
			   .record = "SCHILY.acl.access",
			   .record_value = buffer_take(&acl, test->arena) };
}

static const size_t acl_blocks[] = { 77, 512, 1000, 10000, 65536, 0 };

// Puts before a header with an ACL, or around it, what makes readers disagree on where the next header is.
static void hide(Buffer *tar, const Buffer *content, size_t way)
{
	static const TarEntry shorter[] = {
		{ .type = '0', .record = "size", .record_value = "0" },
		{ .type = '0', .record = "SCHILY.realsize", .record_value = "9999999" },
		{ .type = '0', .record = "GNU.sparse.realsize", .record_value = "9999999" },
		{ .type = '0', .record = "GNU.sparse.map", .record_value = "0,0" },
		{ .type = '0', .record = "GNU.sparse.map", .record_value = "0,512,9999,0" },
		{ .type = '1', .link = "a" },
		{ .type = '2', .link = "a" },
		{ .type = '5' },
		{ .type = '6' },
		{ .type = 'D' },
		{ .type = 'V' },
		{ .type = 'L' },
		{ .type = 'g' },
		{ .type = 'x' },
		{ .type = 'X' },
		{ .type = 'K' },
	};
	if (way < COUNT(shorter)) {
		TarEntry entry = shorter[way];
		entry.path = "before";
		entry.content = content->data;
		entry.content_size = content->length;
		tar_add(tar, entry);
		return;
	}
	const size_t header = tar->length;
	tar_add_header(tar, (TarEntry){ .path = "before", .type = 'S' }, 512);
	if (way == COUNT(shorter))
		tar_patch(tar, header, TAR_SIZE, "\x80\0\0\0\0\0\0\0\0\0\0\1", 12);
	else if (way == COUNT(shorter) + 1)
		tar_patch(tar, header, TAR_SIZE, "-1", 3);
	else // a sparse file without data
		tar_patch(tar, header, TAR_MAGIC, "ustar  ", 8);
}
#define WAYS_TO_HIDE 19

// With the ACL as content and behind it; how often it was refused.
static size_t count_refusals(Test *test, const Buffer *tar)
{
	size_t refused = 0;
	for (size_t i = 0; i < COUNT(acl_blocks); i++) {
		CLEANUP_ARCHIVE archive = NULL;
		const ArchiveEntry *entry = NULL;
		if (!open_tar(test, tar, acl_blocks[i], &archive))
			return 0;
		while (archive_next(archive, &entry, &test->error) && entry) {
			if (entry->attribute_count > 0)
				return 0;
		}
		// Of 8000 it speaks when the library has read it.
		const char *words = test->error.message;
		if (words && strstr(words, "8000"))
			return 0;
		refused += words && strstr(words, "8192");
		error_clear(&test->error);
	}
	return 1 + refused;
}

// The library never comes to read what it would take too long for, whatever it makes of what stands before it.
TEST(archive_refuses_acls_that_are_too_long)
{
	CLEANUP_BUFFER acl = { 0 }, block = { 0 };
	const Buffer *contents[] = { &acl, &block };
	size_t refused = 0;
	tar_add(&acl, with_long_acl(test, "a"));
	for (size_t i = 0; i < 512; i++)
		buffer_add_char(&block, 'x');
	for (size_t i = 0; i < COUNT(contents) * WAYS_TO_HIDE; i++) {
		CLEANUP_BUFFER tar = { 0 };
		tar_add(&tar, TAR_FILE("a", "x"));
		hide(&tar, contents[i % COUNT(contents)], i / COUNT(contents));
		buffer_add_bytes(&tar, acl.data, acl.length);
		for (size_t zeros = 0; zeros < 10000; zeros++)
			buffer_add_char(&tar, '\0');
		const size_t count = count_refusals(test, &tar);
		CHECK(count > 0);
		refused += count > 1;
	}
	CHECK(refused > COUNT(contents) * WAYS_TO_HIDE / 2);
}

static bool read_all(Test *test, const Buffer *tar, size_t block, size_t *ret_files,
		     const Buffer *content)
{
	CLEANUP_ARCHIVE archive = NULL;
	const ArchiveEntry *entry = NULL;
	if (!open_tar(test, tar, block, &archive))
		return false;
	while (archive_next(archive, &entry, &test->error) && entry) {
		const char *text = NULL;
		size_t length = 0;
		(*ret_files)++;
		if (*ret_files % 2 == 0)
			continue; // read by nobody
		if (!source_read_all(archive_entry_source(archive), 1 << 20, test->arena, &text,
				     &length, &test->error) ||
		    length != content->length || memcmp(text, content->data, length) != 0)
			return false;
	}
	return test->error.code == ERROR_NONE;
}

// What is refused as a header is fine as content: a file may be an archive, a header, or anything that sums up to one.
TEST(archive_minds_no_headers_in_content)
{
	CLEANUP_BUFFER content = { 0 }, tar = { 0 };
	const TarEntry inner = with_long_acl(test, "inner");
	for (size_t i = 0; i < 3; i++)
		tar_add(&content, inner);
	tar_add_header(&content, (TarEntry){ .path = "x", .type = 'A' }, 100000);
	buffer_add(&content, inner.record_value);
	while (content.length % 512)
		buffer_add_char(&content, ',');
	// No checksum, and signed bytes that sum up to 0 with the blanks that count in its place.
	signed char block[512] = { 0 };
	memset(block, -2, 148);
	block[156] = 'A';
	block[200] = 2 * 148 - 'A' - 8 * ' ';
	buffer_add_bytes(&content, block, sizeof(block));

	TarEntry file = {
		.path = "file", .type = '0', .content = content.data, .content_size = content.length
	};
	for (size_t i = 0; i < 2; i++)
		tar_add(&tar, file);
	file.record = "SCHILY.acl.access";
	file.record_value = "user::rw-,user:1:r,group::r--,mask::r--,other::---";
	for (size_t i = 0; i < 2; i++)
		tar_add(&tar, file);
	file.record = "GNU.sparse.map"; // without holes
	file.record_value = arena_printf(test->arena, "0,%zu", content.length);
	for (size_t i = 0; i < 2; i++)
		tar_add(&tar, file);
	tar_finish(&tar);
	for (size_t i = 0; i < COUNT(acl_blocks); i++) {
		size_t files = 0;
		CHECK(read_all(test, &tar, acl_blocks[i], &files, &content) && files == 6);
	}
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
