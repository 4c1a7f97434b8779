#include "pkg/cli/table.h"

#include "pkg/base/json.h"
#include "pkg/base/utf8.h"

#include <assert.h>
#include <inttypes.h>

OutputFormat output_format_of(bool wants_json, bool wants_pretty, const char *default_format)
{
	if (wants_pretty)
		return OUTPUT_JSON_PRETTY;
	if (wants_json || text_equal(default_format, "json"))
		return OUTPUT_JSON;
	return text_equal(default_format, "json-pretty") ? OUTPUT_JSON_PRETTY : OUTPUT_TABLE;
}

void table_init(Table *table, Arena *arena, const Column *columns, size_t column_count)
{
	*table = (Table){ .arena = arena, .columns = columns, .column_count = column_count };
}

void table_add_text(Table *table, const char *text)
{
	*cells_push(table->arena, &table->cells) =
		(Cell){ .kind = text ? CELL_TEXT : CELL_NULL, .text = text };
}

void table_add_number(Table *table, int64_t number)
{
	*cells_push(table->arena, &table->cells) = (Cell){ .kind = CELL_NUMBER, .number = number };
}

void table_add_bool(Table *table, bool value)
{
	*cells_push(table->arena, &table->cells) = (Cell){ .kind = CELL_BOOL, .boolean = value };
}

void table_add_null(Table *table)
{
	cells_push(table->arena, &table->cells);
}

void table_add_texts(Table *table, const Texts *texts)
{
	*cells_push(table->arena, &table->cells) = (Cell){ .kind = CELL_TEXTS, .texts = *texts };
}

void table_add_json(Table *table, const char *json)
{
	*cells_push(table->arena, &table->cells) = (Cell){ .kind = CELL_JSON, .text = json };
}

size_t table_row_count(const Table *table)
{
	assert(table->cells.count % table->column_count == 0);
	return table->cells.count / table->column_count;
}

static const Cell *cell_at(const Table *table, size_t row, size_t column)
{
	return &table->cells.items[row * table->column_count + column];
}

// --- text

// What the cell holds, safe for a terminal.
static const char *cell_text(const Table *table, const Cell *cell)
{
	CLEANUP_BUFFER text = { 0 };
	switch (cell->kind) {
	case CELL_NULL:
		break;
	case CELL_TEXT:
	case CELL_JSON:
		buffer_add_printable(&text, cell->text, strlen(cell->text));
		break;
	case CELL_NUMBER:
		buffer_printf(&text, "%" PRId64, cell->number);
		break;
	case CELL_BOOL:
		return cell->boolean ? "yes" : "no";
	case CELL_TEXTS:
		for (size_t i = 0; i < cell->texts.count; i++) {
			const char *item = cell->texts.items[i];
			buffer_add(&text, i > 0 ? "," : "");
			buffer_add_printable(&text, item, strlen(item));
		}
		break;
	}
	return buffer_take(&text, table->arena);
}

static const char *shown_text(const Table *table, size_t row, size_t column)
{
	const char *text = cell_text(table, cell_at(table, row, column));
	return *text || table->columns[column].has_blanks ? text : "-";
}

// Characters, not bytes: columns stay straight with names in any script. (Wide characters are not thought of.)
static size_t text_width(const char *text)
{
	size_t width = 0;
	const size_t length = strlen(text);
	for (size_t i = 0; i < length; width++) {
		const size_t step = utf8_length(text + i, length - i);
		i += step > 0 ? step : 1;
	}
	return width;
}

static bool is_column_empty(const Table *table, size_t column)
{
	for (size_t row = 0; row < table_row_count(table); row++) {
		const Cell *cell = cell_at(table, row, column);
		const bool is_empty = cell->kind == CELL_NULL ||
				      (cell->kind == CELL_TEXT && cell->text[0] == '\0') ||
				      (cell->kind == CELL_TEXTS && cell->texts.count == 0);
		if (!is_empty)
			return false;
	}
	return true;
}

static bool is_shown(const Table *table, size_t column, OutputFormat format)
{
	const Column *declared = &table->columns[column];
	if (!declared->title || (declared->is_wide && format != OUTPUT_WIDE))
		return false;
	return !declared->is_optional || !is_column_empty(table, column);
}

