// bash and zsh get the same functions that answer questions about the tables; each has its own few lines that ask them.
// fish has declarations instead.
#include "pkg/cli/completion.h"

#include "pkg/cli/syntax.h"

const char *const shell_words[SHELL_COUNT + 1] = {
	[SHELL_BASH] = "bash",
	[SHELL_ZSH] = "zsh",
	[SHELL_FISH] = "fish",
};

typedef struct Script {
	const Command *root;
	Buffer *buffer;
	Arena *arena;
	const char *function; // prefix of the shell functions: "_sdme"
} Script;

// `text` between single quotes; a quote in it becomes '\''.
static void add_quoted(Buffer *buffer, const char *text)
{
	buffer_add_char(buffer, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buffer_add(buffer, "'\\''");
		else
			buffer_add_char(buffer, *text);
	}
	buffer_add_char(buffer, '\'');
}

// "words a b", "names pods", "files", "directories": what the scripts know how to offer. NULL: nothing.
static const char *source_of(CompletionKind kind, const char *const *words, size_t word_count,
			     Arena *arena)
{
	if (words) {
		CLEANUP_BUFFER source = { 0 };
		buffer_add(&source, "words");
		for (size_t i = 0; i < word_count; i++)
			buffer_printf(&source, " %s", words[i]);
		return buffer_take(&source, arena);
	}
	if (kind == COMPLETE_FILE)
		return "files";
	if (kind == COMPLETE_DIRECTORY)
		return "directories";
	const char *names = completion_kind_to_text(kind);
	return names ? arena_printf(arena, "names %s", names) : NULL;
}

static const char *option_source(const Option *option, Arena *arena)
{
	const char *source =
		source_of(option->completion, option->words, option->word_count, arena);
	return source ? source : "none";
}

static const char *positional_source(const Positional *positional, Arena *arena)
{
	size_t count = 0;
	while (positional->words && positional->words[count])
		count++;
	return source_of(positional->completion, positional->words, count, arena);
}

// True when the word behind the option is its value.
static bool takes_next_word(const Option *option)
{
	return option->type != OPTION_FLAG && !option->implied_value;
}

// --- bash and zsh

static void add_item(const Script *script, const char *word, const char *help)
{
	buffer_add_char(script->buffer, ' ');
	add_quoted(script->buffer, arena_printf(script->arena, "%s:%s", word, help));
}

static void add_commands_case(const Command *command, const char *path, void *data)
{
	const Script *script = data;
	if (!command->subcommands)
		return;
	buffer_printf(script->buffer, "\t'%s') reply=(", path);
	for (size_t i = 0; command->subcommands[i]; i++) {
		if (!command->subcommands[i]->is_hidden)
			add_item(script, command->subcommands[i]->name,
				 command->subcommands[i]->summary);
	}
	add_item(script, "help", "Show the help of a command");
	buffer_add(script->buffer, ") ;;\n");
}

static void add_option_items(const Script *script, const Command *command)
{
	for (size_t i = 0; i < command->option_count; i++) {
		const Option *option = &command->options[i];
		if (option->is_hidden)
			continue;
		add_item(script, arena_printf(script->arena, "--%s", option->name), option->help);
		if (option->letter)
			add_item(script, arena_printf(script->arena, "-%c", option->letter),
				 option->help);
	}
}

static void add_options_case(const Command *command, const char *path, void *data)
{
	const Script *script = data;
	if (command == script->root || !command_has_visible_options(command))
		return;
	buffer_printf(script->buffer, "\t'%s') reply=(", path);
	add_option_items(script, command);
	buffer_add(script->buffer, ") ;;\n");
}

static void add_value_cases(const Script *script, const Command *command, const char *path)
{
	for (size_t i = 0; i < command->option_count; i++) {
		const Option *option = &command->options[i];
		if (option->is_hidden || option->type == OPTION_FLAG)
			continue;
		buffer_printf(script->buffer, "\t'%s --%s'", path, option->name);
		if (option->letter)
			buffer_printf(script->buffer, " | '%s -%c'", path, option->letter);
		buffer_printf(script->buffer, ") REPLY='%s%s' ;;\n",
			      takes_next_word(option) ? "" : "attached ",
			      option_source(option, script->arena));
	}
}

static void add_value_case(const Command *command, const char *path, void *data)
{
	add_value_cases(data, command, path);
}

