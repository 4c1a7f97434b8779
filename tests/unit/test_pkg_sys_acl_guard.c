#include "pkg/base/text.h"
#include "pkg/sys/acl_guard.h"
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

static bool pass(Test *test, const Buffer *tar, size_t piece)
{
	AclGuard guard = { 0 };
	for (size_t at = 0; at < tar->length; at += piece) {
		const size_t left = tar->length - at;
		if (!acl_guard_pass(&guard, tar->data + at, left < piece ? left : piece,
				    &test->error))
			return false;
	}
	return true;
}

static const size_t pieces[] = { 77, 512, 1000, SIZE_MAX / 2 };

TEST(acl_guard_lets_acls_of_people_pass)
{
	CLEANUP_BUFFER tar = { 0 };
	for (size_t i = 0; i < 3000; i++)
		add_acl(test, &tar, 500);
	add_acl(test, &tar, 8000);
	for (size_t i = 0; i < COUNT(pieces); i++)
		CHECK(pass(test, &tar, pieces[i]));
}

TEST(acl_guard_stops_one_that_is_too_long)
{
	CLEANUP_BUFFER tar = { 0 };
	add_acl(test, &tar, 9000);
	for (size_t i = 0; i < COUNT(pieces); i++)
		CHECK_ERROR(pass(test, &tar, pieces[i]), "an ACL of more than 8192 entries");
}

TEST(acl_guard_stops_many_that_are_long)
{
	CLEANUP_BUFFER tar = { 0 };
	for (size_t i = 0; i < 20; i++)
		add_acl(test, &tar, 8000);
	for (size_t i = 0; i < COUNT(pieces); i++)
		CHECK_ERROR(pass(test, &tar, pieces[i]), "too many long ACLs");
}

// A pax header with as many lines, but none of an ACL.
TEST(acl_guard_minds_no_other_records)
{
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, (TarEntry){ .path = "a",
				  .type = '0',
				  .record = "comment",
				  .record_value = acl_of(test, 9000) });
	tar_add(&tar, TAR_FILE("b", acl_of(test, 9000)));
	add_acl(test, &tar, 10);
	tar_add(&tar, TAR_FILE("c", "SCHILY.acl.access"));
	tar_add(&tar, TAR_FILE("d", acl_of(test, 9000)));
	CHECK(pass(test, &tar, 1000));
}

// In the content of a file there is a header that announces some bytes, and a real one in these announces more of them.
TEST(acl_guard_is_not_led_astray)
{
	CLEANUP_BUFFER tar = { 0 };
	CLEANUP_BUFFER content = { 0 };
	tar_add_header(&content, (TarEntry){ .path = "fake", .type = 'x' }, 2000);
	tar_add(&tar, (TarEntry){ .path = "a",
				  .type = '0',
				  .content = content.data,
				  .content_size = content.length });
	add_acl(test, &tar, 9000);
	CHECK_ERROR(pass(test, &tar, 1000), "an ACL of more than 8192 entries");

	// A size that only the library understands, and what Solaris has.
	CLEANUP_BUFFER binary = { 0 };
	add_acl(test, &binary, 9000);
	tar_patch(&binary, 0, TAR_SIZE, "\x80\0\0\0\0\0\0\0\0\1\xf0", 12);
	CHECK_ERROR(pass(test, &binary, 1000), "an ACL of more than 8192 entries");
	CLEANUP_BUFFER solaris = { 0 };
	const char *text = acl_of(test, 9000);
	tar_add_header(&solaris, (TarEntry){ .path = "a", .type = 'A' }, strlen(text));
	buffer_add(&solaris, text);
	CHECK_ERROR(pass(test, &solaris, 1000), "an ACL of more than 8192 entries");
}

TEST(acl_guard_follows_what_is_skipped)
{
	AclGuard guard = { 0 };
	CLEANUP_BUFFER tar = { 0 };
	tar_add_header(&tar, TAR_FILE("a", ""), 10000);
	CHECK(acl_guard_pass(&guard, tar.data, tar.length, &test->error));
	CHECK(acl_guard_pass(&guard, "some", 4, &test->error));
	acl_guard_skip(&guard, 5000);
	acl_guard_skip(&guard, 10240 - 5004);
	CLEANUP_BUFFER rest = { 0 };
	add_acl(test, &rest, 9000);
	CHECK_ERROR(acl_guard_pass(&guard, rest.data, rest.length, &test->error),
		    "an ACL of more than 8192 entries");
}
