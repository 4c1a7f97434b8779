#include "pkg/sys/stream/archive_feed.h"
#include "tests/unit/test.h"

#define BLOCK 512

typedef struct Fed {
	ArchiveFeed feed;
	char bytes[16 * BLOCK];
} Fed;

static void fed_clear(Fed *fed)
{
	archive_feed_clear(&fed->feed);
}

static void start(Test *test, Fed *fed, size_t block)
{
	for (size_t i = 0; i < sizeof(fed->bytes); i++)
		fed->bytes[i] = (char)(i / BLOCK);
	fed->feed.source = source_of_bytes(fed->bytes, sizeof(fed->bytes), block, test->arena);
}

// The length of the next piece, which must be the right one; 0 when it fails.
static size_t read_piece(Test *test, Fed *fed, uint64_t position)
{
	const void *piece = NULL;
	size_t length = 0;
	return archive_feed_read(&fed->feed, &piece, &length, &test->error) &&
			       memcmp(piece, fed->bytes + position, length) == 0
		       ? length
		       : 0;
}

TEST(archive_feed_gives_headers_by_blocks_and_content_as_a_whole)
{
	CLEANUP(fed_clear) Fed fed = { 0 };
	size_t length = 0;
	start(test, &fed, 0);
	CHECK(archive_feed_begin(&fed.feed, 0, &test->error));
	CHECK(read_piece(test, &fed, 0) == BLOCK && read_piece(test, &fed, BLOCK) == BLOCK);
	archive_feed_end(&fed.feed, 2 * BLOCK, 3 * BLOCK - 5);
	CHECK(memcmp(archive_feed_header(&fed.feed, &length), fed.bytes, 2 * BLOCK) == 0);
	CHECK(length == 2 * BLOCK);
	CHECK(read_piece(test, &fed, 2 * BLOCK) == 3 * BLOCK);
	CHECK(archive_feed_begin(&fed.feed, 5 * BLOCK, &test->error));
	CHECK(read_piece(test, &fed, 5 * BLOCK) == BLOCK);
}

TEST(archive_feed_gives_what_the_source_has)
{
	CLEANUP(fed_clear) Fed fed = { 0 };
	start(test, &fed, 300);
	CHECK(archive_feed_begin(&fed.feed, 0, &test->error));
	CHECK(read_piece(test, &fed, 0) == 300 && read_piece(test, &fed, 300) == BLOCK - 300);
	archive_feed_end(&fed.feed, BLOCK, BLOCK);
	CHECK(read_piece(test, &fed, BLOCK) == 600 - BLOCK);
	uint64_t skipped = 1;
	CHECK(archive_feed_skip(&fed.feed, 1000, &skipped, &test->error) && skipped == 0);
	CHECK(read_piece(test, &fed, 600) == 300);
	// What is no archive is none of its business.
	CLEANUP(fed_clear) Fed whole = { .feed.is_whole = true };
	start(test, &whole, 0);
	CHECK(archive_feed_begin(&whole.feed, 0, &test->error));
	CHECK(read_piece(test, &whole, 0) == sizeof(whole.bytes));
}

TEST(archive_feed_skips_what_it_holds)
{
	CLEANUP(fed_clear) Fed fed = { 0 };
	uint64_t skipped = 0;
	start(test, &fed, 0);
	CHECK(archive_feed_begin(&fed.feed, 0, &test->error) && read_piece(test, &fed, 0) == BLOCK);
	archive_feed_end(&fed.feed, BLOCK, 4 * BLOCK);
	CHECK(archive_feed_skip(&fed.feed, 4 * BLOCK, &skipped, &test->error));
	CHECK(skipped == 4 * BLOCK);
	CHECK(archive_feed_begin(&fed.feed, 5 * BLOCK, &test->error));
	CHECK(read_piece(test, &fed, 5 * BLOCK) == BLOCK);
}

// A header may begin in what was given before: as a header that it was not, or as content that there was less of.
TEST(archive_feed_knows_what_the_reader_holds)
{
	CLEANUP(fed_clear) Fed fed = { 0 };
	size_t length = 0;
	start(test, &fed, 0);
	CHECK(archive_feed_begin(&fed.feed, 0, &test->error));
	CHECK(read_piece(test, &fed, 0) == BLOCK && read_piece(test, &fed, BLOCK) == BLOCK);
	CHECK(archive_feed_begin(&fed.feed, 100, &test->error));
	archive_feed_end(&fed.feed, 2 * BLOCK, 4 * BLOCK);
	CHECK(memcmp(archive_feed_header(&fed.feed, &length), fed.bytes + 100, length) == 0);
	CHECK(length == 2 * BLOCK - 100);
	CHECK(read_piece(test, &fed, 2 * BLOCK) == 4 * BLOCK);
	CHECK(archive_feed_begin(&fed.feed, 3 * BLOCK, &test->error));
	archive_feed_end(&fed.feed, 6 * BLOCK, 0);
	CHECK(memcmp(archive_feed_header(&fed.feed, &length), fed.bytes + 3 * BLOCK, length) == 0);
	CHECK(length == 3 * BLOCK);
	CHECK_ERROR(archive_feed_begin(&fed.feed, BLOCK, &test->error),
		    "not a good tar archive: a header in what is none");
}
