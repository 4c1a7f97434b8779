#include "pkg/cli/prose.h"

// The block that a line belongs to: the last one when it is of the same kind and no blank line came between.
static ProseBlock *block_for(Prose *prose, bool is_literal, bool is_fresh, Arena *arena)
{
	ProseBlock *last = prose->count > 0 ? &prose->items[prose->count - 1] : NULL;
	if (last && !is_fresh && last->is_literal == is_literal)
		return last;
	ProseBlock *block = prose_push(arena, prose);
	block->is_literal = is_literal;
	return block;
}

static void add_line(ProseBlock *block, const char *line, Arena *arena)
{
	if (block->is_literal)
		texts_add(arena, &block->lines, line + 2);
	else if (block->lines.count == 0)
		texts_add(arena, &block->lines, line);
	else
		block->lines.items[0] = arena_printf(arena, "%s %s", block->lines.items[0], line);
}

Prose prose_parse(const char *essay, Arena *arena)
{
	Prose prose = { 0 };
	bool is_fresh = true;
	while (*essay) {
		const size_t length = strcspn(essay, "\n");
		const char *line = arena_strndup(arena, essay, length);
		essay += length + (essay[length] ? 1 : 0);
		if (length == 0) {
			is_fresh = true;
			continue;
		}
		const bool is_literal = text_starts_with(line, "  ");
		add_line(block_for(&prose, is_literal, is_fresh, arena), line, arena);
		is_fresh = false;
	}
	return prose;
}

void prose_wrap(Buffer *buffer, const char *text, size_t column, size_t indent, size_t width)
{
	bool is_first = true;
	while (*text) {
		const size_t length = strcspn(text, " ");
		if (!is_first && column + 1 + length > width) {
			buffer_printf(buffer, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!is_first) {
			buffer_add_char(buffer, ' ');
			column++;
		}
		buffer_add_bytes(buffer, text, length);
		column += length;
		text += length + strspn(text + length, " ");
		is_first = false;
	}
	buffer_add_char(buffer, '\n');
}
