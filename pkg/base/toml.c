#include "pkg/base/toml.h"

#include "pkg/base/text.h"
#include "pkg/base/toml_scan.h"
#include "pkg/base/utf8.h"

#include <assert.h>

// How a table or array came to be, which decides what may still be added to it.
typedef enum Origin {
	ORIGIN_IMPLIED, // [a.b] made "a"
	ORIGIN_HEADER,  // [a]
	ORIGIN_DOTTED,  // a.b = 1 made "a"
	ORIGIN_INLINE,  // { } and [ ]: closed
	ORIGIN_TABLES,  // [[a]]
} Origin;

static TomlValue *find_member(const TomlValue *table, const char *key)
{
	for (size_t i = 0; i < table->members.count; i++) {
		if (text_equal(table->members.items[i].key, key))
			return table->members.items[i].value;
	}
	return NULL;
}

const TomlValue *toml_get(const TomlValue *table, const char *key)
{
	assert(table->kind == TOML_TABLE);
	return find_member(table, key);
}

static TomlValue *new_value(TomlScanner *scanner, TomlKind kind, SourcePos where, Origin origin)
{
	TomlValue *value = ARENA_NEW(scanner->arena, TomlValue);
	value->kind = kind;
	value->where = where;
	value->origin = origin;
	return value;
}

static bool add_member(TomlScanner *scanner, TomlValue *table, const char *key, TomlValue *value,
		       Error *error)
{
	if (table->members.count >= TOML_KEYS_MAX) {
		error_set_at(error, value->where, "more than %d keys in one table", TOML_KEYS_MAX);
		error->code = ERROR_LIMIT;
		return false;
	}
	*toml_members_push(scanner->arena, &table->members) = (TomlMember){ key, value };
	return true;
}

static bool refuse_twin(SourcePos where, const char *key, const TomlValue *twin, Error *error)
{
	return error_set_at(error, where, "'%s' is already defined on line %u", key,
			    twin->where.line);
}

static bool check_depth(const TomlScanner *scanner, size_t depth, Error *error)
{
	if (depth < TOML_DEPTH_MAX)
		return true;
	error_set_at(error, toml_place(scanner), "nested more than %d levels deep", TOML_DEPTH_MAX);
	error->code = ERROR_LIMIT;
	return false;
}

// The parts of a dotted key: a."b c".d
static bool scan_path(TomlScanner *scanner, Texts *ret_parts, Error *error)
{
	do {
		toml_skip_blanks(scanner);
		const char *part = NULL;
		if (!check_depth(scanner, ret_parts->count, error))
			return false;
		if (!toml_scan_key(scanner, &part, error))
			return false;
		texts_add(scanner->arena, ret_parts, part);
		toml_skip_blanks(scanner);
	} while (toml_accept(scanner, "."));
	return true;
}

// The table that a dotted key leads to from `table`, made where it is missing.
static bool descend_dotted(TomlScanner *scanner, TomlValue **table, const char *key,
			   SourcePos where, Error *error)
{
	TomlValue *next = find_member(*table, key);
	if (next && (next->kind != TOML_TABLE || next->origin != ORIGIN_DOTTED))
		return refuse_twin(where, key, next, error);
	if (!next) {
		next = new_value(scanner, TOML_TABLE, where, ORIGIN_DOTTED);
		if (!add_member(scanner, *table, key, next, error))
			return false;
	}
	*table = next;
	return true;
}

static bool scan_value(TomlScanner *scanner, TomlValue **ret, Error *error);

// key = value, into `table`.
static bool scan_member(TomlScanner *scanner, TomlValue *table, Error *error)
{
	const SourcePos where = toml_place(scanner);
	Texts parts = { 0 };
	if (!scan_path(scanner, &parts, error))
		return false;
	for (size_t i = 0; i + 1 < parts.count; i++) {
		if (!descend_dotted(scanner, &table, parts.items[i], where, error))
			return false;
	}
	const char *key = parts.items[parts.count - 1];
	const TomlValue *twin = find_member(table, key);
	if (twin)
		return refuse_twin(where, key, twin, error);

	if (!toml_accept(scanner, "="))
		return error_set_at(error, toml_place(scanner), "expected '=' after the key '%s'",
				    key);
	toml_skip_blanks(scanner);
	TomlValue *value = NULL;
	return scan_value(scanner, &value, error) && add_member(scanner, table, key, value, error);
}

