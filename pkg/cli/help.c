#include "pkg/cli/help.h"

#include "pkg/cli/prose.h"
#include "pkg/cli/syntax.h"

#define WIDTH       80
#define LABEL_WIDTH 26 // longer labels get a line of their own

static void add_entry(Buffer *buffer, const char *label, const char *help)
{
	const size_t help_column = LABEL_WIDTH + 4;
	buffer_printf(buffer, "  %s", label);
	if (strlen(label) > LABEL_WIDTH)
		buffer_printf(buffer, "\n%*s", (int)help_column, "");
	else
		buffer_printf(buffer, "%*s", (int)(help_column - 2 - strlen(label)), "");
	prose_wrap(buffer, help, help_column, help_column, WIDTH);
}

static void add_commands(Buffer *buffer, const Command *command)
{
	if (!command->subcommands)
		return;
	buffer_add(buffer, "\nCommands:\n");
	for (size_t i = 0; command->subcommands[i]; i++) {
		if (!command->subcommands[i]->is_hidden)
			add_entry(buffer, command->subcommands[i]->name,
				  command->subcommands[i]->summary);
	}
	add_entry(buffer, "help", "Show the help of a command");
}

static void add_positionals(Buffer *buffer, const Command *command, Arena *arena)
{
	if (command->positional_count > 0)
		buffer_add(buffer, "\nArguments:\n");
	for (size_t i = 0; i < command->positional_count; i++) {
		const Positional *positional = &command->positionals[i];
		add_entry(buffer, syntax_positional(positional, arena), positional->help);
	}
}

static void add_options(Buffer *buffer, const char *title, const Command *command, Arena *arena)
{
	if (!command_has_visible_options(command))
		return;
	buffer_printf(buffer, "\n%s:\n", title);
	for (size_t i = 0; i < command->option_count; i++) {
		const Option *option = &command->options[i];
		if (option->is_hidden)
			continue;
		const char *syntax = syntax_option(option, arena);
		const char *label = option->letter
					    ? arena_printf(arena, "-%c, %s", option->letter, syntax)
					    : arena_printf(arena, "    %s", syntax);
		add_entry(buffer, label, syntax_option_help(option, arena));
	}
}

static void add_essay(Buffer *buffer, const char *essay, Arena *arena)
{
	const Prose prose = prose_parse(essay ? essay : "", arena);
	for (size_t i = 0; i < prose.count; i++) {
		const ProseBlock *block = &prose.items[i];
		buffer_add_char(buffer, '\n');
		for (size_t j = 0; j < block->lines.count; j++) {
			if (block->is_literal)
				buffer_printf(buffer, "  %s\n", block->lines.items[j]);
			else
				prose_wrap(buffer, block->lines.items[j], 0, 0, WIDTH);
		}
	}
}

static void add_examples(Buffer *buffer, const char *examples)
{
	if (text_is_empty(examples))
		return;
	buffer_add(buffer, "\nExamples:\n");
	while (*examples) {
		const size_t length = strcspn(examples, "\n");
		buffer_printf(buffer, length > 0 ? "  %.*s\n" : "%.*s\n", (int)length, examples);
		examples += length + (examples[length] ? 1 : 0);
	}
}

void help_print(const Command *root, const Command *command, const char *path, bool is_long,
		Buffer *buffer)
{
	CLEANUP_ARENA arena = arena_new();
	buffer_printf(buffer, "%s.\n", command->summary);
	if (is_long)
		add_essay(buffer, command->description, arena);
	buffer_printf(buffer, "\nUsage: %s\n", syntax_usage(root, command, path, arena));
	add_commands(buffer, command);
	add_positionals(buffer, command, arena);
	if (command != root)
		add_options(buffer, "Options", command, arena);
	add_options(buffer, "Global options", root, arena);
	if (is_long)
		add_examples(buffer, command->examples);
	else
		buffer_printf(buffer, "\nMore: %s --help, man %s\n", path,
			      man_page_name(path, arena));
}
