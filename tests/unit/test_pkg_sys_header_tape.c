#include "pkg/sys/header_tape.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"

// The link that the header tells of which begins at `begin`, when the archive comes in pieces.
static const char *find(Test *test, const Buffer *tar, size_t begin, size_t piece)
{
	CLEANUP(header_tape_clear) HeaderTape tape = { 0 };
	bool is_hard = false;
	header_tape_skip(&tape, 1024); // what came before
	for (size_t at = 0; at < tar->length; at += piece) {
		const size_t left = tar->length - at;
		if (at <= begin && begin < at + piece)
			header_tape_start(&tape, 1024 + begin);
		header_tape_turn(&tape);
		header_tape_add(&tape, tar->data + at, left < piece ? left : piece);
	}
	return header_tape_find_link(&tape, 1024 + tar->length, test->arena, &is_hard);
}

static TarEntry link_to(const char *record, const char *value)
{
	return (TarEntry){ .path = "l", .type = '2', .record = record, .record_value = value };
}

TEST(header_tape_keeps_a_header_whatever_pieces_it_comes_in)
{
	static const size_t pieces[] = { 100, 512, 513, 1024, 100000 };
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, TAR_FILE("before", "content"));
	const size_t begin = tar.length;
	tar_add(&tar, link_to("linkpath", "\xc3\xa9"));
	for (size_t i = 0; i < COUNT(pieces); i++)
		CHECK_TEXT(find(test, &tar, begin, pieces[i]), "\xc3\xa9");
}

TEST(header_tape_reads_nothing_else)
{
	static const char *const records[] = { "path", "linkpat", "xlinkpath" };
	for (size_t i = 0; i < COUNT(records); i++) {
		CLEANUP_BUFFER tar = { 0 };
		tar_add(&tar, link_to(records[i], "x"));
		CHECK(find(test, &tar, 0, 512) == NULL);
	}
	CLEANUP_BUFFER named = { 0 };
	tar_add(&named, (TarEntry){ .path = "l",
				    .type = '2',
				    .link = "shown",
				    .record = "linkpath",
				    .record_value = "x" });
	CHECK(find(test, &named, 0, 512) == NULL);
	CLEANUP_BUFFER file = { 0 };
	tar_add(&file,
		(TarEntry){ .path = "l", .type = '0', .record = "linkpath", .record_value = "x" });
	CHECK(find(test, &file, 0, 512) == NULL);
}

// Sizes and lengths that lead out of the header.
TEST(header_tape_stays_in_its_bytes)
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
		CHECK(find(test, &tar, 0, 512) == NULL);
		tar_patch(&tar, 0, TAR_SIZE, "77777777777", 12);
		CHECK(find(test, &tar, 0, 512) == NULL);
	}
}
