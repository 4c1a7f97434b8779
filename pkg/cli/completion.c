#include "pkg/cli/completion.h"

#include "pkg/cli/completion_script.h"

const char *const shell_words[SHELL_COUNT + 1] = {
	[SHELL_BASH] = "bash",
	[SHELL_ZSH] = "zsh",
	[SHELL_FISH] = "fish",
};

void completion_print(const Command *root, Shell shell, Buffer *buffer)
{
	CLEANUP_ARENA arena = arena_new();
	Script script = { root, buffer, arena, arena_printf(arena, "_%s", root->name) };
	if (shell == SHELL_ZSH)
		buffer_printf(buffer, "#compdef %s\n", root->name);
	buffer_printf(buffer, "# %s completion for %s; made by `%s config completions %s`.\n\n",
		      shell_words[shell], root->name, root->name, shell_words[shell]);
	if (shell == SHELL_FISH)
		script_print_fish(&script);
	else
		script_print_posix(&script, shell);
}
