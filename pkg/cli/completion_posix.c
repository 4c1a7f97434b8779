// bash and zsh get the same functions that answer questions about the tables; each has its own few lines that ask them.
#include "pkg/cli/completion_script.h"
#include "pkg/cli/syntax.h"

static void add_item(const Script *script, const char *word, const char *help)
{
	buffer_add_char(script->buffer, ' ');
	script_add_quoted(script->buffer, arena_printf(script->arena, "%s:%s", word, help));
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
			      script_takes_next_word(option) ? "" : "attached ",
			      script_option_source(option, script->arena));
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
		const char *source = script_positional_source(positional, script->arena);
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

// Walks the words before the cursor: `at` becomes the command's path, `arguments` those so far, and `count` their number,
// `ended` 1 behind --.
static const char walk_words[] =
	"\tlocal at=PROGRAM count=0 ended=0 skip=0 word item\n"
	"\tlocal -a arguments\n"
	"\targuments=()\n"
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
	"\t\t\t\targuments+=(\"$word\")\n"
	"\t\t\tfi\n"
	"\t\tfi\n"
	"\tdone\n";

static const char bash_script[] =
	"FUNCTION_offer() {\n"
	"\tlocal line head=\n"
	"\t# What stands before a colon is a word of its own to bash, and there already.\n"
	"\t[[ $2 == *:* && $COMP_WORDBREAKS == *:* ]] && head=${2%\"${2##*:}\"}\n"
	"\tcase \"$1\" in\n"
	"\twords*) COMPREPLY=($(compgen -W \"${1#words }\" -- \"$2\")) ;;\n"
	"\tnames*)\n"
	"\t\t# Not compgen -W, which would expand what names hold.\n"
	"\t\twhile IFS= read -r line; do\n"
	"\t\t\t[[ $line == \"$2\"* ]] && COMPREPLY+=(\"${line#\"$head\"}\")\n"
	"\t\tdone < <(PROGRAM __complete \"${1#names }\" -- \"${arguments[@]}\" \"$2\" 2>/dev/null)\n"
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
	"\t# bash splits --name=value and name:tag into three words; put them together again.\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tif [[ ${COMP_WORDS[i]} == [=:] && ${#before[@]} -gt 0 ]]; then\n"
	"\t\t\tbefore[-1]+=${COMP_WORDS[i]}\n"
	"\t\t\tif ((i + 1 < COMP_CWORD)); then\n"
	"\t\t\t\tbefore[-1]+=${COMP_WORDS[++i]}\n"
	"\t\t\tfi\n"
	"\t\telse\n"
	"\t\t\tbefore+=(\"${COMP_WORDS[i]}\")\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tif [[ ${#before[@]} -gt 0 && ($current == : || ${COMP_WORDS[COMP_CWORD-1]} == :) ]]; then\n"
	"\t\tcurrent=${before[-1]}$current\n"
	"\t\tunset 'before[-1]'\n"
	"\tfi\n"
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
	"\tnames*)\n"
	"\t\tcompadd -- ${(f)\"$(PROGRAM __complete ${1#names } -- \"${(@)arguments}\" \"$words[CURRENT]\" 2>/dev/null)\"}\n"
	"\t\t;;\n"
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

void script_print_posix(Script *script, Shell shell)
{
	add_questions(script);
	script_add_template(script, shell == SHELL_BASH ? bash_script : zsh_script, walk_words);
}
