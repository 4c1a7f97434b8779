#include "pkg/base/utf8.h"

#include "tests/unit/test.h"

TEST(utf8_check_finds_the_first_bad_byte)
{
	CHECK(utf8_check("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10) == 10);
	CHECK(utf8_check("ab\xff", 3) == 2);
	CHECK(utf8_check("a\xc3", 2) == 1);            // cut off
	CHECK(utf8_check("\xc0\x80", 2) == 0);         // overlong
	CHECK(utf8_check("\xe0\x80\x80", 3) == 0);     // overlong
	CHECK(utf8_check("\xed\xa0\x80", 3) == 0);     // surrogate
	CHECK(utf8_check("\xf4\x90\x80\x80", 4) == 0); // above U+10FFFF
}

TEST(utf8_encode_and_check_agree)
{
	static const uint32_t codes[] = { 0x24, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff };
	for (size_t i = 0; i < COUNT(codes); i++) {
		char bytes[4];
		const size_t length = utf8_encode(codes[i], bytes);
		CHECK(length > 0 && utf8_length(bytes, length) == length);
		CHECK(utf8_decode(bytes, length) == codes[i]);
	}
	char bytes[4];
	CHECK(utf8_encode(0xd800, bytes) == 0);
	CHECK(utf8_encode(0x110000, bytes) == 0);
}
