#include "pkg/base/json.h"

#include "pkg/base/number.h"
#include "pkg/base/utf8.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>

JsonWriter json_writer(Buffer *buffer, bool is_pretty)
{
	return (JsonWriter){ .buffer = buffer, .is_pretty = is_pretty };
}

static uint64_t level_bit(const JsonWriter *json)
{
	return 1ull << (json->depth - 1);
}

static bool in_object(const JsonWriter *json)
{
	return json->depth > 0 && (json->is_object & level_bit(json)) != 0;
}

static void add_line(JsonWriter *json)
{
	if (!json->is_pretty)
		return;
	buffer_add_char(json->buffer, '\n');
	for (unsigned i = 0; i < json->depth; i++)
		buffer_add(json->buffer, "  ");
}

// The comma and the line before an item or key of the current level.
static void separate(JsonWriter *json)
{
	if (json->depth == 0)
		return;
	if (json->has_items & level_bit(json))
		buffer_add_char(json->buffer, ',');
	json->has_items |= level_bit(json);
	add_line(json);
}

static void before_value(JsonWriter *json)
{
	assert(json->has_key == in_object(json));
	if (!json->has_key)
		separate(json);
	json->has_key = false;
}

static void begin(JsonWriter *json, bool is_object)
{
	before_value(json);
	assert(json->depth < JSON_DEPTH_MAX);
	buffer_add_char(json->buffer, is_object ? '{' : '[');
	json->depth++;
	json->is_object &= ~level_bit(json);
	json->has_items &= ~level_bit(json);
	if (is_object)
		json->is_object |= level_bit(json);
}

static void end(JsonWriter *json, bool is_object)
{
	assert(json->depth > 0 && in_object(json) == is_object && !json->has_key);
	const bool has_items = (json->has_items & level_bit(json)) != 0;
	json->depth--;
	if (has_items)
		add_line(json);
	buffer_add_char(json->buffer, is_object ? '}' : ']');
}

void json_begin_object(JsonWriter *json)
{
	begin(json, /* is_object= */ true);
}

void json_end_object(JsonWriter *json)
{
	end(json, /* is_object= */ true);
}

void json_begin_array(JsonWriter *json)
{
	begin(json, /* is_object= */ false);
}

void json_end_array(JsonWriter *json)
{
	end(json, /* is_object= */ false);
}

// Control characters, on some of which terminals act; and, as JSON is read as YAML, what is a line break there or may not
// stand in a text.
static bool must_be_escaped(uint32_t code)
{
	return (code >= 0x80 && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
	       code == 0xfeff || code == 0xfffe || code == 0xffff;
}

// One character of `left` bytes as JSON; returns how many bytes it took.
static size_t add_escaped(Buffer *buffer, const char *text, size_t left)
{
	static const char escaped[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";

	const char *special = text[0] ? strchr(escaped, text[0]) : NULL;
	if (special) {
		buffer_printf(buffer, "\\%c", letters[special - escaped]);
		return 1;
	}
	if ((unsigned char)text[0] < 0x20 || text[0] == 0x7f) {
		buffer_printf(buffer, "\\u%04x", (unsigned)text[0]);
		return 1;
	}
	const size_t length = utf8_length(text, left);
	if (length == 0) {
		buffer_add(buffer, "\xef\xbf\xbd");
		return 1;
	}
	const uint32_t code = utf8_decode(text, length);
	if (must_be_escaped(code))
		buffer_printf(buffer, "\\u%04x", (unsigned)code);
	else
		buffer_add_bytes(buffer, text, length);
	return length;
}

static void add_quoted(Buffer *buffer, Span text)
{
	buffer_add_char(buffer, '"');
	for (size_t i = 0; i < text.len;)
		i += add_escaped(buffer, text.ptr + i, text.len - i);
	buffer_add_char(buffer, '"');
}

void json_add_key(JsonWriter *json, const char *key)
{
	assert(in_object(json) && !json->has_key);
	separate(json);
	add_quoted(json->buffer, span_of(key));
	buffer_add(json->buffer, json->is_pretty ? ": " : ":");
	json->has_key = true;
}

void json_add_raw(JsonWriter *json, const char *value)
{
	before_value(json);
	buffer_add(json->buffer, value);
}

void json_add_text(JsonWriter *json, const char *text)
{
	if (!text) {
		json_add_null(json);
		return;
	}
	json_add_span(json, span_of(text));
}

void json_add_span(JsonWriter *json, Span text)
{
	before_value(json);
	add_quoted(json->buffer, text);
}

void json_add_i64(JsonWriter *json, int64_t number)
{
	before_value(json);
	buffer_printf(json->buffer, "%" PRId64, number);
}

void json_add_u64(JsonWriter *json, uint64_t number)
{
	before_value(json);
	buffer_printf(json->buffer, "%" PRIu64, number);
}

void json_add_double(JsonWriter *json, double number)
{
	if (!isfinite(number)) {
		json_add_null(json);
		return;
	}
	before_value(json);
	// 15 digits are enough for what people write; 17 for every double.
	CLEANUP_BUFFER text = { 0 };
	buffer_printf(&text, "%.15g", number);
	double again = 0;
	CLEANUP_ERROR ignored = { 0 };
	if (!number_parse_double(text.data, "", -DBL_MAX, DBL_MAX, &again, &ignored) ||
	    again < number || again > number) {
		buffer_clear(&text);
		buffer_printf(&text, "%.17g", number);
	}
	buffer_add(json->buffer, text.data);
}

void json_add_bool(JsonWriter *json, bool value)
{
	json_add_raw(json, value ? "true" : "false");
}

void json_add_null(JsonWriter *json)
{
	json_add_raw(json, "null");
}

void json_add_texts(JsonWriter *json, const Texts *texts)
{
	json_begin_array(json);
	for (size_t i = 0; i < texts->count; i++)
		json_add_text(json, texts->items[i]);
	json_end_array(json);
}

void json_add_text_member(JsonWriter *json, const char *key, const char *text)
{
	json_add_key(json, key);
	json_add_text(json, text);
}

void json_add_i64_member(JsonWriter *json, const char *key, int64_t number)
{
	json_add_key(json, key);
	json_add_i64(json, number);
}

void json_add_u64_member(JsonWriter *json, const char *key, uint64_t number)
{
	json_add_key(json, key);
	json_add_u64(json, number);
}

void json_add_bool_member(JsonWriter *json, const char *key, bool value)
{
	json_add_key(json, key);
	json_add_bool(json, value);
}

void json_add_texts_member(JsonWriter *json, const char *key, const Texts *texts)
{
	json_add_key(json, key);
	json_add_texts(json, texts);
}
