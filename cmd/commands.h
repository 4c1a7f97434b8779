// cmd/commands.h - every command of sdme, as plain declarations.
// A new command is a file cmd/NAME.c (cmd/GROUP_NAME.c below a group) with its `const Command`, one line here and one
// line in the table of its group in commands.c.
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "pkg/cli/command.h"

// The tree; groups are declared in commands.c.
extern const Command command_root;

extern const Command command_kube_apply;         // cmd/kube/apply.c
extern const Command command_kube_create;        // cmd/kube/apply.c
extern const Command command_kube_delete;        // cmd/kube/delete.c
extern const Command command_kube_get;           // cmd/kube/get.c
extern const Command command_kube_rollout;       // cmd/kube/rollout.c: a group
extern const Command command_kube_logs;          // cmd/kube/logs.c
extern const Command command_kube_exec;          // cmd/kube/exec.c
extern const Command command_kube_validate;      // cmd/kube/validate.c
extern const Command command_kube_explain;       // cmd/kube/explain.c
extern const Command command_ps;                 // cmd/machine/ps.c
extern const Command command_start;              // cmd/machine/start.c
extern const Command command_stop;               // cmd/machine/stop.c
extern const Command command_rm;                 // cmd/machine/remove.c
extern const Command command_enable;             // cmd/machine/enable.c
extern const Command command_disable;            // cmd/machine/enable.c
extern const Command command_exec;               // cmd/machine/exec.c
extern const Command command_logs;               // cmd/machine/logs.c
extern const Command command_config_get;         // config.c
extern const Command command_config_set;         // config.c
extern const Command command_config_completions; // config.c
extern const Command command_configmap;          // cmd/kube/configmap.c: a group
extern const Command command_fs;                 // cmd/machine/fs.c: a group
extern const Command command_image;              // cmd/image/image.c: a group
extern const Command command_image_pull;         // cmd/image/pull.c
extern const Command command_image_list;         // cmd/image/list.c
extern const Command command_image_inspect;      // cmd/image/inspect.c
extern const Command command_image_import;       // cmd/image/import.c
extern const Command command_image_export;       // cmd/image/export.c
extern const Command command_image_verify;       // cmd/image/verify.c
extern const Command command_image_tag;          // cmd/image/tag.c
extern const Command command_image_rm;           // cmd/image/remove.c
extern const Command command_image_prune;        // cmd/image/remove.c
extern const Command command_fs_import;          // cmd/machine/fs_import.c
extern const Command command_secret;             // cmd/kube/secret.c: a group
extern const Command command_complete;           // complete.c
extern const Command command_docs;               // docs.c

#endif
