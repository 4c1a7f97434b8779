#include "tests/unit/sample_commands.h"

#include "pkg/cli/command_line.h"

static const char *const dry_run_words[] = {
	[DRY_RUN_NONE] = "none",
	[DRY_RUN_CLIENT] = "client",
	[DRY_RUN_SERVER] = "server",
};

static const Option apply_options[] = {
	OPT_TEXTS(ApplyOptions, files, "file", 'f', "FILE", COMPLETE_FILE,
		  "Read the manifests from this file, directory or address", .is_required = true),
	OPT_CHOICE(ApplyOptions, dry_run, "dry-run", 0, "MODE", dry_run_words,
		   "Print what would be done", .default_text = "none", .implied_value = "client"),
	OPT_FLAG(ApplyOptions, recursive, "recursive", 'R', "Descend into directories"),
	OPT_FLAG(ApplyOptions, wait, "wait", 'w', "Wait until everything is ready"),
	OPT_FLAG(ApplyOptions, force, "force", 0,
		 "Delete and create again what cannot be changed in place, whatever it costs"),
	OPT_DURATION(ApplyOptions, timeout_ms, "timeout", 't', "TIME", "Wait no longer than this",
		     .default_text = "60"),
	OPT_SIZE(ApplyOptions, disk_bytes, "disk", 0, "SIZE", "Limit the disk"),
	OPT_U32(ApplyOptions, port, "port", 'p', "PORT", "Publish this port", .min = 1,
		.max = 65535),
	OPT_U64(ApplyOptions, revision, "revision", 0, "NUMBER", "Go back to this revision"),
	OPT_DOUBLE(ApplyOptions, cpus, "cpus", 0, "N", "Limit the processors"),
	OPT_STRING(ApplyOptions, zone, "zone", 0, "ZONE", COMPLETE_NONE, "Join this network zone"),
	OPT_LIST(ApplyOptions, except, "except", 0, "NAMES", COMPLETE_POD, "Leave these alone"),
	OPT_PAIRS(ApplyOptions, labels, "label", 'l', "KEY=VALUE", "Add a label"),
	OPT_JSON(ApplyOptions, json, json_pretty),
};

static bool run_nothing(const CommandContext *context, int *exit_status, Error *error)
{
	(void)context;
	(void)exit_status;
	(void)error;
	return true;
}

static const Command apply = {
	.name = "apply",
	.summary = "Apply manifests: create what is new, change what differs",
	.description =
		"Reads the manifests and makes the machines follow them. What is as it should be "
		"stays untouched, so that applying twice is the same as applying once.\n"
		"\n"
		"A manifest looks so:\n"
		"  kind: Pod\n"
		"  metadata: {name: 'web'}\n"
		"\n"
		".hidden files are not read. A \\ stays a \\.",
	.examples = "# from a directory\n"
		    "sample kube apply -R -f pods/\n"
		    "\n"
		    "# from standard input\n"
		    "sample kube apply -f -\n",
	OPTIONS(ApplyOptions, apply_options),
	.needs_root = true,
	.run = run_nothing,
};

static const Option exec_options[] = {
	OPT_STRING(ExecOptions, app, "oci", 0, "APP", COMPLETE_NONE, "Enter this app",
		   .implied_value = "", .takes_word = true),
	OPT_STRING(ExecOptions, user, "user", 'u', "USER", COMPLETE_NONE, "Run as this user"),
};

static const Positional exec_positionals[] = {
	{ "NAME", 1, 1, COMPLETE_RUNNING_MACHINE, "The machine", NULL },
	{ "COMMAND", 1, POSITIONAL_MANY, COMPLETE_NONE, "What to run in it", NULL },
};

static const Command exec = {
	.name = "exec",
	.summary = "Run a command in a machine",
	.description = "Runs a command.",
	OPTIONS(ExecOptions, exec_options),
	POSITIONALS(exec_positionals),
	.tail = TAIL_COMMAND,
	.run = run_nothing,
};

static const Positional logs_positionals[] = {
	{ "NAME", 1, 1, COMPLETE_MACHINE, "The machine", NULL },
	{ "ARGUMENT", 0, POSITIONAL_MANY, COMPLETE_NONE, "Passed on to journalctl", NULL },
};

static const Command logs = {
	.name = "logs",
	.summary = "Show the journal of a machine",
	.description = "Shows the journal.",
	OPTIONS(ExecOptions, exec_options),
	POSITIONALS(logs_positionals),
	.tail = TAIL_UNKNOWN,
	.run = run_nothing,
};

static const char *const colours[] = { "red", "green", NULL };

static const Positional paint_positionals[] = {
	{ "COLOUR", 1, 1, COMPLETE_NONE, "Which colour", colours },
	{ "PLACE", 0, 2, COMPLETE_DIRECTORY, "What to paint", NULL },
};

static const Command paint = {
	.name = "paint",
	.summary = "Paint it",
	.description = "Paints.",
	POSITIONALS(paint_positionals),
	.run = run_nothing,
};

static const Command secret = {
	.name = "__secret",
	.summary = "Nobody sees this",
	.is_hidden = true,
	.run = run_nothing,
};

static const Command *const kube_commands[] = { &apply, NULL };

static const Command kube = {
	.name = "kube",
	.summary = "Work with manifests",
	.description = "Works with manifests.",
	.subcommands = kube_commands,
};

static const Command *const commands[] = { &kube, &exec, &logs, &paint, &secret, NULL };

const Command sample_root = {
	.name = "sample",
	.summary = "Show what a command tree can hold",
	.description = "Shows it.",
	.options = global_options,
	.option_count = GLOBAL_OPTION_COUNT,
	.options_size = sizeof(GlobalOptions),
	.subcommands = commands,
};
