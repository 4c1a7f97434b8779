#include "pkg/sys/header_tape.h"

#include <string.h>

#define BLOCK      ((size_t)512)
#define SIZE       124
#define SIZE_BYTES 12
#define TYPE       156
#define LINK       157

void header_tape_start(HeaderTape *tape, uint64_t begin)
{
	tape->is_running = true;
	tape->begin = begin;
	tape->carried.length = 0;
}

void header_tape_stop(HeaderTape *tape)
{
	tape->is_running = false;
}

// What of the last block belongs to the header, up to `end`.
static const char *find_part(const HeaderTape *self, uint64_t end, size_t *ret_length)
{
	const uint64_t block_begin = self->seen - self->length;
	const uint64_t begin = self->begin > block_begin ? self->begin : block_begin;
	*ret_length = end > begin ? (size_t)(end - begin) : 0;
	return *ret_length > 0 ? self->block + (begin - block_begin) : NULL;
}

void header_tape_turn(HeaderTape *tape)
{
	size_t length = 0;
	const char *part = find_part(tape, tape->seen, &length);
	if (tape->is_running && length > 0)
		buffer_add_bytes(&tape->carried, part, length);
	tape->length = 0;
}

void header_tape_add(HeaderTape *tape, const void *block, size_t length)
{
	tape->block = block;
	tape->length = length;
	tape->seen += length;
}

void header_tape_skip(HeaderTape *tape, uint64_t count)
{
	tape->length = 0;
	tape->seen += count;
}

void header_tape_clear(HeaderTape *tape)
{
	buffer_clear(&tape->carried);
}

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

static const char *find_link(const char *bytes, size_t size, Arena *arena, bool *ret_is_hard)
{
	const char *link = NULL;
	while (size >= BLOCK && is_extension(bytes[TYPE])) {
		const size_t length = read_number(bytes + SIZE, SIZE_BYTES, 8);
		const size_t left = size - BLOCK;
		if (length > left || (BLOCK - length % BLOCK) % BLOCK > left - length)
			return NULL;
		if (bytes[TYPE] == 'x' || bytes[TYPE] == 'X')
			find_record(bytes + BLOCK, length, "linkpath=", arena, &link);
		const size_t step = BLOCK + length + (BLOCK - length % BLOCK) % BLOCK;
		bytes += step;
		size -= step;
	}
	if (size < BLOCK || (bytes[TYPE] != '1' && bytes[TYPE] != '2') || bytes[LINK] != '\0')
		return NULL;
	*ret_is_hard = bytes[TYPE] == '1';
	return link;
}

const char *header_tape_find_link(const HeaderTape *tape, uint64_t end, Arena *arena,
				  bool *ret_is_hard)
{
	CLEANUP_BUFFER whole = { 0 };
	size_t length = 0;
	const char *part = find_part(tape, end < tape->seen ? end : tape->seen, &length);
	buffer_add_bytes(&whole, tape->carried.data, tape->carried.length);
	buffer_add_bytes(&whole, part, length);
	return find_link(whole.data, whole.length, arena, ret_is_hard);
}
