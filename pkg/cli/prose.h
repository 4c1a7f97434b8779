// pkg/cli/prose.h - the essays of the command declarations, taken apart and wrapped.
// An essay is paragraphs with blank lines between them; a line that starts with two blanks is shown as it stands.
#ifndef PKG_CLI_PROSE_H
#define PKG_CLI_PROSE_H

#include "pkg/base/text.h"
#include "pkg/base/vec.h"

typedef struct ProseBlock {
	bool is_literal;
	Texts lines; // literal: without the two blanks; a paragraph: one line, its newlines turned into blanks
} ProseBlock;

VEC_DECLARE(Prose, prose, ProseBlock);

Prose prose_parse(const char *essay, Arena *arena);

// Appends `text` in lines of at most `width` columns, the second and later ones indented by `indent` blanks. `column` is
// where the first word goes. Ends with a newline.
void prose_wrap(Buffer *buffer, const char *text, size_t column, size_t indent, size_t width);

#endif
