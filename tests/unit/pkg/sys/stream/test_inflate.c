#include "pkg/base/text.h"
#include "pkg/sys/stream/inflate.h"
#include "pkg/sys/stream/relay.h"
#include "tests/unit/compressed.h"

// "hello hello hello\n" as `gzip -n` and `zstd` write it.
static const char gzip_hello[] =
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x57\xc8"
	"\x40\x90\x5c\x00\x3b\x7c\x8a\xdf\x12\x00\x00\x00";
static const char zstd_hello[] =
	"\x28\xb5\x2f\xfd\x04\x58\x6d\x00\x00\x38\x68\x65\x6c\x6c\x6f\x20\x0a"
	"\x01\x00\x31\x4a\x11\xa3\xaa\x74\xce";
#define HELLO "hello hello hello\n"

static const char *inflate(Test *test, const void *bytes, size_t length, size_t block)
{
	CLEANUP_INFLATE inflate = inflate_open(source_of_bytes(bytes, length, block, test->arena));
	const char *text = NULL;
	return source_read_all(inflate_source(inflate), 1 << 20, test->arena, &text, NULL,
			       &test->error)
		       ? text
		       : NULL;
}

static const char *twice(Test *test, const char *bytes, size_t length)
{
	CLEANUP_BUFFER both = { 0 };
	buffer_add_bytes(&both, bytes, length);
	buffer_add_bytes(&both, bytes, length);
	return buffer_take(&both, test->arena);
}

TEST(inflate_reads_gzip_in_pieces_of_any_size)
{
	for (size_t block = 1; block <= sizeof(gzip_hello) - 1; block++)
		CHECK_TEXT(inflate(test, gzip_hello, sizeof(gzip_hello) - 1, block), HELLO);
}

TEST(inflate_reads_concatenated_gzip_members)
{
	const size_t length = sizeof(gzip_hello) - 1;
	const char *both = twice(test, gzip_hello, length);
	for (size_t block = 1; block <= 2 * length; block++)
		CHECK_TEXT(inflate(test, both, 2 * length, block), HELLO HELLO);
}

TEST(inflate_reads_concatenated_zstd_frames)
{
	const size_t length = sizeof(zstd_hello) - 1;
	const char *both = twice(test, zstd_hello, length);
	for (size_t block = 1; block <= 2 * length; block++)
		CHECK_TEXT(inflate(test, both, 2 * length, block), HELLO HELLO);
}

static void add_number(Buffer *bytes, uint32_t number)
{
	for (unsigned i = 0; i < 4; i++)
		buffer_add_char(bytes, (char)(uint8_t)(number >> (8 * i)));
}

// eStargz: each file of the archive in a gzip member of its own, and behind the last one an empty member whose extra
// field says where the table of contents begins.
// Spec: <https://github.com/containerd/stargz-snapshotter/blob/v0.15.1/docs/estargz.md#footer>
TEST(inflate_reads_estargz_as_plain_gzip)
{
	static const char footer[] = "\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff\x1a\x00SG\x16\x00"
				     "00000000000001d0STARGZ"
				     "\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00";
	CLEANUP_BUFFER layer = { 0 };
	add_compressed(test, COMPRESSION_GZIP, "one ", 4, &layer);
	add_compressed(test, COMPRESSION_GZIP, "two ", 4, &layer);
	add_compressed(test, COMPRESSION_GZIP, "stargz.index.json", 17, &layer);
	buffer_add_bytes(&layer, footer, sizeof(footer) - 1);
	for (size_t block = 1; block <= layer.length; block++)
		CHECK_TEXT(inflate(test, layer.data, layer.length, block),
			   "one two stargz.index.json");
}

// zstd:chunked: a frame for each file, then the table of contents and a footer in skippable frames.
// Spec: <https://github.com/containers/storage/blob/v1.50.2/docs/containers-storage-zstd-chunked.md>
TEST(inflate_reads_zstd_chunked_as_plain_zstd)
{
	CLEANUP_BUFFER layer = { 0 };
	CLEANUP_BUFFER contents = { 0 };
	add_compressed(test, COMPRESSION_ZSTD, "one ", 4, &layer);
	add_compressed(test, COMPRESSION_ZSTD, "two", 3, &layer);
	add_compressed(test, COMPRESSION_ZSTD, "{\"version\":1,\"entries\":[]}", 26, &contents);
	add_number(&layer, 0x184d2a50);
	add_number(&layer, (uint32_t)contents.length);
	buffer_add_bytes(&layer, contents.data, contents.length);
	add_number(&layer, 0x184d2a50);
	add_number(&layer, 64);
	for (unsigned i = 0; i < 56; i++)
		buffer_add_char(&layer, (char)i);
	buffer_add_bytes(&layer, "GNUlInUx", 8);
	for (size_t block = 1; block <= layer.length; block++)
		CHECK_TEXT(inflate(test, layer.data, layer.length, block), "one two");
	// Cut off inside of what is skipped.
	CHECK(!inflate(test, layer.data, layer.length - 1, 0));
	error_clear(&test->error);
}

TEST(inflate_passes_plain_bytes_on)
{
	CHECK_TEXT(inflate(test, "plain text", 10, 1), "plain text");
	CHECK_TEXT(inflate(test, "x", 1, 0), "x");
	CHECK_TEXT(inflate(test, "", 0, 0), "");
}

TEST(inflate_refuses_truncated_data)
{
	for (size_t cut = 4; cut < sizeof(gzip_hello) - 1; cut++)
		CHECK_ERROR(inflate(test, gzip_hello, cut, 0), "the gzip data is cut off");
	for (size_t cut = 4; cut < sizeof(zstd_hello) - 1; cut++)
		CHECK_ERROR(inflate(test, zstd_hello, cut, 0), "the zstd data is cut off");
}

