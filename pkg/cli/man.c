// Manual pages. Spec: mdoc(7) of mandoc <https://mandoc.bsd.lv/man/mdoc.7.html>.
#include "pkg/cli/help.h"
#include "pkg/cli/prose.h"
#include "pkg/cli/syntax.h"

#include <ctype.h>

#define WIDTH 78

const char *man_page_name(const char *path, Arena *arena)
{
	char *name = arena_strdup(arena, path);
	for (char *c = name; *c; c++) {
		if (*c == ' ')
			*c = '-';
	}
	return name;
}

// Text of a line of its own: backslashes doubled in roff's way, no control character first.
static void add_text(Buffer *buffer, const char *text)
{
	if (text[0] == '.' || text[0] == '\'')
		buffer_add(buffer, "\\&");
	for (; *text; text++) {
		if (*text == '\\')
			buffer_add(buffer, "\\e");
		else if (*text == '-')
			buffer_add(buffer, "\\-");
		else
			buffer_add_char(buffer, *text);
	}
}

// Where the sentence that starts at `text` ends; mdoc wants each on a line of its own.
static size_t sentence_length(const char *text)
{
	for (const char *c = text; *c; c++) {
		const bool is_end =
			strchr(".!?", c[0]) && c[1] == ' ' && isupper((unsigned char)c[2]);
		if (is_end)
			return (size_t)(c - text) + 1;
	}
	return strlen(text);
}

static void add_paragraph(Buffer *buffer, const char *text)
{
	CLEANUP_ARENA arena = arena_new();
	while (*text) {
		const size_t length = sentence_length(text);
		CLEANUP_BUFFER wrapped = { 0 };
		prose_wrap(&wrapped, arena_strndup(arena, text, length), 0, 0, WIDTH);
		for (const char *line = buffer_text(&wrapped); *line;) {
			const size_t line_length = strcspn(line, "\n");
			add_text(buffer, arena_strndup(arena, line, line_length));
			buffer_add_char(buffer, '\n');
			line += line_length + 1;
		}
		text += length + strspn(text + length, " ");
	}
}

static void add_literal(Buffer *buffer, const char *const *lines, size_t count)
{
	buffer_add(buffer, ".Bd -literal -offset indent\n");
	for (size_t i = 0; i < count; i++) {
		add_text(buffer, lines[i]);
		buffer_add_char(buffer, '\n');
	}
	buffer_add(buffer, ".Ed\n");
}

void man_add_prose(Buffer *buffer, const char *essay)
{
	CLEANUP_ARENA arena = arena_new();
	const Prose prose = prose_parse(essay, arena);
	for (size_t i = 0; i < prose.count; i++) {
		const ProseBlock *block = &prose.items[i];
		if (i > 0 && !block->is_literal)
			buffer_add(buffer, ".Pp\n");
		if (block->is_literal)
			add_literal(buffer, block->lines.items, block->lines.count);
		else
			add_paragraph(buffer, block->lines.items[0]);
	}
}

// The words of an option for .It and .Op: Fl f , Fl -file Ar FILE
static void add_option_words(Buffer *buffer, const Option *option, bool is_long_only)
{
	if (option->letter && !is_long_only)
		buffer_printf(buffer, "Fl %c , ", option->letter);
	buffer_printf(buffer, "Fl \\-%s", option->name);
	if (option->type == OPTION_FLAG)
		return;
	if (!option->implied_value)
		buffer_printf(buffer, " Ar %s", option->value);
	else if (option->takes_word)
		buffer_printf(buffer, " Op Ar %s", option->value);
	else
		buffer_printf(buffer, " Ns Op = Ns Ar %s", option->value);
}

static void add_synopsis(Buffer *buffer, const Command *command, const char *path)
{
	buffer_printf(buffer, ".Sh SYNOPSIS\n.Nm \"%s\"\n", path);
	for (size_t i = 0; i < command->option_count; i++) {
		const Option *option = &command->options[i];
		if (option->is_hidden)
			continue;
		buffer_add(buffer, option->is_required ? "." : ".Op ");
		add_option_words(buffer, option, /* is_long_only= */ true);
		buffer_add(buffer, option->type == OPTION_TEXTS ? " ...\n" : "\n");
	}
	if (command->subcommands)
		buffer_add(buffer, ".Ar COMMAND ...\n");
	for (size_t i = 0; i < command->positional_count; i++) {
		const Positional *positional = &command->positionals[i];
		buffer_printf(buffer, ".%sAr %s%s\n", positional->min == 0 ? "Op " : "",
			      positional->name, positional->max > 1 ? " ..." : "");
	}
}

