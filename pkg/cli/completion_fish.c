// fish gets declarations; the condition of each asks where on the command line the cursor is.
#include "pkg/cli/completion_script.h"
#include "pkg/cli/syntax.h"

static void add_fish_source(Buffer *buffer, const Script *script, const char *source)
{
	if (!source || text_equal(source, "none")) {
		buffer_add(buffer, " -f");
		return;
	}
	if (text_equal(source, "files")) {
		buffer_add(buffer, " -F");
		return;
	}
	buffer_add(buffer, " -f -a ");
	if (text_equal(source, "directories"))
		buffer_add(buffer, "'(__fish_complete_directories)'");
	else if (text_starts_with(source, "words "))
		script_add_quoted(buffer, source + strlen("words "));
	else
		buffer_printf(
			buffer,
			"'(%s __complete %s -- $__%s_arguments (commandline -ct) 2>/dev/null)'",
			script->root->name, source + strlen("names "), script->root->name);
}

static void add_fish_options(const Script *script, const Command *command, const char *condition)
{
	Buffer *buffer = script->buffer;
	for (size_t i = 0; i < command->option_count; i++) {
		const Option *option = &command->options[i];
		if (option->is_hidden)
			continue;
		buffer_printf(buffer, "complete -c %s%s -l %s", script->root->name, condition,
			      option->name);
		if (option->letter)
			buffer_printf(buffer, " -s %c", option->letter);
		if (script_takes_next_word(option))
			buffer_add(buffer, " -r");
		if (option->type == OPTION_FLAG)
			buffer_add(buffer, " -f");
		else
			add_fish_source(buffer, script,
					script_option_source(option, script->arena));
		buffer_add(buffer, " -d ");
		script_add_quoted(buffer, option->help);
		buffer_add_char(buffer, '\n');
	}
}

static void add_fish_subcommands(const Script *script, const Command *command,
				 const char *condition)
{
	for (size_t i = 0; command->subcommands && command->subcommands[i]; i++) {
		const Command *sub = command->subcommands[i];
		if (sub->is_hidden)
			continue;
		buffer_printf(script->buffer, "complete -c %s%s -f -a %s -d ", script->root->name,
			      condition, sub->name);
		script_add_quoted(script->buffer, sub->summary);
		buffer_add_char(script->buffer, '\n');
	}
}

static void add_fish_command(const Command *command, const char *path, void *data)
{
	const Script *script = data;
	const char *condition =
		arena_printf(script->arena, " -n '__%s_at \"%s\"'", script->root->name, path);
	add_fish_subcommands(script, command, condition);
	if (command != script->root)
		add_fish_options(script, command, condition);
	unsigned index = 0;
	for (size_t i = 0; i < command->positional_count; i++) {
		const Positional *positional = &command->positionals[i];
		const bool is_many = positional->max == POSITIONAL_MANY;
		buffer_printf(
			script->buffer, "complete -c %s -n '__%s_at \"%s\" %u %s'",
			script->root->name, script->root->name, path, index,
			is_many ? "many"
				: arena_printf(script->arena, "%u", index + positional->max - 1));
		add_fish_source(script->buffer, script,
				script_positional_source(positional, script->arena));
		buffer_add_char(script->buffer, '\n');
		index += is_many ? 0 : positional->max;
	}
}

static void add_fish_value_option(const Command *command, const char *path, void *data)
{
	const Script *script = data;
	for (size_t i = 0; i < command->option_count; i++) {
		const Option *option = &command->options[i];
		if (!script_takes_next_word(option))
			continue;
		buffer_printf(script->buffer, " '%s --%s'", path, option->name);
		if (option->letter)
			buffer_printf(script->buffer, " '%s -%c'", path, option->letter);
	}
}

static void add_fish_path(const Command *command, const char *path, void *data)
{
	(void)command; // every path is listed, whatever is there
	const Script *script = data;
	buffer_printf(script->buffer, " '%s'", path);
}

static const char fish_at[] =
	"# True at the command PATH, with FIRST to LAST arguments before the cursor, which are left in __PROGRAM_arguments.\n"
	"function __PROGRAM_at\n"
	"\tset -l at PROGRAM\n"
	"\tset -g __PROGRAM_arguments\n"
	"\tset -l skip 0\n"
	"\tset -l tokens (commandline -opc)\n"
	"\tfor word in $tokens[2..-1]\n"
	"\t\tif test $skip = 1\n"
	"\t\t\tset skip 0\n"
	"\t\telse if string match -q -- '-*' $word\n"
	"\t\t\tif contains -- \"$at $word\" $__PROGRAM_values; or contains -- \"PROGRAM $word\" $__PROGRAM_values\n"
	"\t\t\t\tset skip 1\n"
	"\t\t\tend\n"
	"\t\telse if contains -- \"$at $word\" $__PROGRAM_paths\n"
	"\t\t\tset at \"$at $word\"\n"
	"\t\telse\n"
	"\t\t\tset -a __PROGRAM_arguments $word\n"
	"\t\tend\n"
	"\tend\n"
	"\ttest \"$at\" = $argv[1]; or return 1\n"
	"\tset -q argv[2]; or return 0\n"
	"\tset -l count (count $__PROGRAM_arguments)\n"
	"\ttest $count -ge $argv[2]; or return 1\n"
	"\ttest $argv[3] = many; or test $count -le $argv[3]\n"
	"end\n\n";

void script_print_fish(Script *script)
{
	Buffer *buffer = script->buffer;
	buffer_printf(buffer, "set -g __%s_paths", script->root->name);
	command_visit(script->root, script->arena, add_fish_path, script);
	buffer_printf(buffer, "\nset -g __%s_values", script->root->name);
	command_visit(script->root, script->arena, add_fish_value_option, script);
	buffer_add(buffer, "\n\n");
	script_add_template(script, fish_at, /* walk= */ "");
	buffer_printf(buffer, "complete -c %s -f\n", script->root->name);
	command_visit(script->root, script->arena, add_fish_command, script);
	add_fish_options(script, script->root, "");
}
