#include "pkg/cli/syntax.h"

#include "pkg/cli/option.h"

const char *syntax_option(const Option *option, Arena *arena)
{
	if (option->type == OPTION_FLAG)
		return arena_printf(arena, "--%s", option->name);
	if (option->implied_value && option->takes_word)
		return arena_printf(arena, "--%s [%s]", option->name, option->value);
	if (option->implied_value)
		return arena_printf(arena, "--%s[=%s]", option->name, option->value);
	return arena_printf(arena, "--%s %s", option->name, option->value);
}

const char *syntax_positional(const Positional *positional, Arena *arena)
{
	const bool is_optional = positional->min == 0;
	return arena_printf(arena, "%s%s%s%s", is_optional ? "[" : "", positional->name,
			    positional->max > 1 ? "..." : "", is_optional ? "]" : "");
}

bool command_has_visible_options(const Command *command)
{
	for (size_t i = 0; i < command->option_count; i++) {
		if (!command->options[i].is_hidden)
			return true;
	}
	return false;
}

static void add_required_option(Buffer *text, const Option *option)
{
	if (option->letter)
		buffer_printf(text, " -%c %s", option->letter, option->value);
	else
		buffer_printf(text, " --%s %s", option->name, option->value);
	if (option->type == OPTION_TEXTS)
		buffer_add(text, "...");
}

const char *syntax_usage(const Command *root, const Command *command, const char *path,
			 Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	buffer_add(&text, path);
	if (command == root || command_has_visible_options(command))
		buffer_add(&text, " [OPTIONS]");
	for (size_t i = 0; i < command->option_count; i++) {
		if (command->options[i].is_required)
			add_required_option(&text, &command->options[i]);
	}
	if (command->subcommands)
		buffer_add(&text, " COMMAND");
	for (size_t i = 0; i < command->positional_count; i++) {
		const bool is_tail =
			command->tail == TAIL_COMMAND && i + 1 == command->positional_count;
		buffer_add(&text, is_tail ? " [--]" : "");
		buffer_printf(&text, " %s", syntax_positional(&command->positionals[i], arena));
	}
	return buffer_take(&text, arena);
}

static void add_note(Buffer *notes, const char *label, const char *value)
{
	buffer_printf(notes, "%s%s%s", notes->length > 0 ? "; " : "", label, value);
}

const char *syntax_option_help(const Option *option, Arena *arena)
{
	CLEANUP_BUFFER notes = { 0 };
	if (option->is_required)
		add_note(&notes, "required", "");
	if (option->words)
		add_note(&notes, "one of: ", words_join(option->words, option->word_count, arena));
	if (!text_is_empty(option->implied_value))
		add_note(&notes, "without a value: ", option->implied_value);
	if (!text_is_empty(option->default_text))
		add_note(&notes, "default: ", option->default_text);
	if (option->type == OPTION_TEXTS || option->type == OPTION_PAIRS)
		add_note(&notes, "may be repeated", "");
	if (option->type == OPTION_LIST)
		add_note(&notes, "separated by commas, may be repeated", "");
	if (notes.length == 0)
		return option->help;
	return arena_printf(arena, "%s (%s)", option->help, buffer_text(&notes));
}

static void visit_below(const Command *command, const char *path, Arena *arena, CommandVisit visit,
			void *data)
{
	visit(command, path, data);
	for (size_t i = 0; command->subcommands && command->subcommands[i]; i++) {
		const Command *sub = command->subcommands[i];
		if (!sub->is_hidden)
			visit_below(sub, arena_printf(arena, "%s %s", path, sub->name), arena,
				    visit, data);
	}
}

void command_visit(const Command *root, Arena *arena, CommandVisit visit, void *data)
{
	visit_below(root, root->name, arena, visit, data);
}
