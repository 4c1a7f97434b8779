#include "pkg/sys/text/json_read.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"
#include "pkg/base/utf8.h"

#include <json-c/json.h>
#include <limits.h>
#include <string.h>

// json-c counts in int, and a character of two bytes becomes six.
#define LENGTH_MAX (INT_MAX / 3)

static void tokener_cleanup(struct json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

static void object_cleanup(struct json_object **object)
{
	json_object_put(*object);
}

// What one conversion needs all the way down.
typedef struct Reading {
	Arena *arena;
	size_t members; // made so far, of all objects
	Error *error;
} Reading;

static JsonNode *convert(Reading *reading, struct json_object *object);

static const char *text_of(Reading *reading, const char *text, size_t length)
{
	if (memchr(text, '\0', length)) {
		error_set(reading->error, ERROR_INVALID, "a text holds a NUL character");
		return NULL;
	}
	return arena_strndup(reading->arena, text, length);
}

static bool convert_array(Reading *reading, struct json_object *object, JsonNode *node)
{
	const size_t count = json_object_array_length(object);
	node->items = arena_array(reading->arena, count, sizeof(JsonNode *));
	for (size_t i = 0; i < count; i++) {
		node->items[i] = convert(reading, json_object_array_get_idx(object, i));
		if (!node->items[i])
			return false;
	}
	node->item_count = count;
	return true;
}

static bool convert_object(Reading *reading, struct json_object *object, JsonNode *node)
{
	const size_t count = (size_t)json_object_object_length(object);
	node->items = arena_array(reading->arena, count, sizeof(JsonNode *));
	for (const struct lh_entry *entry = json_object_get_object(object)->head; entry;
	     entry = entry->next) {
		JsonNode *member = convert(reading, lh_entry_v(entry));
		if (!member)
			return false;
		const char *key = lh_entry_k(entry);
		member->key = text_of(reading, key, strlen(key));
		node->items[node->item_count++] = member;
	}
	reading->members += count;
	return true;
}

static bool convert_number(Reading *reading, struct json_object *object, JsonNode *node)
{
	CLEANUP_ERROR too_large = { 0 };
	node->text = arena_strdup(reading->arena, json_object_get_string(object));
	// The library takes NaN and Infinity.
	if (!text_has_only(node->text, "0123456789+-.eE"))
		return error_set(reading->error, ERROR_INVALID, "'%s' is no JSON number",
				 node->text);
	node->is_integer =
		json_object_is_type(object, json_type_int) &&
		number_parse_i64(node->text, "", INT64_MIN, INT64_MAX, &node->number, &too_large);
	return true;
}

static JsonNode *convert(Reading *reading, struct json_object *object)
{
	JsonNode *node = ARENA_NEW(reading->arena, JsonNode);
	bool is_done = true;
	switch (json_object_get_type(object)) {
	case json_type_null:
		node->kind = JSON_NODE_NULL;
		break;
	case json_type_boolean:
		node->kind = JSON_NODE_BOOLEAN;
		node->boolean = json_object_get_boolean(object);
		break;
	case json_type_double:
	case json_type_int:
		node->kind = JSON_NODE_NUMBER;
		is_done = convert_number(reading, object, node);
		break;
	case json_type_string:
		node->kind = JSON_NODE_TEXT;
		node->text = text_of(reading, json_object_get_string(object),
				     (size_t)json_object_get_string_len(object));
		is_done = node->text;
		break;
	case json_type_array:
		node->kind = JSON_NODE_ARRAY;
		is_done = convert_array(reading, object, node);
		break;
	case json_type_object:
		node->kind = JSON_NODE_OBJECT;
		is_done = convert_object(reading, object, node);
		break;
	}
	return is_done ? node : NULL;
}

// Members as they are written: one colon outside of texts for each. The library keeps only the last of equal keys, so a
// difference to what it made is a duplicate. It also takes 'keys' in single quotes, which we do not.
static bool count_written_members(const char *bytes, size_t length, size_t *ret, Error *error)
{
	size_t members = 0;
	bool is_in_text = false;
	for (size_t i = 0; i < length; i++) {
		if (is_in_text && bytes[i] == '\\')
			i++;
		else if (bytes[i] == '"')
			is_in_text = !is_in_text;
		else if (bytes[i] == '\'' && !is_in_text)
			return error_set(error, ERROR_INVALID, "no JSON at byte %zu: single quote",
					 i);
		else if (bytes[i] == ':' && !is_in_text)
			members++;
	}
	*ret = members;
	return true;
}

static bool has_only_blanks(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!strchr(" \t\r\n", bytes[i]) || bytes[i] == '\0')
			return false;
	}
	return true;
}

static bool tokenize(const char *bytes, size_t length, struct json_object **ret, Error *error)
{
	CLEANUP(tokener_cleanup)
	struct json_tokener *tokener = json_tokener_new_ex(JSON_READ_DEPTH_MAX);
	if (!tokener)
		memory_exhausted();
	// Not "strict": that refuses blanks behind the value, too, when the length is given.
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
	*ret = json_tokener_parse_ex(tokener, bytes, (int)length);
	const enum json_tokener_error status = json_tokener_get_error(tokener);
	const size_t end = json_tokener_get_parse_end(tokener);
	if (status == json_tokener_error_depth)
		return error_set(error, ERROR_LIMIT, "nested deeper than %d levels",
				 JSON_READ_DEPTH_MAX);
	if (status == json_tokener_continue)
		return error_set(error, ERROR_INVALID, "the JSON text is cut off");
	if (status != json_tokener_success)
		return error_set(error, ERROR_INVALID, "no JSON at byte %zu: %s", end,
				 json_tokener_error_desc(status));
	if (!has_only_blanks(bytes + end, length - end))
		return error_set(error, ERROR_INVALID, "no JSON at byte %zu: more behind the value",
				 end);
	return true;
}

