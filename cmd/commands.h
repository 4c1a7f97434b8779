// cmd/commands.h - every command of sdme, as plain declarations.
// A new command is a file cmd/NAME.c (cmd/GROUP_NAME.c below a group) with its `const Command`, one line here and one
// line in the table of its group in commands.c.
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "pkg/cli/command.h"

// The tree; groups are declared in commands.c.
extern const Command command_root;

extern const Command command_kube_apply;         // kube_apply.c
extern const Command command_kube_create;        // kube_apply.c
extern const Command command_kube_delete;        // kube_delete.c
extern const Command command_kube_get;           // kube_get.c
extern const Command command_kube_rollout;       // kube_rollout.c: a group
extern const Command command_kube_logs;          // kube_logs.c
extern const Command command_kube_exec;          // kube_exec.c
extern const Command command_kube_validate;      // kube_validate.c
extern const Command command_kube_explain;       // kube_explain.c
extern const Command command_ps;                 // ps.c
extern const Command command_start;              // life.c
extern const Command command_stop;               // life.c
extern const Command command_rm;                 // life.c
extern const Command command_enable;             // life.c
extern const Command command_disable;            // life.c
extern const Command command_exec;               // exec.c
extern const Command command_logs;               // logs.c
extern const Command command_config_get;         // config.c
extern const Command command_config_set;         // config.c
extern const Command command_config_completions; // config.c
extern const Command command_configmap;          // configmap.c: a group
extern const Command command_fs;                 // fs.c: a group
extern const Command command_image;              // image.c: a group
extern const Command command_image_pull;         // image_pull.c
extern const Command command_image_list;         // image_list.c
extern const Command command_image_inspect;      // image_inspect.c
extern const Command command_image_import;       // image_import.c
extern const Command command_image_export;       // image_export.c
extern const Command command_image_verify;       // image_verify.c
extern const Command command_image_tag;          // image_tag.c
extern const Command command_image_rm;           // image_remove.c
extern const Command command_image_prune;        // image_remove.c
extern const Command command_fs_import;          // fs_import.c
extern const Command command_secret;             // secret.c: a group
extern const Command command_complete;           // complete.c
extern const Command command_docs;               // docs.c

#endif