static bool scan_array(TomlScanner *scanner, TomlValue *array, Error *error)
{
	scanner->at++;
	for (;;) {
		if (!toml_skip_lines(scanner, error))
			return false;
		if (toml_accept(scanner, "]"))
			return true;
		TomlValue *item = NULL;
		if (!scan_value(scanner, &item, error))
			return false;
		*toml_items_push(scanner->arena, &array->items) = item;

		if (!toml_skip_lines(scanner, error))
			return false;
		if (!toml_accept(scanner, ",") && toml_peek(scanner) != ']')
			return error_set_at(error, toml_place(scanner),
					    "expected ',' or ']' in the array");
	}
}

// Tables made by dotted keys inside an inline table are closed with it.
static void close_table(TomlValue *table)
{
	table->origin = ORIGIN_INLINE;
	for (size_t i = 0; i < table->members.count; i++) {
		TomlValue *value = table->members.items[i].value;
		if (value->kind == TOML_TABLE && value->origin == ORIGIN_DOTTED)
			close_table(value);
	}
}

static bool scan_inline_table(TomlScanner *scanner, TomlValue *table, Error *error)
{
	scanner->at++;
	toml_skip_blanks(scanner);
	if (toml_accept(scanner, "}"))
		return true;
	do {
		toml_skip_blanks(scanner);
		if (!scan_member(scanner, table, error))
			return false;
		toml_skip_blanks(scanner);
	} while (toml_accept(scanner, ","));
	close_table(table);
	return toml_accept(scanner, "}") ||
	       error_set_at(error, toml_place(scanner), "expected ',' or '}' in the inline table");
}

static bool scan_nested(TomlScanner *scanner, TomlValue *value, Error *error)
{
	if (!check_depth(scanner, scanner->depth, error))
		return false;
	scanner->depth++;
	const bool is_done = value->kind == TOML_ARRAY ? scan_array(scanner, value, error)
						       : scan_inline_table(scanner, value, error);
	scanner->depth--;
	return is_done;
}

static bool scan_any(TomlScanner *scanner, TomlValue *value, Error *error)
{
	switch (toml_peek(scanner)) {
	case '[':
		value->kind = TOML_ARRAY;
		return scan_nested(scanner, value, error);
	case '{':
		value->kind = TOML_TABLE;
		return scan_nested(scanner, value, error);
	case '"':
	case '\'':
		return toml_scan_text(scanner, /* may_be_multiline= */ true, &value->text, error);
	default:
		return toml_scan_scalar(scanner, value, error);
	}
}

static bool scan_value(TomlScanner *scanner, TomlValue **ret, Error *error)
{
	TomlValue *value = new_value(scanner, TOML_TEXT, toml_place(scanner), ORIGIN_INLINE);
	value->begin = scanner->at;
	if (!scan_any(scanner, value, error))
		return false;
	value->end = scanner->at;
	*ret = value;
	return true;
}

// --- headers

// One step of the path in a header: into a table, or into the last table of an array of tables.
static bool descend_header(TomlScanner *scanner, TomlValue **table, const char *key,
			   SourcePos where, Error *error)
{
	TomlValue *next = find_member(*table, key);
	if (!next) {
		next = new_value(scanner, TOML_TABLE, where, ORIGIN_IMPLIED);
		if (!add_member(scanner, *table, key, next, error))
			return false;
	}
	if (next->kind == TOML_ARRAY && next->origin == ORIGIN_TABLES)
		next = next->items.items[next->items.count - 1];
	if (next->kind != TOML_TABLE || next->origin == ORIGIN_INLINE)
		return refuse_twin(where, key, next, error);
	*table = next;
	return true;
}