// The columns that are shown, all as texts: the titles, then the rows.
typedef struct Grid {
	size_t columns;
	size_t first_row; // 1: without the titles
	size_t rows;
	const Column **declared;
	const char **texts;
	size_t *widths;
} Grid;

static void widen(Grid *grid, size_t column)
{
	for (size_t row = grid->first_row; row < grid->rows; row++) {
		const size_t width = text_width(grid->texts[column * grid->rows + row]);
		if (width > grid->widths[column])
			grid->widths[column] = width;
	}
}

static Grid make_grid(const Table *table, OutputFormat format)
{
	const size_t rows = table_row_count(table) + 1;
	Grid grid = { .rows = rows, .first_row = table->hides_titles ? 1 : 0 };
	grid.declared = arena_array(table->arena, table->column_count, sizeof(Column *));
	grid.texts = arena_array(table->arena, table->column_count * rows, sizeof(char *));
	grid.widths = arena_array(table->arena, table->column_count, sizeof(size_t));
	for (size_t column = 0; column < table->column_count; column++) {
		if (!is_shown(table, column, format))
			continue;
		const size_t shown = grid.columns++;
		grid.declared[shown] = &table->columns[column];
		grid.texts[shown * rows] = table->columns[column].title;
		for (size_t row = 1; row < rows; row++)
			grid.texts[shown * rows + row] = shown_text(table, row - 1, column);
		grid.widths[shown] = table->widths ? table->widths[column] : 0;
		widen(&grid, shown);
		if (table->widths)
			table->widths[column] = grid.widths[shown];
	}
	return grid;
}

static void add_blanks(Buffer *buffer, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_add_char(buffer, ' ');
}

static void print_text(const Table *table, OutputFormat format, Buffer *buffer)
{
	const Grid grid = make_grid(table, format);
	for (size_t row = grid.first_row; row < grid.rows; row++) {
		for (size_t column = 0; column < grid.columns; column++) {
			const char *text = grid.texts[column * grid.rows + row];
			const size_t missing = grid.widths[column] - text_width(text);
			const bool is_right = grid.declared[column]->is_right;
			const bool is_last = column + 1 == grid.columns;
			add_blanks(buffer, is_right ? missing : 0);
			buffer_add(buffer, text);
			add_blanks(buffer, is_last ? 0 : 2 + (is_right ? 0 : missing));
		}
		buffer_add_char(buffer, '\n');
	}
}

// --- JSON

static void write_cell(JsonWriter *json, const Cell *cell)
{
	switch (cell->kind) {
	case CELL_NULL:
		json_add_null(json);
		return;
	case CELL_TEXT:
		json_add_text(json, cell->text);
		return;
	case CELL_NUMBER:
		json_add_i64(json, cell->number);
		return;
	case CELL_BOOL:
		json_add_bool(json, cell->boolean);
		return;
	case CELL_TEXTS:
		json_add_texts(json, &cell->texts);
		return;
	case CELL_JSON:
		json_add_raw(json, cell->text);
		return;
	}
}

static void print_json(const Table *table, bool is_pretty, Buffer *buffer)
{
	JsonWriter json = json_writer(buffer, is_pretty);
	json_begin_array(&json);
	for (size_t row = 0; row < table_row_count(table); row++) {
		json_begin_object(&json);
		for (size_t column = 0; column < table->column_count; column++) {
			if (!table->columns[column].key)
				continue;
			json_add_key(&json, table->columns[column].key);
			write_cell(&json, cell_at(table, row, column));
		}
		json_end_object(&json);
	}
	json_end_array(&json);
	buffer_add_char(buffer, '\n');
}

void table_print(const Table *table, OutputFormat format, Buffer *buffer)
{
	switch (format) {
	case OUTPUT_TABLE:
	case OUTPUT_WIDE:
		print_text(table, format, buffer);
		return;
	case OUTPUT_JSON:
	case OUTPUT_JSON_PRETTY:
		print_json(table, format == OUTPUT_JSON_PRETTY, buffer);
		return;
	}
}

void table_write(const Table *table, OutputFormat format, FILE *stream)
{
	CLEANUP_BUFFER text = { 0 };
	table_print(table, format, &text);
	fwrite(buffer_text(&text), 1, text.length, stream);
}
