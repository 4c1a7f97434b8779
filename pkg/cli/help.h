// pkg/cli/help.h - what users read about a command, made from its declaration.
#ifndef PKG_CLI_HELP_H
#define PKG_CLI_HELP_H

#include "pkg/base/pairs.h"
#include "pkg/base/text.h"
#include "pkg/cli/command.h"

// The text of -h; is_long: with the essay and the examples (--help).
void help_print(const Command *root, const Command *command, const char *path, bool is_long,
		Buffer *buffer);

// The manual page of one command in mdoc(7); path: "sdme kube apply".
void man_print(const Command *root, const Command *command, const char *path, Buffer *buffer);
// "sdme-kube-apply"
const char *man_page_name(const char *path, Arena *arena);
// Appends `essay` to an mdoc page.
void man_add_prose(Buffer *buffer, const char *essay);
// The date of mdoc pages, which must not change with every build.
#define MAN_DATE "November 22, 2026"

// The whole tree in Markdown (docs/cli.md), and as JSON for other programs.
void reference_print(const Command *root, Buffer *buffer);
void introspection_print(const Command *root, Buffer *buffer);

#endif