// [key]: a new table, or one that was only implied so far.
static bool open_table(TomlScanner *scanner, TomlValue **table, const char *key, SourcePos where,
		       Error *error)
{
	TomlValue *found = find_member(*table, key);
	if (found && (found->kind != TOML_TABLE || found->origin != ORIGIN_IMPLIED))
		return refuse_twin(where, key, found, error);
	if (!found) {
		found = new_value(scanner, TOML_TABLE, where, ORIGIN_HEADER);
		if (!add_member(scanner, *table, key, found, error))
			return false;
	}
	found->where = where;
	found->origin = ORIGIN_HEADER;
	*table = found;
	return true;
}

// [[key]]: one more table in the array.
static bool open_item(TomlScanner *scanner, TomlValue **table, const char *key, SourcePos where,
		      Error *error)
{
	TomlValue *array = find_member(*table, key);
	if (array && (array->kind != TOML_ARRAY || array->origin != ORIGIN_TABLES))
		return refuse_twin(where, key, array, error);
	if (!array) {
		array = new_value(scanner, TOML_ARRAY, where, ORIGIN_TABLES);
		if (!add_member(scanner, *table, key, array, error))
			return false;
	}
	TomlValue *item = new_value(scanner, TOML_TABLE, where, ORIGIN_HEADER);
	*toml_items_push(scanner->arena, &array->items) = item;
	*table = item;
	return true;
}

// The scanner is at '['. *ret_table becomes the table that the lines below fill.
static bool scan_header(TomlScanner *scanner, TomlValue *root, TomlValue **ret_table, Error *error)
{
	const SourcePos where = toml_place(scanner);
	const bool is_item = toml_accept(scanner, "[[");
	if (!is_item)
		scanner->at++;
	Texts parts = { 0 };
	if (!scan_path(scanner, &parts, error))
		return false;
	if (!toml_accept(scanner, is_item ? "]]" : "]"))
		return error_set_at(error, toml_place(scanner), "expected '%s'",
				    is_item ? "]]" : "]");

	TomlValue *table = root;
	for (size_t i = 0; i + 1 < parts.count; i++) {
		if (!descend_header(scanner, &table, parts.items[i], where, error))
			return false;
	}
	const char *key = parts.items[parts.count - 1];
	const bool is_open = is_item ? open_item(scanner, &table, key, where, error)
				     : open_table(scanner, &table, key, where, error);
	if (is_open)
		*ret_table = table;
	return is_open;
}

static bool scan_document(TomlScanner *scanner, TomlValue *root, Error *error)
{
	TomlValue *table = root;
	toml_accept(scanner, "\xef\xbb\xbf");
	for (;;) {
		if (!toml_skip_lines(scanner, error))
			return false;
		if (scanner->at >= scanner->length)
			return true;
		const bool is_done = toml_peek(scanner) == '['
					     ? scan_header(scanner, root, &table, error)
					     : scan_member(scanner, table, error);
		if (!is_done || !toml_end_line(scanner, error))
			return false;
	}
}

// The place of the byte at `offset`, for faults found before scanning.
static SourcePos place_of(const char *path, const char *text, size_t offset)
{
	SourcePos where = { path, 1, 1 };
	for (size_t i = 0; i < offset; i++) {
		where.column = text[i] == '\n' ? 1 : where.column + 1;
		where.line += text[i] == '\n' ? 1 : 0;
	}
	return where;
}

bool toml_parse(const char *path, const char *text, size_t length, Arena *arena,
		const TomlValue **ret_root, Error *error)
{
	if (length > TOML_BYTES_MAX)
		return error_set(error, ERROR_LIMIT, "%s: larger than %d bytes", path,
				 TOML_BYTES_MAX);
	const char *nul = length > 0 ? memchr(text, '\0', length) : NULL;
	if (nul)
		return error_set_at(error, place_of(path, text, (size_t)(nul - text)),
				    "a NUL character");
	const size_t valid = utf8_check(text, length);
	if (valid < length)
		return error_set_at(error, place_of(path, text, valid), "this is not UTF-8");

	TomlScanner scanner = { .arena = arena, .path = path, .length = length, .line = 1 };
	scanner.text = arena_strndup(arena, text, length);
	TomlValue *root = new_value(&scanner, TOML_TABLE, (SourcePos){ path, 1, 1 }, ORIGIN_HEADER);
	if (!scan_document(&scanner, root, error))
		return false;
	*ret_root = root;
	return true;
}
