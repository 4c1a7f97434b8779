#include "pkg/sys/text/yaml_json.h"

#include "pkg/base/text.h"

#include <string.h>

static bool read_hex4(const char *text, unsigned *ret)
{
	unsigned value = 0;
	for (size_t i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
		if (!digit)
			return false;
		value = value * 16 + (unsigned)(digit - digits) % 16;
	}
	*ret = value;
	return true;
}

const char *json_join_surrogates(Arena *arena, const char *text, size_t *length)
{
	const char *first = text;
	while (first < text + *length && strchr(" \t\r\n", *first))
		first++;
	if (first == text + *length || (*first != '{' && *first != '[') ||
	    !memmem(text, *length, "\\u", 2))
		return text;

	CLEANUP_BUFFER joined = { 0 };
	const char *end = text + *length;
	for (const char *next = text; next < end;) {
		unsigned high = 0;
		unsigned low = 0;
		const bool is_escape = next[0] == '\\' && next + 1 < end;
		if (is_escape && end - next >= 12 && next[1] == 'u' && next[6] == '\\' &&
		    next[7] == 'u' && read_hex4(next + 2, &high) && read_hex4(next + 8, &low) &&
		    high >> 10 == 0xd800 >> 10 && low >> 10 == 0xdc00 >> 10) {
			const unsigned character = 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
			buffer_printf(&joined, "\\U%08x", character);
			next += 12;
			continue;
		}
		const size_t step = is_escape ? 2 : 1;
		buffer_add_bytes(&joined, next, step);
		next += step;
	}
	*length = joined.length;
	return buffer_take(&joined, arena);
}