static void add_argument_case(const Command *command, const char *path, void *data)
{
	const Script *script = data;
	unsigned index = 0;
	for (size_t i = 0; i < command->positional_count; i++) {
		const Positional *positional = &command->positionals[i];
		const char *source = positional_source(positional, script->arena);
		const unsigned count = positional->max == POSITIONAL_MANY ? 1 : positional->max;
		for (unsigned n = 0; n < count; n++, index++) {
			if (!source)
				continue;
			if (positional->max == POSITIONAL_MANY)
				buffer_printf(script->buffer, "\t'%s '*) REPLY='%s' ;;\n", path,
					      source);
			else
				buffer_printf(script->buffer, "\t'%s %u') REPLY='%s' ;;\n", path,
					      index, source);
		}
	}
}

static void add_function(Script *script, const char *name, const char *subject, const char *reset,
			 CommandVisit visit)
{
	buffer_printf(script->buffer, "%s_%s() {\n\t%s\n\tcase \"%s\" in\n", script->function, name,
		      reset, subject);
	command_visit(script->root, script->arena, visit, script);
	buffer_add(script->buffer, "\tesac\n}\n\n");
}

static void add_questions(Script *script)
{
	add_function(script, "commands", "$1", "reply=()", add_commands_case);
	add_function(script, "options", "$1", "reply=()", add_options_case);
	add_function(script, "value", "$1 $2", "REPLY=", add_value_case);
	add_function(script, "argument", "$1 $2", "REPLY=", add_argument_case);
	buffer_printf(script->buffer, "%s_globals() {\n\treply=(", script->function);
	add_option_items(script, script->root);
	buffer_add(script->buffer, ")\n}\n\n");
}

// Walks the words before the cursor: `at` becomes the command's path, `count` the arguments so far, `ended` 1 behind --.
static const char walk_words[] =
	"\tlocal at=PROGRAM count=0 ended=0 skip=0 word item\n"
	"\tfor word in \"${before[@]}\"; do\n"
	"\t\tif ((skip)); then\n"
	"\t\t\tskip=0\n"
	"\t\t\tcontinue\n"
	"\t\tfi\n"
	"\t\tif [[ $word == -- ]]; then\n"
	"\t\t\tended=1\n"
	"\t\telif [[ $word == -* && $ended == 0 ]]; then\n"
	"\t\t\t[[ $word == *=* ]] && continue\n"
	"\t\t\tFUNCTION_value \"$at\" \"$word\"\n"
	"\t\t\t[[ -z $REPLY ]] && FUNCTION_value PROGRAM \"$word\"\n"
	"\t\t\t[[ -n $REPLY && $REPLY != attached* ]] && skip=1\n"
	"\t\telse\n"
	"\t\t\tFUNCTION_commands \"$at\"\n"
	"\t\t\tif ((${#reply[@]})); then\n"
	"\t\t\t\tfor item in \"${reply[@]}\"; do\n"
	"\t\t\t\t\t[[ ${item%%:*} == \"$word\" && $word != help ]] && at+=\" $word\"\n"
	"\t\t\t\tdone\n"
	"\t\t\telse\n"
	"\t\t\t\tcount=$((count + 1))\n"
	"\t\t\tfi\n"
	"\t\tfi\n"
	"\tdone\n";

