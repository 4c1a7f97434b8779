#include "pkg/sys/stream/lost_link.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"

static const char *find(Test *test, const Buffer *tar)
{
	bool is_hard = false;
	return lost_link_find(tar->data, tar->length, test->arena, &is_hard);
}

static TarEntry link_to(const char *record, const char *value)
{
	return (TarEntry){ .path = "l", .type = '2', .record = record, .record_value = value };
}

TEST(lost_link_is_in_a_record)
{
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, link_to("linkpath", "\xc3\xa9"));
	CHECK_TEXT(find(test, &tar), "\xc3\xa9");
}

TEST(lost_link_reads_nothing_else)
{
	static const char *const records[] = { "path", "linkpat", "xlinkpath" };
	for (size_t i = 0; i < COUNT(records); i++) {
		CLEANUP_BUFFER tar = { 0 };
		tar_add(&tar, link_to(records[i], "x"));
		CHECK(find(test, &tar) == NULL);
	}
	CLEANUP_BUFFER named = { 0 };
	tar_add(&named, (TarEntry){ .path = "l",
				    .type = '2',
				    .link = "shown",
				    .record = "linkpath",
				    .record_value = "x" });
	CHECK(find(test, &named) == NULL);
	CLEANUP_BUFFER file = { 0 };
	tar_add(&file,
		(TarEntry){ .path = "l", .type = '0', .record = "linkpath", .record_value = "x" });
	CHECK(find(test, &file) == NULL);
}

// Sizes and lengths that lead out of the header.
TEST(lost_link_stays_in_its_bytes)
{
	static const char *const texts[] = { "",
					     "99 linkpath=x\n",
					     "1 linkpath=x\n",
					     "linkpath=x\n",
					     "14 linkpath=x",
					     "999999999999999999999 " };
	for (size_t i = 0; i < COUNT(texts); i++) {
		CLEANUP_BUFFER tar = { 0 };
		tar_add(&tar, (TarEntry){ .path = "x", .type = 'x', .content = texts[i] });
		tar_add(&tar, (TarEntry){ .path = "l", .type = '2' });
		CHECK(find(test, &tar) == NULL);
		tar_patch(&tar, 0, TAR_SIZE, "77777777777", 12);
		CHECK(find(test, &tar) == NULL);
	}
}
