// pkg/cli/completion.h - scripts that complete the command line in a shell, made from the command tables.
// Commands, options and words are in the script; names of things come from
// `sdme __complete KIND -- ARGUMENT... CURRENT` at the time: the arguments before the cursor, and the word at it.
#ifndef PKG_CLI_COMPLETION_H
#define PKG_CLI_COMPLETION_H

#include "pkg/base/text.h"
#include "pkg/cli/command.h"

typedef enum Shell {
	SHELL_BASH,
	SHELL_ZSH,
	SHELL_FISH,
	SHELL_COUNT,
} Shell;

extern const char *const shell_words[SHELL_COUNT + 1]; // NULL-terminated

void completion_print(const Command *root, Shell shell, Buffer *buffer);

#endif
