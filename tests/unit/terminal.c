#include "tests/unit/terminal.h"

#include "pkg/base/text.h"
#include "pkg/base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MAX   2000
#define COLUMNS_MAX 256

// A cell holds a character; of a wide one the second is empty.
typedef struct Cell {
	char bytes[5];
	bool is_taken;
} Cell;

typedef struct Terminal {
	Cell (*lines)[COLUMNS_MAX];
	unsigned columns, rows;
	unsigned top; // the first line that is still in the window
	unsigned row, column;
} Terminal;

static void go_down(Terminal *self)
{
	self->row += self->row + 1 < LINES_MAX ? 1 : 0;
	if (self->row >= self->top + self->rows)
		self->top = self->row - self->rows + 1;
}

static unsigned width_of(const char *character)
{
	return (unsigned char)*character >= 0xe3 ? 2 : 1; // CJK; what comes before U+3000 is narrow
}

static void put(Terminal *self, const char *character, size_t length)
{
	const unsigned width = width_of(character);
	if (self->column + width > self->columns) {
		self->column = 0;
		go_down(self);
	}
	for (unsigned i = 0; i < width; i++) {
		Cell *cell = &self->lines[self->row][self->column + i];
		*cell = (Cell){ .is_taken = true };
		memcpy(cell->bytes, character, i == 0 ? length : 0);
	}
	self->column += width;
}

static void clear_from(Terminal *self, unsigned row, unsigned column)
{
	memset(&self->lines[row][column], 0, (COLUMNS_MAX - column) * sizeof(Cell));
}

static void control(Terminal *self, char kind, unsigned number)
{
	const unsigned up = number > 0 ? number : 1;
	if (kind == 'A')
		self->row -= up < self->row - self->top ? up : self->row - self->top;
	if (kind == 'K')
		clear_from(self, self->row, 0);
	if (kind != 'J')
		return;
	clear_from(self, self->row, self->column);
	for (unsigned row = self->row + 1; row < self->top + self->rows && row < LINES_MAX; row++)
		clear_from(self, row, 0);
}

// The bytes of the sequence or character at `text`.
static size_t take(Terminal *self, const char *text)
{
	if (text[0] == '\x1b' && text[1] == '[') {
		char *end = NULL;
		const unsigned long number = strtoul(text + 2, &end, 10);
		control(self, *end, (unsigned)number);
		return (size_t)(end + 1 - text);
	}
	const size_t length = utf8_length(text, strlen(text));
	if (*text == '\r' || *text == '\n')
		self->column = 0;
	if (*text == '\n')
		go_down(self);
	if (*text != '\r' && *text != '\n')
		put(self, text, length);
	return length > 0 ? length : 1;
}

static void print_line(const Terminal *self, unsigned row, Buffer *text)
{
	unsigned used = self->columns;
	while (used > 0 && !self->lines[row][used - 1].is_taken)
		used--;
	for (unsigned i = 0; i < used; i++)
		buffer_add(text, self->lines[row][i].is_taken ? self->lines[row][i].bytes : " ");
	buffer_add_char(text, '\n');
}

const char *terminal_show(const char *text, unsigned columns, unsigned rows, Arena *arena)
{
	CLEANUP_BUFFER shown = { 0 };
	Terminal self = { .columns = columns, .rows = rows };
	self.lines = arena_array(arena, LINES_MAX, sizeof(*self.lines));
	while (*text)
		text += take(&self, text);
	unsigned last = LINES_MAX;
	for (bool is_empty = true; is_empty && last > 0; last -= is_empty) {
		for (unsigned i = 0; i < columns && is_empty; i++)
			is_empty = !self.lines[last - 1][i].is_taken;
	}
	for (unsigned row = 0; row < last; row++)
		print_line(&self, row, &shown);
	return buffer_take(&shown, arena);
}
