#include "pkg/base/base64.h"
#include "tests/unit/test.h"

static const char *encode(Test *test, const char *text)
{
	CLEANUP_BUFFER buffer = { 0 };
	base64_encode(&buffer, text, strlen(text));
	return buffer_take(&buffer, test->arena);
}

static const char *decode(Test *test, const char *text)
{
	CLEANUP_BUFFER buffer = { 0 };
	if (!base64_decode(&buffer, text, strlen(text), &test->error))
		return NULL;
	return buffer_take(&buffer, test->arena);
}

// RFC 4648, section 10.
TEST(base64_test_vectors)
{
	static const char *const vectors[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};
	for (size_t i = 0; i < COUNT(vectors); i++) {
		CHECK_TEXT(encode(test, vectors[i][0]), vectors[i][1]);
		CHECK_TEXT(decode(test, vectors[i][1]), vectors[i][0]);
	}
}

TEST(base64_keeps_all_bytes)
{
	unsigned char bytes[256];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	CLEANUP_BUFFER text = { 0 };
	CLEANUP_BUFFER back = { 0 };
	base64_encode(&text, bytes, sizeof(bytes));
	CHECK(base64_decode(&back, text.data, text.length, &test->error));
	CHECK(back.length == sizeof(bytes) && memcmp(back.data, bytes, sizeof(bytes)) == 0);
}

TEST(base64_skips_line_breaks)
{
	CHECK_TEXT(decode(test, "Zm9v\nYmFy\r\n"), "foobar");
	CHECK_TEXT(decode(test, "Zg=\n=\n"), "f");
}

// Go's own table: encoding/base64, TestDecodeCorrupt.
TEST(base64_refuses_what_go_refuses)
{
	static const struct {
		const char *text;
		int offset;
	} rows[] = {
		{ "!!!!", 0 },  { "====", 0 },    { "x===", 1 },        { "=AAA", 0 },
		{ "A=AA", 1 },  { "AA=A", 2 },    { "AA==A", 4 },       { "AAA=AAAA", 4 },
		{ "AAAAA", 4 }, { "AAAAAA", 4 },  { "A=", 1 },          { "A==", 1 },
		{ "AA=", 3 },   { "AAAAAA=", 7 }, { "YWJjZA=====", 8 }, { "YWJj-_", 4 },
		{ "Zm9v!", 4 },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ERROR(decode(test, rows[i].text),
			    arena_printf(test->arena, "illegal base64 data at input byte %d",
					 rows[i].offset));
}
