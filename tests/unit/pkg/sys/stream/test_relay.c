#include "pkg/sys/stream/digest.h"
#include "pkg/sys/stream/relay.h"
#include "tests/unit/test.h"

// Gives blocks of growing sizes, then fails or ends.
typedef struct Counting {
	Source source;
	size_t blocks;
	size_t blocks_max;
	bool is_failing;
	char block[1000000];
} Counting;

static bool count(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	Counting *self = (Counting *)source;
	if (self->blocks == self->blocks_max)
		*ret_length = 0;
	else
		*ret_length = 1 + self->blocks++ * 4999;
	if (*ret_length == 0 && self->is_failing)
		return error_set(error, ERROR_NETWORK, "the wire is cut");
	memset(self->block, (int)self->blocks, *ret_length);
	*ret_block = self->block;
	return true;
}

static Counting *counting(Test *test, size_t blocks, bool is_failing)
{
	Counting *self = ARENA_NEW(test->arena, Counting);
	self->source.read = count;
	self->blocks_max = blocks;
	self->is_failing = is_failing;
	return self;
}

TEST(relay_passes_everything_in_order)
{
	CLEANUP_DIGEST_SOURCE direct = { 0 }, relayed = { 0 };
	digest_source_init(&direct, &counting(test, 150, false)->source);
	CHECK(source_drain(&direct.source, &test->error));

	CLEANUP_RELAY first = NULL;
	CLEANUP_RELAY second = NULL;
	CHECK(relay_open(&counting(test, 150, false)->source, &first, &test->error));
	CHECK(relay_open(relay_source(first), &second, &test->error));
	digest_source_init(&relayed, relay_source(second));
	CHECK(source_drain(&relayed.source, &test->error));
	CHECK(relayed.size_bytes == direct.size_bytes);
	CHECK_TEXT(relayed.text, direct.text);
	relay_close(&second);
}

TEST(relay_fails_after_what_came_before)
{
	CLEANUP_RELAY relay = NULL;
	CLEANUP_DIGEST_SOURCE seen = { 0 };
	CHECK(relay_open(&counting(test, 20, true)->source, &relay, &test->error));
	digest_source_init(&seen, relay_source(relay));
	CHECK_ERROR(source_drain(&seen.source, &test->error), "the wire is cut");
	CHECK(test->error.code == ERROR_NONE || test->error.code == ERROR_NETWORK);
	CHECK(seen.size_bytes == 20 + 4999 * 190);
	error_clear(&test->error);
	CHECK_ERROR(source_drain(relay_source(relay), &test->error), "the wire is cut");
}

TEST(relay_can_be_closed_in_the_middle)
{
	const void *block = NULL;
	size_t length = 0;
	for (size_t reads = 0; reads < 5; reads++) {
		CLEANUP_RELAY relay = NULL;
		Counting *from = counting(test, 150, false);
		CHECK(relay_open(&from->source, &relay, &test->error));
		for (size_t i = 0; i < reads; i++)
			CHECK(source_read(relay_source(relay), &block, &length, &test->error));
		relay_close(&relay);
		CHECK(from->blocks < 150);
	}
}
