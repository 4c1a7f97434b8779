// pkg/base/toml_scan.h - the words of a TOML document: blanks, keys, scalars. For toml.c only.
#ifndef PKG_BASE_TOML_SCAN_H
#define PKG_BASE_TOML_SCAN_H

#include "pkg/base/text.h"
#include "pkg/base/toml.h"

typedef struct TomlScanner {
	Arena *arena;
	const char *path;
	const char *text; // NUL behind the last byte
	size_t length;
	size_t at;
	unsigned line;
	size_t line_start;
	unsigned depth;
} TomlScanner;

// The byte at the scanner, '\0' at the end (a NUL in the document is refused before).
char toml_peek(const TomlScanner *scanner);
SourcePos toml_place(const TomlScanner *scanner);
// Steps over `expected` when it is next.
bool toml_accept(TomlScanner *scanner, const char *expected);
bool toml_at_newline(const TomlScanner *scanner);

void toml_skip_blanks(TomlScanner *scanner); // spaces and tabs
// Blanks, comments and newlines.
MUST_CHECK bool toml_skip_lines(TomlScanner *scanner, Error *error);
// The rest of a line may hold blanks and a comment; steps behind the newline.
MUST_CHECK bool toml_end_line(TomlScanner *scanner, Error *error);

// One part of a key: bare or quoted.
MUST_CHECK bool toml_scan_key(TomlScanner *scanner, const char **ret, Error *error);
// A text in one of the four forms; the scanner is at a quote.
MUST_CHECK bool toml_scan_text(TomlScanner *scanner, bool may_be_multiline, const char **ret,
			       Error *error);
// A number, boolean or date: toml_scalar.c.
MUST_CHECK bool toml_scan_scalar(TomlScanner *scanner, TomlValue *value, Error *error);

#endif
