// pkg/cli/syntax.h - how options and positionals are written in help, man pages and the reference.
#ifndef PKG_CLI_SYNTAX_H
#define PKG_CLI_SYNTAX_H

#include "pkg/base/text.h"
#include "pkg/cli/command.h"

// "--file FILE", "--dry-run[=MODE]", "--all"
const char *syntax_option(const Option *option, Arena *arena);
// "NAME", "[NAME]", "NAME...", "[NAME...]"
const char *syntax_positional(const Positional *positional, Arena *arena);
// "sdme kube apply [OPTIONS] -f FILE [NAME...]"
const char *syntax_usage(const Command *root, const Command *command, const char *path,
			 Arena *arena);
// The help sentence and what the table knows besides: "Wait so long (default: 30s; one of: a, b)".
const char *syntax_option_help(const Option *option, Arena *arena);

// Visits every command that is not hidden, parents first.
typedef void (*CommandVisit)(const Command *command, const char *path, void *data);
void command_visit(const Command *root, Arena *arena, CommandVisit visit, void *data);
// True when there is an option to show.
bool command_has_visible_options(const Command *command);

#endif