static void add_escaped(const char *sequence, size_t length, Buffer *text)
{
	uint32_t code = (unsigned char)sequence[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++)
		code = code << 6 | ((unsigned char)sequence[i] & 0x3fu);
	if (code > 0xffff) { // as a pair of surrogates
		buffer_printf(text, "\\u%04x", 0xd800 + ((code - 0x10000) >> 10));
		code = 0xdc00 + ((code - 0x10000) & 0x3ff);
	}
	buffer_printf(text, "\\u%04x", code);
}

static bool is_after_open_escape(const char *text, size_t index)
{
	size_t backslashes = 0;
	while (backslashes < index && text[index - 1 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 == 1;
}

// The same JSON in ASCII: json-c 0.18, when it is to be strict, takes every other character for a control character.
static bool escape_others(const char *text, size_t length, Arena *arena, const char **ret,
			  Error *error)
{
	CLEANUP_BUFFER ascii = { 0 };
	for (size_t i = 0; i < length;) {
		const size_t bytes = utf8_length(text + i, length - i);
		if (bytes == 0 || (bytes > 1 && is_after_open_escape(text, i)))
			return error_set(error, ERROR_INVALID, "no JSON at byte %zu: %s", i,
					 bytes == 0 ? "invalid utf-8 string"
						    : "invalid string sequence");
		if (bytes == 1)
			buffer_add_char(&ascii, text[i]);
		else
			add_escaped(text + i, bytes, &ascii);
		i += bytes;
	}
	*ret = buffer_take(&ascii, arena);
	return true;
}

static bool is_ascii(const char *text)
{
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c > 0x7f)
			return false;
	}
	return true;
}

bool json_read_parse(const char *bytes, size_t length, Arena *arena, const JsonNode **ret,
		     Error *error)
{
	if (length >= LENGTH_MAX)
		return error_set(error, ERROR_LIMIT, "larger than %d bytes", LENGTH_MAX);
	// The number "1" ends only with what follows it: a blank.
	const char *text = arena_printf(arena, "%.*s ", (int)length, bytes);
	if (strlen(text) != length + 1)
		return error_set(error, ERROR_INVALID, "no JSON: it holds a NUL byte");

	size_t written = 0;
	CLEANUP(object_cleanup) struct json_object *object = NULL;
	if (!count_written_members(text, length, &written, error) ||
	    (!is_ascii(text) && !escape_others(text, length + 1, arena, &text, error)) ||
	    !tokenize(text, strlen(text), &object, error))
		return false;
	Reading reading = { .arena = arena, .error = error };
	const JsonNode *node = convert(&reading, object);
	if (!node)
		return false;
	if (reading.members != written)
		return error_set(error, ERROR_INVALID, "a key is given twice");
	*ret = node;
	return true;
}

const JsonNode *json_read_get(const JsonNode *node, const char *key)
{
	if (!node || node->kind != JSON_NODE_OBJECT)
		return NULL;
	for (size_t i = 0; i < node->item_count; i++) {
		const JsonNode *member = node->items[i];
		if (text_equal(member->key, key))
			return member->kind == JSON_NODE_NULL ? NULL : member;
	}
	return NULL;
}

const char *json_read_text(const JsonNode *node, const char *key, const char *otherwise)
{
	const JsonNode *member = json_read_get(node, key);
	return member && member->kind == JSON_NODE_TEXT ? member->text : otherwise;
}

int64_t json_read_number(const JsonNode *node, const char *key, int64_t otherwise)
{
	const JsonNode *member = json_read_get(node, key);
	return member && member->is_integer ? member->number : otherwise;
}

bool json_read_boolean(const JsonNode *node, const char *key, bool otherwise)
{
	const JsonNode *member = json_read_get(node, key);
	return member && member->kind == JSON_NODE_BOOLEAN ? member->boolean : otherwise;
}

size_t json_read_count(const JsonNode *node)
{
	return node ? node->item_count : 0;
}

bool json_read_texts(const JsonNode *node, const char *key, Arena *arena, Texts *ret, Error *error)
{
	const JsonNode *list = json_read_get(node, key);
	if (!list)
		return true;
	if (list->kind != JSON_NODE_ARRAY)
		return error_set(error, ERROR_INVALID, "%s: %s, not an array", key,
				 json_node_kind_to_text(list->kind));
	for (size_t i = 0; i < list->item_count; i++) {
		if (list->items[i]->kind != JSON_NODE_TEXT)
			return error_set(error, ERROR_INVALID, "%s[%zu]: %s, not a text", key, i,
					 json_node_kind_to_text(list->items[i]->kind));
		texts_add(arena, ret, list->items[i]->text);
	}
	return true;
}

const char *json_node_kind_to_text(JsonNodeKind kind)
{
	static const char *const words[] = {
		[JSON_NODE_NULL] = "null",     [JSON_NODE_BOOLEAN] = "boolean",
		[JSON_NODE_NUMBER] = "number", [JSON_NODE_TEXT] = "text",
		[JSON_NODE_ARRAY] = "array",   [JSON_NODE_OBJECT] = "object",
	};
	return words[kind];
}
