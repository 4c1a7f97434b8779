#include "pkg/base/text.h"
#include "pkg/sys/stream/acl_guard.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"

// So many entries of an ACL, as text.
static const char *acl_of(Test *test, size_t entries)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < entries; i++)
		buffer_printf(&text, "%suser:%zu:r", i > 0 ? "," : "", i);
	return buffer_take(&text, test->arena);
}

static void add_acl(Test *test, Buffer *tar, size_t entries)
{
	tar_add(tar, (TarEntry){ .path = "a",
				 .type = '0',
				 .record = "SCHILY.acl.access",
				 .record_value = acl_of(test, entries) });
}

// All of it is headers, of one entry or of many.
static bool pass(Test *test, const Buffer *headers, size_t count, size_t piece)
{
	AclGuard guard = { 0 };
	for (size_t i = 0; i < count; i++) {
		acl_guard_begin(&guard);
		for (size_t at = 0; at < headers->length; at += piece) {
			const size_t left = headers->length - at;
			const size_t length = left < piece ? headers->length : at + piece;
			if (!acl_guard_pass(&guard, headers->data, length, &test->error))
				return false;
		}
	}
	return true;
}

static const size_t pieces[] = { 77, 512, 1000, SIZE_MAX / 2 };

TEST(acl_guard_lets_acls_of_people_pass)
{
	CLEANUP_BUFFER small = { 0 }, large = { 0 };
	add_acl(test, &small, 500);
	add_acl(test, &large, 8000);
	for (size_t i = 0; i < COUNT(pieces); i++) {
		CHECK(pass(test, &small, 3000, pieces[i]));
		CHECK(pass(test, &large, 1, pieces[i]));
	}
}

TEST(acl_guard_stops_one_that_is_too_long)
{
	CLEANUP_BUFFER header = { 0 };
	add_acl(test, &header, 9000);
	for (size_t i = 0; i < COUNT(pieces); i++)
		CHECK_ERROR(pass(test, &header, 1, pieces[i]), "an ACL of more than 8192 entries");
}

TEST(acl_guard_stops_many_that_are_long)
{
	CLEANUP_BUFFER header = { 0 };
	add_acl(test, &header, 8000);
	for (size_t i = 0; i < COUNT(pieces); i++)
		CHECK_ERROR(pass(test, &header, 20, pieces[i]), "too many long ACLs");
}

// Headers with as many lines, but none of an ACL.
TEST(acl_guard_minds_no_other_records)
{
	CLEANUP_BUFFER header = { 0 };
	const TarEntry comment = {
		.path = "a", .type = '0', .record = "comment", .record_value = acl_of(test, 9000)
	};
	tar_add(&header, comment);
	CHECK(pass(test, &header, 20, 1000));
	// An ACL that follows is as long as it is, and what it follows does not make it longer.
	add_acl(test, &header, 10);
	CHECK(pass(test, &header, 20, 1000));
	tar_add(&header, comment);
	CHECK_ERROR(pass(test, &header, 1, 1000), "an ACL of more than 8192 entries");
}

// An ACL as Solaris writes it, in whatever piece it comes; what only looks like its header is none.
TEST(acl_guard_knows_acls_that_are_no_records)
{
	CLEANUP_BUFFER header = { 0 };
	const char *text = acl_of(test, 9000);
	tar_add_header(&header, (TarEntry){ .path = "a", .type = 'A' }, strlen(text));
	buffer_add(&header, text);
	for (size_t i = 0; i < COUNT(pieces); i++)
		CHECK_ERROR(pass(test, &header, 1, pieces[i]), "an ACL of more than 8192 entries");
	header.data[0] = 'b'; // its checksum is wrong now
	for (size_t i = 0; i < COUNT(pieces); i++)
		CHECK(pass(test, &header, 1, pieces[i]));
}
