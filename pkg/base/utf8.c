#include "pkg/base/utf8.h"

static bool is_character(uint32_t code)
{
	const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
	return code <= 0x10ffff && !is_surrogate;
}

size_t utf8_length(const char *text, size_t left)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

	const unsigned char *bytes = (const unsigned char *)text;
	const unsigned char first = bytes[0];
	if (first < 0x80)
		return 1;

	const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (first < 0xc2 || first > 0xf4 || left < length)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	}
	const uint32_t code = utf8_decode(text, length);
	return code >= smallest[length] && is_character(code) ? length : 0;
}

uint32_t utf8_decode(const char *bytes, size_t length)
{
	const unsigned char first = (unsigned char)bytes[0];
	uint32_t code = length == 1 ? first : first & (0x7fu >> length);
	for (size_t i = 1; i < length; i++)
		code = code << 6 | ((unsigned char)bytes[i] & 0x3fu);
	return code;
}

size_t utf8_check(const char *bytes, size_t length)
{
	size_t at = 0;
	while (at < length) {
		const size_t step = utf8_length(bytes + at, length - at);
		if (step == 0)
			return at;
		at += step;
	}
	return length;
}

size_t utf8_encode(uint32_t code, char ret[4])
{
	if (!is_character(code))
		return 0;
	if (code < 0x80) {
		ret[0] = (char)code;
		return 1;
	}

	static const unsigned char heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	const size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = length - 1; i > 0; i--) {
		ret[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	ret[0] = (char)(heads[length] | code);
	return length;
}

bool utf8_is_printable(uint32_t code)
{
	// Categories Cc, Cf, Co, Zl, Zp and Zs, and what is never a character.
	static const struct {
		uint32_t first;
		uint32_t last;
	} unprintable[] = {
		// clang-format off
		{ 0x0000, 0x001f }, { 0x007f, 0x00a0 }, { 0x00ad, 0x00ad }, { 0x0600, 0x0605 }, { 0x061c, 0x061c },
		{ 0x06dd, 0x06dd }, { 0x070f, 0x070f }, { 0x0890, 0x0891 }, { 0x08e2, 0x08e2 }, { 0x1680, 0x1680 },
		{ 0x180e, 0x180e }, { 0x2000, 0x200f }, { 0x2028, 0x202f }, { 0x205f, 0x206f }, { 0x3000, 0x3000 },
		{ 0xd800, 0xf8ff }, { 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff },
		{ 0x110bd, 0x110bd }, { 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe00ff }, { 0xe01f0, 0x10ffff },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(unprintable); i++) {
		if (code >= unprintable[i].first && code <= unprintable[i].last)
			return false;
	}
	return true;
}
