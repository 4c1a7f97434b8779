#include "store/state/record.h"

#include "pkg/base/number.h"
#include "pkg/sys/file.h"

#include <assert.h>
#include <stdint.h>

static bool is_key_byte(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' || byte == '/' ||
	       byte == '-';
}

static bool is_key(const char *key, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!is_key_byte(key[i]))
			return false;
	}
	return length > 0;
}

bool record_is_key(const char *key)
{
	return is_key(key, strlen(key));
}

// The byte that a backslash and `letter` stand for; 0 for an escape that we do not write.
static char unescape(char letter)
{
	switch (letter) {
	case '\\':
		return '\\';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	default:
		return 0;
	}
}

// The value of a line, unescaped; NULL for an unknown escape.
static const char *parse_value(Span text, Arena *arena)
{
	char *value = arena_alloc(arena, text.len + 1);
	size_t length = 0;
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];
		if (byte == '\\') {
			byte = ++i < text.len ? unescape(text.ptr[i]) : '\0';
			if (byte == '\0')
				return NULL;
		}
		value[length++] = byte;
	}
	return value;
}

static bool parse_line(Span line, Arena *arena, Pairs *record, Error *error)
{
	if (line.len == 0 || line.ptr[0] == '#')
		return true;
	const char *equals = memchr(line.ptr, '=', line.len);
	if (!equals)
		return error_set(error, ERROR_INVALID, "there is no '='");
	const size_t key_length = (size_t)(equals - line.ptr);
	if (!is_key(line.ptr, key_length))
		return error_set(error, ERROR_INVALID, "the key has characters that no key has");

	const Span rest = { equals + 1, line.len - key_length - 1 };
	const char *value = parse_value(rest, arena);
	if (!value)
		return error_set(error, ERROR_INVALID, "the value has an unknown escape");
	*pairs_push(arena, record) = (Pair){ arena_strndup(arena, line.ptr, key_length), value };
	return true;
}

// Sorted, equal keys stand side by side: a record may have tens of thousands.
static bool check_unique(const Pairs *record, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts keys = { 0 };
	for (size_t i = 0; i < record->count; i++)
		texts_add(scratch, &keys, record->items[i].key);
	texts_sort(&keys);
	for (size_t i = 1; i < keys.count; i++) {
		if (text_equal(keys.items[i - 1], keys.items[i]))
			return error_set(error, ERROR_INVALID, "the key '%s' comes twice",
					 keys.items[i]);
	}
	return true;
}

bool record_parse(const char *text, size_t length, Arena *arena, Pairs *ret_record, Error *error)
{
	if (memchr(text, '\0', length))
		return error_set(error, ERROR_INVALID, "there is a NUL byte in it");

	Pairs record = { 0 };
	unsigned number = 1;
	for (size_t start = 0; start < length; number++) {
		const char *end = memchr(text + start, '\n', length - start);
		const size_t line_length = end ? (size_t)(end - text) - start : length - start;
		if (!parse_line((Span){ text + start, line_length }, arena, &record, error))
			return error_wrap(error, "line %u", number);
		start += line_length + 1;
	}
	if (!check_unique(&record, error))
		return false;
	*ret_record = record;
	return true;
}

static void print_value(const char *value, Buffer *buffer)
{
	for (const char *rest = value; *rest;) {
		const size_t plain = strcspn(rest, "\\\n\r");
		buffer_add_bytes(buffer, rest, plain);
		rest += plain;
		if (*rest == '\0')
			break;
		buffer_add(buffer, *rest == '\\' ? "\\\\" : *rest == '\n' ? "\\n" : "\\r");
		rest++;
	}
}

void record_print(const Pairs *record, Buffer *buffer)
{
	for (size_t i = 0; i < record->count; i++) {
		const Pair *pair = &record->items[i];
		assert(record_is_key(pair->key));
		buffer_add(buffer, pair->key);
		buffer_add_char(buffer, '=');
		print_value(pair->value, buffer);
		buffer_add_char(buffer, '\n');
	}
}

bool record_load(int directory, const char *name, Arena *arena, Pairs *ret_record, Error *error)
{
	const char *text = NULL;
	size_t length = 0;
	if (!file_read(directory, name, RECORD_BYTES_MAX, arena, &text, &length, error))
		return error_wrap(error, "read the record of '%s'", name);
	if (!record_parse(text, length, arena, ret_record, error))
		return error_wrap(error, "understand the record of '%s'", name);
	return true;
}

bool record_save(int directory, const char *name, const Pairs *record, mode_t mode, Error *error)
{
	CLEANUP_BUFFER buffer = { 0 };
	record_print(record, &buffer);
	if (buffer.length > RECORD_BYTES_MAX)
		return error_set(error, ERROR_LIMIT, "the record of '%s' is larger than %u bytes",
				 name, RECORD_BYTES_MAX);
	return file_replace(directory, name, buffer_text(&buffer), buffer.length, mode, error);
}

bool record_update(const Lock *lock, int directory, const char *name, const Pairs *changes,
		   Error *error)
{
	assert(lock->fd >= 0 && lock->is_exclusive);

	CLEANUP_ARENA scratch = arena_new();
	Pairs record = { 0 };
	if (!record_load(directory, name, scratch, &record, error))
		return false;
	for (size_t i = 0; i < changes->count; i++) {
		const Pair *change = &changes->items[i];
		if (change->value)
			pairs_set(scratch, &record, change->key, change->value);
		else
			pairs_remove(&record, change->key);
	}
	return record_save(directory, name, &record, 0600, error);
}

bool record_get_bool(const Pairs *record, const char *key, bool fallback, bool *ret, Error *error)
{
	const char *value = pairs_get(record, key);
	if (value && !text_equal(value, "yes") && !text_equal(value, "no"))
		return error_set(error, ERROR_INVALID, "%s: '%s' is neither yes nor no", key,
				 value);
	*ret = value ? text_equal(value, "yes") : fallback;
	return true;
}

bool record_get_u64(const Pairs *record, const char *key, uint64_t fallback, uint64_t *ret,
		    Error *error)
{
	const char *value = pairs_get(record, key);
	if (value)
		return number_parse_u64(value, key, UINT64_MAX, ret, error);
	*ret = fallback;
	return true;
}

void record_set_bool(Arena *arena, Pairs *record, const char *key, bool value)
{
	pairs_set(arena, record, key, value ? "yes" : "no");
}

void record_set_u64(Arena *arena, Pairs *record, const char *key, uint64_t value)
{
	pairs_set(arena, record, key, arena_printf(arena, "%llu", (unsigned long long)value));
}

Pairs record_get_map(const Pairs *record, const char *prefix, Arena *arena)
{
	Pairs found = { 0 };
	for (size_t i = 0; i < record->count; i++) {
		const Pair *pair = &record->items[i];
		if (text_starts_with(pair->key, prefix))
			*pairs_push(arena, &found) =
				(Pair){ pair->key + strlen(prefix), pair->value };
	}
	return found;
}

void record_add_map(Arena *arena, Pairs *record, const char *prefix, const Pairs *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const Pair *pair = &map->items[i];
		*pairs_push(arena, record) =
			(Pair){ arena_printf(arena, "%s%s", prefix, pair->key), pair->value };
	}
}
