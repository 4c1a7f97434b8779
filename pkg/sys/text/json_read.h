// pkg/sys/text/json_read.h - JSON texts as a read-only tree (the writer is pkg/base/json.h).
// One value and nothing behind it, UTF-8, no comments, no NUL in texts, no duplicate keys (two readers of the
// same bytes must not see two things), at most JSON_READ_DEPTH_MAX levels.
#ifndef PKG_SYS_TEXT_JSON_READ_H
#define PKG_SYS_TEXT_JSON_READ_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>

#define JSON_READ_DEPTH_MAX 64

typedef enum JsonNodeKind {
	JSON_NODE_NULL,
	JSON_NODE_BOOLEAN,
	JSON_NODE_NUMBER,
	JSON_NODE_TEXT,
	JSON_NODE_ARRAY,
	JSON_NODE_OBJECT,
} JsonNodeKind;

typedef struct JsonNode JsonNode;
struct JsonNode {
	JsonNodeKind kind;
	const char *key;  // the name in the object around it; NULL elsewhere
	const char *text; // TEXT: the text. NUMBER: as it was written, or shorter
	int64_t number;   // NUMBER: the integer, where is_integer
	bool is_integer;  // NUMBER: a whole number that fits int64_t
	bool boolean;     // BOOLEAN
	JsonNode **items; // ARRAY: the items; OBJECT: the members, in their order
	size_t item_count;
};

// Parses `length` bytes. Fails with ERROR_INVALID, or ERROR_LIMIT for what is nested too deep.
MUST_CHECK bool json_read_parse(const char *bytes, size_t length, Arena *arena,
				const JsonNode **ret, Error *error);

// The member `key`, or NULL: also when node is NULL or no object, so that look-ups chain. A member that is null is
// NULL, too.
const JsonNode *json_read_get(const JsonNode *node, const char *key);
// The text of the member `key`; `otherwise` when it is absent or no text.
const char *json_read_text(const JsonNode *node, const char *key, const char *otherwise);
int64_t json_read_number(const JsonNode *node, const char *key, int64_t otherwise);
bool json_read_boolean(const JsonNode *node, const char *key, bool otherwise);
// How many items or members the node has; 0 for NULL and for plain values.
size_t json_read_count(const JsonNode *node);
// The texts of the array `key`, appended to `ret`. Absent and null are empty. Fails with ERROR_INVALID when it is no
// array of texts.
MUST_CHECK bool json_read_texts(const JsonNode *node, const char *key, Arena *arena, Texts *ret,
				Error *error);
// "object", "text", …: for messages.
const char *json_node_kind_to_text(JsonNodeKind kind);

#endif
