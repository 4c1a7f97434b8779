// cmd/commands.h - every command of sdme, as plain declarations.
// A new command is a file cmd/NAME.c (cmd/GROUP_NAME.c below a group) with its `const Command`, one line here and one
// line in the table of its group in commands.c.
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "pkg/cli/command.h"

// The tree; groups are declared in commands.c.
extern const Command command_root;

extern const Command command_config_get;         // config.c
extern const Command command_config_set;         // config.c
extern const Command command_config_completions; // config.c
extern const Command command_configmap;          // configmap.c: a group
extern const Command command_fs;                 // fs.c: a group
extern const Command command_secret;             // secret.c: a group
extern const Command command_complete;           // complete.c
extern const Command command_docs;               // docs.c

#endif
