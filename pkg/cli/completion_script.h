// pkg/cli/completion_script.h - what the makers of completion scripts share. For completion*.c only.
#ifndef PKG_CLI_COMPLETION_SCRIPT_H
#define PKG_CLI_COMPLETION_SCRIPT_H

#include "pkg/cli/completion.h"

// The script that is being written.
typedef struct Script {
	const Command *root;
	Buffer *buffer;
	Arena *arena;
	const char *function; // prefix of the shell functions: "_sdme"
} Script;

// bash and zsh: functions that answer questions about the tables, and the lines that ask them.
void script_print_posix(Script *script, Shell shell);
// fish: one declaration per command, option and positional.
void script_print_fish(Script *script);

// `text` between single quotes; a quote in it becomes '\''.
void script_add_quoted(Buffer *buffer, const char *text);
// Copies a template in which PROGRAM and FUNCTION are filled in, and WALK with `walk`.
void script_add_template(const Script *script, const char *text, const char *walk);

// What the shell offers: "words a b", "names pods", "files", "directories"; options also "none"; NULL: nothing.
const char *script_option_source(const Option *option, Arena *arena);
const char *script_positional_source(const Positional *positional, Arena *arena);
// True when the word behind the option is its value.
bool script_takes_next_word(const Option *option);

#endif
