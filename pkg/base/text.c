#include "pkg/base/text.h"

#include "pkg/base/utf8.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool text_equal(const char *left, const char *right)
{
	return strcmp(left, right) == 0;
}

bool text_equal_or_null(const char *left, const char *right)
{
	if (!left || !right)
		return left == right;
	return strcmp(left, right) == 0;
}

bool text_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix)
{
	const size_t length = strlen(text);
	const size_t tail = strlen(suffix);
	return length >= tail && memcmp(text + length - tail, suffix, tail) == 0;
}

bool text_is_empty(const char *text)
{
	return !text || text[0] == '\0';
}

bool span_equal_any_case(Span span, const char *text)
{
	size_t i = 0;
	while (i < span.len && text[i] &&
	       tolower((unsigned char)span.ptr[i]) == tolower((unsigned char)text[i]))
		i++;
	return i == span.len && !text[i];
}

Span span_of(const char *text)
{
	return (Span){ text, strlen(text) };
}

bool span_equal(Span span, const char *text)
{
	return span.len == strlen(text) && memcmp(span.ptr, text, span.len) == 0;
}

bool text_has_only(const char *text, const char *allowed)
{
	return text[strspn(text, allowed)] == '\0';
}

#define NEAREST_LENGTH_MAX 64

static size_t smallest(size_t a, size_t b, size_t c)
{
	const size_t ab = a < b ? a : b;
	return ab < c ? ab : c;
}

// Edits (insert, delete, replace) that turn one text into the other. Longer texts than NEAREST_LENGTH_MAX: SIZE_MAX.
static size_t edit_distance(const char *left, const char *right)
{
	const size_t rows = strlen(left);
	const size_t columns = strlen(right);
	if (rows > NEAREST_LENGTH_MAX || columns > NEAREST_LENGTH_MAX)
		return SIZE_MAX;

	size_t row[NEAREST_LENGTH_MAX + 1];
	for (size_t j = 0; j <= columns; j++)
		row[j] = j;
	for (size_t i = 1; i <= rows; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= columns; j++) {
			const size_t above = row[j];
			const size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
			row[j] = smallest(replaced, above + 1, row[j - 1] + 1);
			diagonal = above;
		}
	}
	return row[columns];
}

const char *text_nearest(const char *text, const char *const *candidates)
{
	// A third of the word may be wrong; more is a different word.
	size_t best_distance = strlen(text) / 3 + 1;
	const char *best = NULL;
	for (size_t i = 0; candidates[i]; i++) {
		const size_t distance = edit_distance(text, candidates[i]);
		if (distance <= best_distance && (!best || distance < best_distance)) {
			best_distance = distance;
			best = candidates[i];
		}
	}
	return best;
}

static void reserve(Buffer *buffer, size_t more)
{
	if (more > SIZE_MAX / 2 - buffer->length)
		memory_exhausted();
	const size_t needed = buffer->length + more + 1;
	if (needed <= buffer->capacity)
		return;

	const size_t doubled = buffer->capacity * 2;
	buffer->capacity = needed > doubled ? needed : doubled;
	buffer->data = memory_resize(buffer->data, buffer->capacity);
}

void buffer_add_bytes(Buffer *buffer, const void *bytes, size_t length)
{
	reserve(buffer, length);
	if (length > 0)
		memcpy(buffer->data + buffer->length, bytes, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void buffer_add(Buffer *buffer, const char *text)
{
	buffer_add_bytes(buffer, text, strlen(text));
}

void buffer_add_char(Buffer *buffer, char character)
{
	buffer_add_bytes(buffer, &character, 1);
}

void buffer_vprintf(Buffer *buffer, const char *format, va_list arguments)
{
	va_list again;
	va_copy(again, arguments);
	const int length = vsnprintf(NULL, 0, format, arguments);
	if (length < 0)
		memory_exhausted();

	reserve(buffer, (size_t)length);
	vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
	buffer->length += (size_t)length;
	va_end(again);
}

void buffer_printf(Buffer *buffer, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	buffer_vprintf(buffer, format, arguments);
	va_end(arguments);
}

// The escape of a character that has a letter for it, or 0.
static char escape_letter(char character)
{
	static const char characters[] = "\"\\\a\b\f\n\r\t\v";
	static const char letters[] = "\"\\abfnrtv";
	const char *found = character ? strchr(characters, character) : NULL;
	return found ? letters[found - characters] : '\0';
}

// A character that is printed as it stands, or its escape. Returns its bytes.
static size_t add_quoted_character(Buffer *buffer, const char *text, size_t left)
{
	const char letter = escape_letter(*text);
	const size_t length = utf8_length(text, left);
	const uint32_t code = length > 0 ? utf8_decode(text, length) : 0;
	if (letter)
		buffer_printf(buffer, "\\%c", letter);
	else if (length > 0 && utf8_is_printable(code))
		buffer_add_bytes(buffer, text, length);
	else if (length < 2)
		buffer_printf(buffer, "\\x%02x", (unsigned char)*text);
	else
		buffer_printf(buffer, code < 0x10000 ? "\\u%04" PRIx32 : "\\U%08" PRIx32, code);
	return length > 0 ? length : 1;
}

void buffer_add_quoted(Buffer *buffer, const char *text)
{
	buffer_add_char(buffer, '"');
	for (size_t left = strlen(text); left > 0;) {
		const size_t length = add_quoted_character(buffer, text, left);
		text += length;
		left -= length;
	}
	buffer_add_char(buffer, '"');
}

const char *text_quoted(const char *text, Arena *arena)
{
	CLEANUP_BUFFER buffer = { 0 };
	buffer_add_quoted(&buffer, text);
	return buffer_take(&buffer, arena);
}

// A C1 control (U+0080..U+009F) is valid UTF-8, and some terminals act on it.
static bool is_control(const unsigned char *bytes)
{
	return bytes[0] == 0xc2 && bytes[1] < 0xa0;
}

void buffer_add_printable(Buffer *buffer, const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	for (size_t i = 0; i < length;) {
		if (bytes[i] >= 0x20 && bytes[i] < 0x7f) {
			buffer_add_char(buffer, text[i++]);
			continue;
		}
		const size_t sequence = utf8_length(text + i, length - i);
		const size_t shown = sequence > 1 && !is_control(bytes + i) ? sequence : 0;
		if (shown == 0)
			buffer_printf(buffer, "\\x%02x", bytes[i]);
		else
			buffer_add_bytes(buffer, text + i, shown);
		i += shown > 0 ? shown : 1;
	}
}

const char *buffer_text(const Buffer *buffer)
{
	return buffer->data ? buffer->data : "";
}

char *buffer_take(Buffer *buffer, Arena *arena)
{
	char *text = arena_strndup(arena, buffer_text(buffer), buffer->length);
	buffer_clear(buffer);
	return text;
}

void buffer_clear(Buffer *buffer)
{
	free(buffer->data);
	*buffer = (Buffer){ 0 };
}
