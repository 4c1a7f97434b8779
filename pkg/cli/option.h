// pkg/cli/option.h - the value of one option: from its text into the options struct.
#ifndef PKG_CLI_OPTION_H
#define PKG_CLI_OPTION_H

#include "pkg/cli/command.h"

// Understands `text` and writes it to the option's place in `options`; lists and pairs grow. spelled: the option as
// the user wrote it ("--port", "-p"), for the error. Fails with ERROR_USAGE.
MUST_CHECK bool option_store(const Option *option, const char *spelled, const char *text,
			     void *options, Arena *arena, Error *error);
// A zeroed struct of `size` bytes in which the options have their defaults.
void *option_defaults(const Option *table, size_t count, size_t size, Arena *arena);

// "bash, zsh, fish"
const char *words_join(const char *const *words, size_t count, Arena *arena);

#endif
