// pkg/base/json.h - writes JSON into a Buffer. (Reading is pkg/sys/text/json_read.h.)
// The caller names the structure, the writer places commas, blanks and escapes:
//     json_begin_object(&json); json_add_key(&json, "name"); json_add_text(&json, "web"); json_end_object(&json);
// Misuse (a value where a key is due) is an assertion. Spec: RFC 8259.
#ifndef PKG_BASE_JSON_H
#define PKG_BASE_JSON_H

#include "pkg/base/text.h"
#include "pkg/base/vec.h"

#include <stdint.h>

#define JSON_DEPTH_MAX 64

// Made by json_writer(); the members are the writer's own.
typedef struct JsonWriter {
	Buffer *buffer;
	bool is_pretty;
	unsigned depth;
	bool has_key;
	uint64_t is_object; // one bit per level
	uint64_t has_items; // one bit per level
} JsonWriter;

// Appends to `buffer`. is_pretty: one member per line, indented by two blanks; otherwise no blanks at all.
JsonWriter json_writer(Buffer *buffer, bool is_pretty);

void json_begin_object(JsonWriter *json);
void json_end_object(JsonWriter *json);
void json_begin_array(JsonWriter *json);
void json_end_array(JsonWriter *json);
void json_add_key(JsonWriter *json, const char *key);

// NULL is written as null. Bytes that are not UTF-8 become U+FFFD.
void json_add_text(JsonWriter *json, const char *text);
// The same for text that may hold NUL bytes.
void json_add_span(JsonWriter *json, Span text);
void json_add_i64(JsonWriter *json, int64_t number);
void json_add_u64(JsonWriter *json, uint64_t number);
// As short as it can be read back; infinities and NaN, which JSON lacks, become null.
void json_add_double(JsonWriter *json, double number);
void json_add_bool(JsonWriter *json, bool value);
void json_add_null(JsonWriter *json);
void json_add_texts(JsonWriter *json, const Texts *texts);
// `value` is JSON already; it is copied as it stands.
void json_add_raw(JsonWriter *json, const char *value);

// Key and value in one call.
void json_add_text_member(JsonWriter *json, const char *key, const char *text);
void json_add_i64_member(JsonWriter *json, const char *key, int64_t number);
void json_add_u64_member(JsonWriter *json, const char *key, uint64_t number);
void json_add_bool_member(JsonWriter *json, const char *key, bool value);
void json_add_texts_member(JsonWriter *json, const char *key, const Texts *texts);

#endif
