#include "pkg/base/text.h"
#include "pkg/sys/stream/deflate.h"
#include "tests/unit/test.h"

typedef struct Collector {
	Sink sink;
	Buffer bytes;
} Collector;

static bool collect(Sink *sink, const void *bytes, size_t length, Error *error)
{
	(void)error; // memory does not fail
	buffer_add_bytes(&((Collector *)sink)->bytes, bytes, length);
	return true;
}

// A megabyte that is neither random nor all the same.
static const char *sample(Arena *arena, size_t *ret_length)
{
	CLEANUP_BUFFER text = { 0 };
	for (unsigned i = 0; text.length < 1000000; i++)
		buffer_printf(&text, "line %u of many, %u\n", i, i * 2654435761u);
	*ret_length = text.length;
	return buffer_take(&text, arena);
}

static bool pack(Compression compression, const char *bytes, size_t length, size_t piece,
		 Collector *to, Error *error)
{
	CLEANUP_DEFLATE deflate = deflate_open(compression, DEFLATE_SMALL, &to->sink);
	for (size_t at = 0; at < length; at += piece) {
		const size_t count = length - at < piece ? length - at : piece;
		if (!sink_write(deflate_sink(deflate), bytes + at, count, error))
			return false;
	}
	return deflate_finish(deflate, error);
}

TEST(deflate_is_undone_by_inflate)
{
	static const Compression kinds[] = { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };
	size_t length = 0;
	const char *bytes = sample(test->arena, &length);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		Collector packed = { .sink.write = collect };
		CHECK(pack(kinds[i], bytes, length, 7777, &packed, &test->error));
		CHECK(compression_of_bytes(packed.bytes.data, packed.bytes.length) == kinds[i]);
		CHECK(kinds[i] == COMPRESSION_NONE || packed.bytes.length < length / 2);

		CLEANUP_INFLATE inflate = inflate_open(
			source_of_bytes(packed.bytes.data, packed.bytes.length, 1000, test->arena));
		const char *again = NULL;
		size_t again_length = 0;
		CHECK(source_read_all(inflate_source(inflate), 2 * length, test->arena, &again,
				      &again_length, &test->error));
		CHECK(again_length == length && memcmp(again, bytes, length) == 0);
		buffer_clear(&packed.bytes);
	}
}

TEST(deflate_does_not_depend_on_the_pieces)
{
	static const Compression kinds[] = { COMPRESSION_GZIP, COMPRESSION_ZSTD };
	size_t length = 0;
	const char *bytes = sample(test->arena, &length);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		Collector small = { .sink.write = collect }, large = { .sink.write = collect };
		CHECK(pack(kinds[i], bytes, length, 333, &small, &test->error));
		CHECK(pack(kinds[i], bytes, length, length, &large, &test->error));
		CHECK(small.bytes.length == large.bytes.length &&
		      memcmp(small.bytes.data, large.bytes.data, small.bytes.length) == 0);
		buffer_clear(&small.bytes);
		buffer_clear(&large.bytes);
	}
}

TEST(deflate_of_nothing_is_a_stream)
{
	Collector packed = { .sink.write = collect };
	CHECK(pack(COMPRESSION_GZIP, "", 0, 1, &packed, &test->error));
	CLEANUP_INFLATE inflate = inflate_open(
		source_of_bytes(packed.bytes.data, packed.bytes.length, 0, test->arena));
	CHECK(packed.bytes.length > 0 && source_drain(inflate_source(inflate), &test->error));
	buffer_clear(&packed.bytes);
}