static const char bash_script[] =
	"FUNCTION_offer() {\n"
	"\tlocal line\n"
	"\tcase \"$1\" in\n"
	"\twords*) COMPREPLY=($(compgen -W \"${1#words }\" -- \"$2\")) ;;\n"
	"\tnames*)\n"
	"\t\t# Not compgen -W, which would expand what names hold.\n"
	"\t\twhile IFS= read -r line; do\n"
	"\t\t\t[[ $line == \"$2\"* ]] && COMPREPLY+=(\"$line\")\n"
	"\t\tdone < <(PROGRAM __complete \"${1#names }\" 2>/dev/null)\n"
	"\t\t;;\n"
	"\tdirectories)\n"
	"\t\tcompopt -o filenames 2>/dev/null\n"
	"\t\twhile IFS= read -r line; do COMPREPLY+=(\"$line\"); done < <(compgen -d -- \"$2\")\n"
	"\t\t;;\n"
	"\tfiles)\n"
	"\t\tcompopt -o filenames 2>/dev/null\n"
	"\t\twhile IFS= read -r line; do COMPREPLY+=(\"$line\"); done < <(compgen -f -- \"$2\")\n"
	"\t\t;;\n"
	"\tesac\n"
	"}\n\n"
	"FUNCTION() {\n"
	"\tlocal REPLY current option= reply=() before=() i\n"
	"\tCOMPREPLY=()\n"
	"\tcurrent=${COMP_WORDS[COMP_CWORD]}\n"
	"\t# bash splits --name=value into three words; put them together again.\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tif [[ ${COMP_WORDS[i]} == '=' && ${#before[@]} -gt 0 ]]; then\n"
	"\t\t\tbefore[-1]+==\n"
	"\t\t\tif ((i + 1 < COMP_CWORD)); then\n"
	"\t\t\t\tbefore[-1]+=${COMP_WORDS[++i]}\n"
	"\t\t\tfi\n"
	"\t\telse\n"
	"\t\t\tbefore+=(\"${COMP_WORDS[i]}\")\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tif [[ $current == '=' && ${#before[@]} -gt 0 ]]; then\n"
	"\t\toption=${before[-1]}\n"
	"\t\tcurrent=\n"
	"\t\tunset 'before[-1]'\n"
	"\telif ((${#before[@]})) && [[ ${before[-1]} == -*= ]]; then\n"
	"\t\toption=${before[-1]%=}\n"
	"\t\tunset 'before[-1]'\n"
	"\telif ((${#before[@]})) && [[ ${before[-1]} == -* && ${before[-1]} != *=* ]]; then\n"
	"\t\toption=\"next ${before[-1]}\"\n"
	"\tfi\n"
	"WALK"
	"\tif [[ -n $option && $ended == 0 ]]; then\n"
	"\t\tFUNCTION_value \"$at\" \"${option#next }\"\n"
	"\t\t[[ -z $REPLY ]] && FUNCTION_value PROGRAM \"${option#next }\"\n"
	"\t\tif [[ -n $REPLY && ($option != next* || $REPLY != attached*) ]]; then\n"
	"\t\t\tFUNCTION_offer \"${REPLY#attached }\" \"$current\"\n"
	"\t\t\treturn\n"
	"\t\tfi\n"
	"\tfi\n"
	"\tif [[ $current == -* && $ended == 0 ]]; then\n"
	"\t\tlocal items=()\n"
	"\t\tFUNCTION_options \"$at\"\n"
	"\t\titems+=(\"${reply[@]}\")\n"
	"\t\tFUNCTION_globals\n"
	"\t\titems+=(\"${reply[@]}\")\n"
	"\t\tCOMPREPLY=($(compgen -W \"${items[*]%%:*}\" -- \"$current\"))\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tFUNCTION_commands \"$at\"\n"
	"\tif ((${#reply[@]})); then\n"
	"\t\tCOMPREPLY=($(compgen -W \"${reply[*]%%:*}\" -- \"$current\"))\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tFUNCTION_argument \"$at\" \"$count\"\n"
	"\tFUNCTION_offer \"$REPLY\" \"$current\"\n"
	"}\n\n"
	"complete -F FUNCTION PROGRAM\n";

static const char zsh_script[] =
	"FUNCTION_offer() {\n"
	"\tcase \"$1\" in\n"
	"\twords*) compadd -- ${=1#words } ;;\n"
	"\tnames*) compadd -- ${(f)\"$(PROGRAM __complete ${1#names } 2>/dev/null)\"} ;;\n"
	"\tdirectories) _files -/ ;;\n"
	"\tfiles) _files ;;\n"
	"\tesac\n"
	"}\n\n"
	"FUNCTION() {\n"
	"\tlocal REPLY option=\n"
	"\tlocal -a reply before options_here\n"
	"\tbefore=(\"${(@)words[2,CURRENT-1]}\")\n"
	"WALK"
	"\tif [[ $ended == 0 && $words[CURRENT] == --*=* ]]; then\n"
	"\t\toption=${words[CURRENT]%%=*}\n"
	"\t\tcompset -P '*='\n"
	"\telif [[ $ended == 0 && CURRENT -gt 2 && $words[CURRENT-1] == -* && $words[CURRENT-1] != *=* ]]; then\n"
	"\t\toption=\"next $words[CURRENT-1]\"\n"
	"\tfi\n"
	"\tif [[ -n $option ]]; then\n"
	"\t\tFUNCTION_value \"$at\" \"${option#next }\"\n"
	"\t\t[[ -z $REPLY ]] && FUNCTION_value PROGRAM \"${option#next }\"\n"
	"\t\tif [[ -n $REPLY && ($option != next* || $REPLY != attached*) ]]; then\n"
	"\t\t\tFUNCTION_offer \"${REPLY#attached }\"\n"
	"\t\t\treturn\n"
	"\t\tfi\n"
	"\tfi\n"
	"\tif [[ $words[CURRENT] == -* && $ended == 0 ]]; then\n"
	"\t\tFUNCTION_options \"$at\"\n"
	"\t\toptions_here=(\"${reply[@]}\")\n"
	"\t\tFUNCTION_globals\n"
	"\t\toptions_here+=(\"${reply[@]}\")\n"
	"\t\t_describe -o option options_here\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tFUNCTION_commands \"$at\"\n"
	"\tif ((${#reply[@]})); then\n"
	"\t\t_describe command reply\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tFUNCTION_argument \"$at\" \"$count\"\n"
	"\tFUNCTION_offer \"$REPLY\"\n"
	"}\n\n"
	"if [[ $funcstack[1] == FUNCTION ]]; then\n"
	"\tFUNCTION \"$@\"\n"
	"else\n"
	"\tcompdef FUNCTION PROGRAM\n"
	"fi\n";

