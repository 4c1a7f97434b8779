// pkg/cli/table.h - rows that are printed as a text table or as JSON.
// A command fills the rows once; the format is the user's choice. Text: columns two blanks apart, as wide as their
// longest cell, titles in upper case. JSON: an array with one object per row.
#ifndef PKG_CLI_TABLE_H
#define PKG_CLI_TABLE_H

#include "pkg/base/text.h"
#include "pkg/base/vec.h"

#include <stdint.h>
#include <stdio.h>

typedef enum OutputFormat {
	OUTPUT_TABLE,
	OUTPUT_WIDE, // the table with its wide columns
	OUTPUT_JSON,
	OUTPUT_JSON_PRETTY,
} OutputFormat;

// What --json, --json-pretty and the setting default_output_format ("", "table", "json", "json-pretty") come to.
OutputFormat output_format_of(bool wants_json, bool wants_pretty, const char *default_format);

typedef struct Column {
	const char *title; // heading of the text table; NULL: in JSON only
	const char *key;   // member in JSON; NULL: in the text table only
	bool is_wide;      // in the text table with OUTPUT_WIDE only
	bool is_optional;  // left out of the text table when all its cells are empty
	bool is_right;     // numbers, aligned to the right
	bool has_blanks;   // empty cells are blank, not "-"
} Column;

typedef enum CellKind {
	CELL_NULL,
	CELL_TEXT,
	CELL_NUMBER,
	CELL_BOOL,
	CELL_TEXTS,
	CELL_JSON,
} CellKind;

typedef struct Cell {
	CellKind kind;
	const char *text; // CELL_TEXT; CELL_JSON: the JSON itself
	int64_t number;
	bool boolean;
	Texts texts;
} Cell;

VEC_DECLARE(Cells, cells, Cell);

typedef struct Table {
	Arena *arena;
	const Column *columns;
	size_t column_count;
	Cells cells; // row after row

	// For the caller to set.
	bool hides_titles; // in the text table
	// One per column, for tables that go on where another ended: at least so wide, and set to what it was in the end.
	size_t *widths; // NULL: this table stands alone
} Table;

// columns must outlive the table.
void table_init(Table *table, Arena *arena, const Column *columns, size_t column_count);

// Cells are added one by one, in the order of the columns; texts are not copied. Text table: NULL and no texts print
// as "-", booleans as yes and no, texts with commas between. JSON: null, [], true …
void table_add_text(Table *table, const char *text);
void table_add_number(Table *table, int64_t number);
void table_add_bool(Table *table, bool value);
void table_add_null(Table *table);
void table_add_texts(Table *table, const Texts *texts);
// `json` is JSON already: nested objects of a column without title.
void table_add_json(Table *table, const char *json);

size_t table_row_count(const Table *table);

// Appends the whole table; the last row must be complete. A table without rows is its heading line, or [] in JSON.
// Bytes that a terminal might act on are escaped.
void table_print(const Table *table, OutputFormat format, Buffer *buffer);
// As table_print, to a stream: usually CommandContext.output.
void table_write(const Table *table, OutputFormat format, FILE *stream);

#endif