TEST(inflate_refuses_damaged_data)
{
	char bytes[sizeof(gzip_hello)];
	memcpy(bytes, gzip_hello, sizeof(bytes));
	bytes[sizeof(gzip_hello) - 8] ^= 1; // the checksum
	CHECK_ERROR(inflate(test, bytes, sizeof(bytes) - 1, 0), "the gzip data is damaged");
	memcpy(bytes, gzip_hello, sizeof(bytes)); // with the NUL of the literal behind it
	CHECK_ERROR(inflate(test, bytes, sizeof(bytes), 0), "the gzip data is cut off");
}

TEST(inflate_refuses_text_behind_the_last_member)
{
	CLEANUP_BUFFER bytes = { 0 };
	buffer_add_bytes(&bytes, gzip_hello, sizeof(gzip_hello) - 1);
	buffer_add(&bytes, "this is not gzip");
	CHECK_ERROR(inflate(test, bytes.data, bytes.length, 0), "the gzip data is damaged");
}

TEST(inflate_bytes_makes_exactly_so_many)
{
	// The deflate stream in gzip_hello, between its header and its check sum.
	const void *deflated = gzip_hello + 10;
	const size_t length = sizeof(gzip_hello) - 1 - 10 - 8;
	char text[sizeof(HELLO)] = { 0 };
	CHECK(inflate_bytes(INFLATE_RAW_DEFLATE, deflated, length, text, 18, &test->error));
	CHECK_TEXT(text, HELLO);
	// What follows is ignored: a sector is longer than what is in it.
	CHECK(inflate_bytes(INFLATE_RAW_DEFLATE, deflated, length + 8, text, 18, &test->error));
	CHECK(inflate_bytes(INFLATE_ZSTD, zstd_hello, sizeof(zstd_hello) - 1, text, 18,
			    &test->error));
	CHECK_TEXT(text, HELLO);
	CHECK_ERROR(inflate_bytes(INFLATE_RAW_DEFLATE, deflated, length, text, 19, &test->error),
		    "the deflate data is damaged");
	CHECK_ERROR(inflate_bytes(INFLATE_ZSTD, zstd_hello, 10, text, 18, &test->error),
		    "the zstd data is damaged");
}

static int value_of(sem_t *semaphore)
{
	int value = -1;
	return sem_getvalue(semaphore, &value) == 0 ? value : -1;
}

// The next bytes: all that one frame has.
static const char *next_of(Test *test, Inflate *inflate)
{
	const void *block = NULL;
	size_t length = 0;
	return source_read(inflate_source(inflate), &block, &length, &test->error)
		       ? arena_strndup(test->arena, block, length)
		       : NULL;
}

TEST(inflate_has_much_memory_from_the_first_long_frame_on)
{
	CLEANUP_BUFFER layer = { 0 };
	sem_t large;
	CHECK(sem_init(&large, 0, 1) == 0);
	add_compressed(test, COMPRESSION_ZSTD, "one", 3, &layer);
	add_long_frame("two", 3, 23, &layer);
	add_long_frame("three", 5, 24, &layer);
	add_long_frame("four", 4, 27, &layer);
	add_compressed(test, COMPRESSION_ZSTD, "five", 4, &layer);
	for (size_t block = 1; block <= layer.length; block++) {
		CLEANUP_INFLATE inflate =
			inflate_open(source_of_bytes(layer.data, layer.length, block, test->arena));
		inflate_share_memory(inflate, &large);
		CHECK_TEXT(next_of(test, inflate), "one");
		CHECK_TEXT(next_of(test, inflate), "two");
		CHECK(value_of(&large) == 1);
		CHECK_TEXT(next_of(test, inflate), "three");
		CHECK(value_of(&large) == 0);
		CHECK_TEXT(next_of(test, inflate), "four");
		CHECK_TEXT(next_of(test, inflate), "five");
		CHECK_TEXT(next_of(test, inflate), "");
		CHECK(value_of(&large) == 0);
		inflate_close(&inflate);
		CHECK(value_of(&large) == 1);
	}
}

TEST(inflate_waits_for_its_turn_to_have_much_memory)
{
	CLEANUP_BUFFER layer = { 0 };
	const char *text = NULL;
	sem_t large;
	CHECK(sem_init(&large, 0, 0) == 0);
	add_long_frame("long", 4, 24, &layer);
	CLEANUP_INFLATE inflate =
		inflate_open(source_of_bytes(layer.data, layer.length, 0, test->arena));
	CLEANUP_RELAY relay = NULL;
	inflate_share_memory(inflate, &large);
	CHECK(relay_open(inflate_source(inflate), &relay, &test->error));
	CHECK(sem_post(&large) == 0);
	CHECK(source_read_all(relay_source(relay), 100, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, "long");
	CHECK(value_of(&large) == 0);
}

TEST(inflate_refuses_windows_of_attackers)
{
	CLEANUP_BUFFER layer = { 0 };
	add_long_frame("long", 4, 28, &layer);
	CHECK_ERROR(inflate(test, layer.data, layer.length, 0),
		    "the zstd data is Frame requires too much memory for decoding");
}

TEST(inflate_refuses_what_ends_in_a_magic_number)
{
	CHECK_ERROR(inflate(test, gzip_hello, 3, 0), "the gzip data is cut off");
	CHECK_ERROR(inflate(test, zstd_hello, 4, 0), "the zstd data is cut off");
}