// Appends a template: PROGRAM, FUNCTION and WALK are filled in.
static void add_template(const Script *script, const char *text)
{
	const struct {
		const char *word;
		const char *value;
	} fields[] = {
		{ "PROGRAM", script->root->name },
		{ "FUNCTION", script->function },
		{ "WALK", NULL },
	};
	while (*text) {
		size_t i = 0;
		while (i < COUNT(fields) && !text_starts_with(text, fields[i].word))
			i++;
		if (i == COUNT(fields)) {
			buffer_add_char(script->buffer, *text++);
			continue;
		}
		if (fields[i].value)
			buffer_add(script->buffer, fields[i].value);
		else
			add_template(script, walk_words);
		text += strlen(fields[i].word);
	}
}

// --- fish

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
		add_quoted(buffer, source + strlen("words "));
	else
		buffer_printf(buffer, "'(%s __complete %s 2>/dev/null)'", script->root->name,
			      source + strlen("names "));
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
		if (takes_next_word(option))
			buffer_add(buffer, " -r");
		if (option->type == OPTION_FLAG)
			buffer_add(buffer, " -f");
		else
			add_fish_source(buffer, script, option_source(option, script->arena));
		buffer_add(buffer, " -d ");
		add_quoted(buffer, option->help);
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
		add_quoted(script->buffer, sub->summary);
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
				positional_source(positional, script->arena));
		buffer_add_char(script->buffer, '\n');
		index += is_many ? 0 : positional->max;
	}
}

static void add_fish_value_option(const Command *command, const char *path, void *data)
{
	const Script *script = data;
	for (size_t i = 0; i < command->option_count; i++) {
		const Option *option = &command->options[i];
		if (!takes_next_word(option))
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
	"# True at the command PATH, with FIRST to LAST arguments before the cursor.\n"
	"function __PROGRAM_at\n"
	"\tset -l at PROGRAM\n"
	"\tset -l count 0\n"
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
	"\t\t\tset count (math $count + 1)\n"
	"\t\tend\n"
	"\tend\n"
	"\ttest \"$at\" = $argv[1]; or return 1\n"
	"\tset -q argv[2]; or return 0\n"
	"\ttest $count -ge $argv[2]; or return 1\n"
	"\ttest $argv[3] = many; or test $count -le $argv[3]\n"
	"end\n\n";

static void print_fish(Script *script)
{
	Buffer *buffer = script->buffer;
	buffer_printf(buffer, "set -g __%s_paths", script->root->name);
	command_visit(script->root, script->arena, add_fish_path, script);
	buffer_printf(buffer, "\nset -g __%s_values", script->root->name);
	command_visit(script->root, script->arena, add_fish_value_option, script);
	buffer_add(buffer, "\n\n");
	add_template(script, fish_at);
	buffer_printf(buffer, "complete -c %s -f\n", script->root->name);
	command_visit(script->root, script->arena, add_fish_command, script);
	add_fish_options(script, script->root, "");
}

void completion_print(const Command *root, Shell shell, Buffer *buffer)
{
	CLEANUP_ARENA arena = arena_new();
	Script script = { root, buffer, arena, arena_printf(arena, "_%s", root->name) };
	if (shell == SHELL_ZSH)
		buffer_printf(buffer, "#compdef %s\n", root->name);
	buffer_printf(buffer, "# %s completion for %s; made by `%s config completions %s`.\n\n",
		      shell_words[shell], root->name, root->name, shell_words[shell]);
	if (shell == SHELL_FISH) {
		print_fish(&script);
		return;
	}
	add_questions(&script);
	add_template(&script, shell == SHELL_BASH ? bash_script : zsh_script);
}
