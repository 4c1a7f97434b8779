// pkg/base/toml.h - reads TOML 1.0: /etc/sdme.conf, registries.conf(5).
// A document is a tree of values in the caller's arena; the root is a table. Every value knows its place in the file, so
// that whoever finds it wrong can say where. Spec: TOML 1.0.0 <https://toml.io/en/v1.0.0>.
#ifndef PKG_BASE_TOML_H
#define PKG_BASE_TOML_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>

// Larger documents, deeper nesting and longer tables are refused with ERROR_LIMIT.
#define TOML_BYTES_MAX (1024 * 1024)
#define TOML_DEPTH_MAX 32
#define TOML_KEYS_MAX  1024

typedef enum TomlKind {
	TOML_TABLE,
	TOML_ARRAY,
	TOML_TEXT,
	TOML_INTEGER,
	TOML_FLOAT,
	TOML_BOOL,
	TOML_DATETIME,
} TomlKind;

typedef struct TomlValue TomlValue;

// One key of a table.
typedef struct TomlMember {
	const char *key;
	TomlValue *value;
} TomlMember;

VEC_DECLARE(TomlMembers, toml_members, TomlMember);
VEC_DECLARE(TomlItems, toml_items, TomlValue *);

struct TomlValue {
	TomlKind kind;
	SourcePos where;
	const char *
		text; // TOML_TEXT (no NUL inside); TOML_DATETIME as it was written; numbers as they were written
	int64_t integer;
	double number; // TOML_FLOAT
	bool boolean;
	TomlMembers members; // TOML_TABLE, in the order of the file
	TomlItems items;     // TOML_ARRAY; an array of tables ([[name]]) has tables as items
	size_t begin; // where the value's text lies in the document; tables made by headers have none
	size_t end;
	unsigned origin; // private to the parser
};

// Understands `text` (`length` bytes, UTF-8). path: for error messages only, must outlive the tree.
// Fails: ERROR_INVALID at the place of the fault, ERROR_LIMIT.
MUST_CHECK bool toml_parse(const char *path, const char *text, size_t length, Arena *arena,
			   const TomlValue **ret_root, Error *error);

// "a table", "a text" …: for messages.
const char *toml_kind_to_text(TomlKind kind);

// The value of `key`, or NULL. `table` is a TOML_TABLE.
const TomlValue *toml_get(const TomlValue *table, const char *key);

// The typed look-ups leave *ret alone when the key is absent, so that it may hold the default. They fail with
// ERROR_INVALID at the value's place when it has another type.
MUST_CHECK bool toml_get_text(const TomlValue *table, const char *key, const char **ret,
			      Error *error);
MUST_CHECK bool toml_get_bool(const TomlValue *table, const char *key, bool *ret, Error *error);
MUST_CHECK bool toml_get_integer(const TomlValue *table, const char *key, int64_t *ret,
				 Error *error);
// An array of texts, in order; appended to *ret.
MUST_CHECK bool toml_get_texts(const TomlValue *table, const char *key, Arena *arena, Texts *ret,
			       Error *error);
// A table, or an array of which every item is a table ([[key]]). NULL in *ret when absent.
MUST_CHECK bool toml_get_table(const TomlValue *table, const char *key, const TomlValue **ret,
			       Error *error);
MUST_CHECK bool toml_get_tables(const TomlValue *table, const char *key, const TomlValue **ret,
				Error *error);

#endif
