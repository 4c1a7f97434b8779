#include "pkg/sys/stream/lost_link.h"

#include <stdint.h>
#include <string.h>

#define BLOCK      ((size_t)512)
#define SIZE       124
#define SIZE_BYTES 12
#define TYPE       156
#define LINK       157

static size_t read_number(const char *text, size_t size, unsigned base)
{
	size_t number = 0;
	for (size_t i = 0;
	     i < size && text[i] >= '0' && text[i] < (char)('0' + base) && number < SIZE_MAX / 16;
	     i++)
		number = number * base + (size_t)(text[i] - '0');
	return number;
}

// Records are "LENGTH key=value\n"; the last one of a key counts.
static void find_record(const char *records, size_t size, const char *key, Arena *arena,
			const char **ret)
{
	while (size > 0) {
		const size_t length = read_number(records, size, 10);
		const char *blank = memchr(records, ' ', size);
		if (!blank || length > size || length < (size_t)(blank - records) + 2)
			return;
		const char *start = blank + 1;
		const size_t rest = length - (size_t)(start - records) - 1; // no newline
		if (rest >= strlen(key) && memcmp(start, key, strlen(key)) == 0)
			*ret = arena_strndup(arena, start + strlen(key), rest - strlen(key));
		records += length;
		size -= length;
	}
}

// Headers that say something of the one that follows.
static bool is_extension(char type)
{
	return type != '\0' && strchr("xXgLKVA", type) != NULL;
}

const char *lost_link_find(const char *header, size_t size, Arena *arena, bool *ret_is_hard)
{
	const char *link = NULL;
	while (size >= BLOCK && is_extension(header[TYPE])) {
		const size_t length = read_number(header + SIZE, SIZE_BYTES, 8);
		const size_t left = size - BLOCK;
		if (length > left || (BLOCK - length % BLOCK) % BLOCK > left - length)
			return NULL;
		if (header[TYPE] == 'x' || header[TYPE] == 'X')
			find_record(header + BLOCK, length, "linkpath=", arena, &link);
		const size_t step = BLOCK + length + (BLOCK - length % BLOCK) % BLOCK;
		header += step;
		size -= step;
	}
	if (size < BLOCK || (header[TYPE] != '1' && header[TYPE] != '2') || header[LINK] != '\0')
		return NULL;
	*ret_is_hard = header[TYPE] == '1';
	return link;
}
