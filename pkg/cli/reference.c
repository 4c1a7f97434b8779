// The whole tree at once: Markdown for docs/cli.md, JSON for other programs.
#include "pkg/base/json.h"
#include "pkg/cli/help.h"
#include "pkg/cli/prose.h"
#include "pkg/cli/syntax.h"

typedef struct CommandReference {
	const Command *root;
	Buffer *buffer;
	Arena *arena;
} CommandReference;

// A cell of a Markdown table: one line, its bars escaped.
static void add_cell(Buffer *buffer, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			buffer_add_char(buffer, '\\');
		buffer_add_char(buffer, *text);
	}
}

static void add_row(Buffer *buffer, const char *label, const char *help)
{
	buffer_add(buffer, "| `");
	add_cell(buffer, label);
	buffer_add(buffer, "` | ");
	add_cell(buffer, help);
	buffer_add(buffer, " |\n");
}

static void add_prose(const CommandReference *reference, const char *essay)
{
	const Prose prose = prose_parse(essay ? essay : "", reference->arena);
	for (size_t i = 0; i < prose.count; i++) {
		const ProseBlock *block = &prose.items[i];
		buffer_add_char(reference->buffer, '\n');
		for (size_t j = 0; j < block->lines.count; j++)
			buffer_printf(reference->buffer, "%s%s\n", block->is_literal ? "    " : "",
				      block->lines.items[j]);
	}
}

static void add_tables(const CommandReference *reference, const Command *command)
{
	Buffer *buffer = reference->buffer;
	for (size_t i = 0; i < command->positional_count; i++) {
		buffer_add(buffer, i == 0 ? "\n| Argument | Meaning |\n|---|---|\n" : "");
		const Positional *positional = &command->positionals[i];
		add_row(buffer, syntax_positional(positional, reference->arena), positional->help);
	}
	if (command_has_visible_options(command))
		buffer_add(buffer, "\n| Option | Meaning |\n|---|---|\n");
	for (size_t i = 0; i < command->option_count; i++) {
		const Option *option = &command->options[i];
		if (option->is_hidden)
			continue;
		const char *syntax = syntax_option(option, reference->arena);
		if (option->letter)
			syntax = arena_printf(reference->arena, "-%c, %s", option->letter, syntax);
		add_row(buffer, syntax, syntax_option_help(option, reference->arena));
	}
}

static void add_command(const Command *command, const char *path, void *data)
{
	const CommandReference *reference = data;
	Buffer *buffer = reference->buffer;
	buffer_printf(buffer, "\n## %s\n\n%s.\n", path, command->summary);
	buffer_printf(buffer, "\n    %s\n",
		      syntax_usage(reference->root, command, path, reference->arena));
	add_prose(reference, command->description);
	add_tables(reference, command);
	if (text_is_empty(command->examples))
		return;
	buffer_printf(buffer, "\n```sh\n%s%s```\n", command->examples,
		      text_ends_with(command->examples, "\n") ? "" : "\n");
}

void reference_print(const Command *root, Buffer *buffer)
{
	CLEANUP_ARENA arena = arena_new();
	CommandReference reference = { root, buffer, arena };
	buffer_printf(buffer, "# %s: all commands\n\nMade from the command tables by `make docs`; ",
		      root->name);
	buffer_add(buffer, "the options of the first section may stand anywhere.\n");
	command_visit(root, arena, add_command, &reference);
}

// --- JSON

static const char *option_type_to_text(OptionType type)
{
	static const char *const words[] = {
		[OPTION_FLAG] = "flag",         [OPTION_TEXT] = "text",
		[OPTION_TEXTS] = "texts",       [OPTION_LIST] = "list",
		[OPTION_PAIRS] = "pairs",       [OPTION_CHOICE] = "choice",
		[OPTION_U32] = "number",        [OPTION_U64] = "number",
		[OPTION_DOUBLE] = "decimal",    [OPTION_SIZE] = "size",
		[OPTION_DURATION] = "duration",
	};
	return words[type];
}

static void write_option(JsonWriter *json, const Option *option)
{
	json_begin_object(json);
	json_add_text_member(json, "name", option->name);
	if (option->letter)
		json_add_text_member(json, "letter", (const char[]){ option->letter, '\0' });
	json_add_text_member(json, "type", option_type_to_text(option->type));
	if (option->value)
		json_add_text_member(json, "value", option->value);
	if (option->words) {
		json_add_key(json, "words");
		json_begin_array(json);
		for (size_t i = 0; i < option->word_count; i++)
			json_add_text(json, option->words[i]);
		json_end_array(json);
	}
	if (option->default_text)
		json_add_text_member(json, "default", option->default_text);
	if (option->implied_value)
		json_add_text_member(json, "implied", option->implied_value);
	json_add_bool_member(json, "required", option->is_required);
	json_add_text_member(json, "help", option->help);
	json_end_object(json);
}

static void write_positional(JsonWriter *json, const Positional *positional)
{
	json_begin_object(json);
	json_add_text_member(json, "name", positional->name);
	json_add_u64_member(json, "min", positional->min);
	json_add_key(json, "max");
	if (positional->max == POSITIONAL_MANY)
		json_add_null(json);
	else
		json_add_u64(json, positional->max);
	json_add_text_member(json, "help", positional->help);
	json_end_object(json);
}

static void write_command(JsonWriter *json, const Command *command)
{
	json_begin_object(json);
	json_add_text_member(json, "name", command->name);
	json_add_text_member(json, "summary", command->summary);
	json_add_bool_member(json, "root", command->needs_root);
	json_add_key(json, "options");
	json_begin_array(json);
	for (size_t i = 0; i < command->option_count; i++) {
		if (!command->options[i].is_hidden)
			write_option(json, &command->options[i]);
	}
	json_end_array(json);
	json_add_key(json, "arguments");
	json_begin_array(json);
	for (size_t i = 0; i < command->positional_count; i++)
		write_positional(json, &command->positionals[i]);
	json_end_array(json);
	json_add_key(json, "commands");
	json_begin_array(json);
	for (size_t i = 0; command->subcommands && command->subcommands[i]; i++) {
		if (!command->subcommands[i]->is_hidden)
			write_command(json, command->subcommands[i]);
	}
	json_end_array(json);
	json_end_object(json);
}

void introspection_print(const Command *root, Buffer *buffer)
{
	JsonWriter json = json_writer(buffer, /* is_pretty= */ true);
	write_command(&json, root);
	buffer_add_char(buffer, '\n');
}
