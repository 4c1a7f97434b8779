#include "pkg/base/base64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(Buffer *buffer, const void *bytes, size_t length)
{
	const uint8_t *input = bytes;
	for (size_t i = 0; i < length; i += 3) {
		const size_t left = length - i;
		const uint32_t group = (uint32_t)input[i] << 16 |
				       (left > 1 ? (uint32_t)input[i + 1] << 8 : 0) |
				       (left > 2 ? input[i + 2] : 0);
		const char quad[4] = {
			alphabet[group >> 18],
			alphabet[group >> 12 & 63],
			left > 1 ? alphabet[group >> 6 & 63] : '=',
			left > 2 ? alphabet[group & 63] : '=',
		};
		buffer_add_bytes(buffer, quad, sizeof(quad));
	}
}

// 0..63, or -1 for a byte outside the alphabet.
static int digit_value(char digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return digit - 'A';
	if (digit >= 'a' && digit <= 'z')
		return digit - 'a' + 26;
	if (digit >= '0' && digit <= '9')
		return digit - '0' + 52;
	if (digit == '+')
		return 62;
	return digit == '/' ? 63 : -1;
}

// The next byte that is no line break. False at the end.
static bool next_byte(const char *text, size_t length, size_t *position, char *ret)
{
	while (*position < length && (text[*position] == '\n' || text[*position] == '\r'))
		(*position)++;
	if (*position == length)
		return false;
	*ret = text[(*position)++];
	return true;
}

static bool refuse(size_t position, Error *error)
{
	return error_set(error, ERROR_INVALID, "illegal base64 data at input byte %zu", position);
}

// What follows the first '=' of a group: a second one when only two digits came before, and then nothing.
static bool check_padding(const char *text, size_t length, size_t position, size_t digits,
			  Error *error)
{
	char byte = 0;
	if (digits < 2)
		return refuse(position - 1, error);
	if (digits == 2) {
		if (!next_byte(text, length, &position, &byte))
			return refuse(length, error);
		if (byte != '=') // Go blames the byte before
			return refuse(position - 2, error);
	}
	if (next_byte(text, length, &position, &byte))
		return refuse(position - 1, error);
	return true;
}

static void add_group(Buffer *buffer, uint32_t group, size_t digits)
{
	const uint32_t aligned = group << (6 * (4 - digits));
	const uint8_t bytes[3] = { (uint8_t)(aligned >> 16), (uint8_t)(aligned >> 8),
				   (uint8_t)aligned };
	buffer_add_bytes(buffer, bytes, digits - 1);
}

bool base64_decode(Buffer *buffer, const char *text, size_t length, Error *error)
{
	size_t position = 0;
	uint32_t group = 0;
	size_t digits = 0;
	for (char byte = 0; next_byte(text, length, &position, &byte);) {
		if (byte == '=') {
			if (!check_padding(text, length, position, digits, error))
				return false;
			add_group(buffer, group, digits);
			return true;
		}
		const int value = digit_value(byte);
		if (value < 0)
			return refuse(position - 1, error);
		group = group << 6 | (uint32_t)value;
		if (++digits == 4) {
			add_group(buffer, group, digits);
			group = 0;
			digits = 0;
		}
	}
	// Go counts an incomplete group from its start.
	return digits == 0 ? true : refuse(position - digits, error);
}