static void man_options(Buffer *buffer, const Command *command)
{
	CLEANUP_ARENA arena = arena_new();
	if (!command_has_visible_options(command))
		return;
	buffer_add(buffer, ".Pp\nThe options are as follows:\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < command->option_count; i++) {
		const Option *option = &command->options[i];
		if (option->is_hidden)
			continue;
		buffer_add(buffer, ".It ");
		add_option_words(buffer, option, /* is_long_only= */ false);
		buffer_add_char(buffer, '\n');
		add_paragraph(buffer,
			      arena_printf(arena, "%s.", syntax_option_help(option, arena)));
	}
	buffer_add(buffer, ".El\n");
}

static void man_positionals(Buffer *buffer, const Command *command)
{
	CLEANUP_ARENA arena = arena_new();
	if (command->positional_count == 0)
		return;
	buffer_add(buffer, ".Pp\nThe arguments are as follows:\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < command->positional_count; i++) {
		buffer_printf(buffer, ".It Ar %s\n", command->positionals[i].name);
		add_paragraph(buffer, arena_printf(arena, "%s.", command->positionals[i].help));
	}
	buffer_add(buffer, ".El\n");
}

static void man_commands(Buffer *buffer, const Command *command, const char *path)
{
	CLEANUP_ARENA arena = arena_new();
	if (!command->subcommands)
		return;
	buffer_add(buffer, ".Pp\nThe commands are as follows:\n.Bl -tag -width Ds\n");
	for (size_t i = 0; command->subcommands[i]; i++) {
		const Command *sub = command->subcommands[i];
		if (sub->is_hidden)
			continue;
		buffer_printf(buffer, ".It Ic %s\n", sub->name);
		add_paragraph(buffer, arena_printf(arena, "%s.", sub->summary));
		buffer_printf(buffer, "See\n.Xr %s-%s 1 .\n", man_page_name(path, arena),
			      sub->name);
	}
	buffer_add(buffer, ".El\n");
}

static void add_exit_status(Buffer *buffer)
{
	buffer_add(buffer, ".Sh EXIT STATUS\n.Bl -tag -width Ds\n");
	buffer_add(buffer, ".It 0\nEverything was done.\n");
	buffer_add(buffer, ".It 1\nSomething failed; standard error says what.\n");
	buffer_add(buffer, ".It 2\nThe command line could not be understood.\n");
	buffer_add(buffer, ".It 130\nInterrupted by SIGINT; 143 by SIGTERM.\n.El\n");
}

static void man_examples(Buffer *buffer, const char *examples)
{
	CLEANUP_ARENA arena = arena_new();
	if (text_is_empty(examples))
		return;
	Texts lines = { 0 };
	while (*examples) {
		const size_t length = strcspn(examples, "\n");
		texts_add(arena, &lines, arena_strndup(arena, examples, length));
		examples += length + (examples[length] ? 1 : 0);
	}
	buffer_add(buffer, ".Sh EXAMPLES\n");
	add_literal(buffer, lines.items, lines.count);
}

static void add_see_also(Buffer *buffer, const Command *root, const Command *command,
			 const char *path)
{
	CLEANUP_ARENA arena = arena_new();
	buffer_add(buffer, ".Sh SEE ALSO\n");
	if (command == root) {
		buffer_add(buffer, ".Xr systemd-nspawn 1 ,\n.Xr sdme.conf 5\n");
		return;
	}
	const size_t parent_length = (size_t)(strrchr(path, ' ') - path);
	const char *parent = man_page_name(arena_strndup(arena, path, parent_length), arena);
	buffer_printf(buffer, ".Xr %s 1\n", parent);
}

static const char *lower_first(const char *text, Arena *arena)
{
	char *lower = arena_strdup(arena, text);
	// "JSON …" stays as it is.
	if (lower[0] && !isupper((unsigned char)lower[1]))
		lower[0] = (char)tolower((unsigned char)lower[0]);
	return lower;
}

static const char *upper(const char *text, Arena *arena)
{
	char *name = arena_strdup(arena, text);
	for (char *c = name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return name;
}

void man_print(const Command *root, const Command *command, const char *path, Buffer *buffer)
{
	CLEANUP_ARENA arena = arena_new();
	const char *page = man_page_name(path, arena);
	buffer_printf(buffer, ".Dd %s\n.Dt %s 1\n.Os\n", MAN_DATE, upper(page, arena));
	buffer_printf(buffer, ".Sh NAME\n.Nm %s\n.Nd %s\n", page,
		      lower_first(command->summary, arena));
	add_synopsis(buffer, command, path);
	buffer_add(buffer, ".Sh DESCRIPTION\n");
	man_add_prose(buffer, command->description ? command->description : command->summary);
	man_positionals(buffer, command);
	man_commands(buffer, command, path);
	man_options(buffer, command);
	if (command != root)
		buffer_add(buffer, ".Pp\nThe global options are described in\n.Xr sdme 1 .\n");
	add_exit_status(buffer);
	man_examples(buffer, command->examples);
	add_see_also(buffer, root, command, path);
}
