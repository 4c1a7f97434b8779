// pkg/sys/text/yaml_scalar.h - what an unquoted YAML 1.1 scalar means.
#ifndef PKG_SYS_TEXT_YAML_SCALAR_H
#define PKG_SYS_TEXT_YAML_SCALAR_H

#include "pkg/base/arena.h"

#include <stdint.h>

typedef enum ScalarKind {
	SCALAR_NULL,
	SCALAR_BOOL,
	SCALAR_INTEGER,
	SCALAR_FLOAT,
	SCALAR_TEXT,
} ScalarKind;

typedef struct Scalar {
	ScalarKind kind;
	bool boolean;
	int64_t integer;
	double real;
} Scalar;

// Resolves `text` as go-yaml v2 does: the words y, yes, on, true … in lower, Title and UPPER case; ~ and null; integers
// with signs, underscores, 0x, 0o, 0b and a leading 0 for octal; decimal floats, .inf and .nan. No base 60, no dates.
// Spec: <https://yaml.org/type/>, <https://github.com/go-yaml/yaml/blob/v2.4.0/resolve.go>
Scalar scalar_resolve(const char *text);
// The shortest decimal text that reads back as the same number, in JSON's notation (that of ECMAScript).
const char *scalar_real_text(double real, Arena *arena);

#endif
