// sdme fs: ls, rm, gc - root file systems that machines stand on. For import see fs_import.c.
#include "cmd/commands.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/cli/batch.h"
#include "pkg/cli/confirm.h"
#include "pkg/cli/table.h"
#include "store/collect.h"
#include "store/rootfs/rootfs.h"
#include "store/state/config.h"
#include "store/state/layout.h"

// --- ls

typedef struct ListOptions {
	bool json;
	bool json_pretty;
} ListOptions;

static const Option list_options[] = {
	OPT_JSON(ListOptions, json, json_pretty),
};

static const Column list_columns[] = {
	{ .title = "NAME", .key = "name" },
	{ .title = "OS", .key = "os" },
	{ .title = "CONTAINERS", .key = "containers" },
	{ .title = "PATH", .key = "path" },
};

static bool run_list(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ListOptions *options = context->options;
	Rootfses rootfses = { 0 };
	if (!layout_prepare(context->host, error) ||
	    !rootfs_list(context->host, context->arena, &rootfses, error))
		return false;
	const OutputFormat format = output_format_of(options->json, options->json_pretty,
						     context->config->default_output_format);
	if (rootfses.count == 0 && format == OUTPUT_TABLE) {
		fprintf(context->messages, "no root filesystems found\n");
		return true;
	}
	Table table;
	table_init(&table, context->arena, list_columns, COUNT(list_columns));
	for (size_t i = 0; i < rootfses.count; i++) {
		table_add_text(&table, rootfses.items[i].name);
		table_add_text(&table, rootfses.items[i].os);
		table_add_texts(&table, &rootfses.items[i].containers);
		table_add_text(&table, rootfses.items[i].path);
	}
	table_write(&table, format, context->output);
	return true;
}

static const Command command_list = {
	.name = "ls",
	.summary = "List root file systems",
	.description = "Prints names, operating systems, and the machines that use them.",
	.examples = "sdme fs ls\nsdme fs ls --json\n",
	OPTIONS(ListOptions, list_options),
	.needs_root = true,
	.run = run_list,
};

// --- rm

typedef struct RemoveOptions {
	bool is_all;
	bool is_forced;
} RemoveOptions;

static const Option remove_options[] = {
	OPT_FLAG(RemoveOptions, is_all, "all", 'a', "Remove every root file system"),
	OPT_FLAG(RemoveOptions, is_forced, "force", 'f', "Do not ask"),
};

static const Positional remove_positionals[] = {
	{ "NAME", 0, POSITIONAL_MANY, COMPLETE_ROOTFS, "Root file systems to remove", NULL },
};

static bool remove_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	(void)data; // nothing is shared between the items
	return rootfs_remove(context->host, name, error);
}

// All of them, once the user has agreed.
static bool select_all(const CommandContext *context, bool is_forced, Texts *ret, Error *error)
{
	Rootfses rootfses = { 0 };
	if (!rootfs_list(context->host, context->arena, &rootfses, error))
		return false;
	for (size_t i = 0; i < rootfses.count; i++)
		texts_add(context->arena, ret, rootfses.items[i].name);
	if (ret->count == 0)
		fprintf(context->messages, "no root filesystems to remove\n");
	if (ret->count == 0 || is_forced)
		return true;
	const char *question =
		arena_printf(context->arena, "remove %zu root file systems?", ret->count);
	return confirm(context, stdin, question, "--force", error);
}

static bool run_remove(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const RemoveOptions *options = context->options;
	const BatchVerb verb = { "removing", "removed", "root filesystems" };
	Texts names = context->arguments;
	if (options->is_all == (names.count > 0))
		return error_set(error, ERROR_USAGE, "give names, or --all");
	if (!layout_prepare(context->host, error) ||
	    (options->is_all && !select_all(context, options->is_forced, &names, error)))
		return false;
	return batch_run(context, &verb, &names, remove_one, NULL, error);
}

static const Command command_remove = {
	.name = "rm",
	.summary = "Remove root file systems",
	.description = "One that a machine uses stays: remove the machine first.",
	.examples = "sdme fs rm debian\n",
	OPTIONS(RemoveOptions, remove_options),
	POSITIONALS(remove_positionals),
	.needs_root = true,
	.run = run_remove,
};

// --- gc

static bool run_collect(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	size_t count = 0;
	if (!layout_prepare(context->host, error) || !collect_stale(context->host, &count, error))
		return false;
	if (count == 0)
		fprintf(context->messages, "no stale transactions found\n");
	else
		fprintf(context->messages, "cleaned %zu stale transaction(s)\n", count);
	return true;
}

static const Command command_collect = {
	.name = "gc",
	.summary = "Delete what interrupted commands left",
	.description =
		"A command that was killed may leave files that nobody sees. They are deleted here, or by "
		"the next command that works in the same place.",
	.examples = "sdme fs gc\n",
	.needs_root = true,
	.run = run_collect,
};

static const Command *const commands[] = {
	&command_fs_import, &command_list, &command_remove, &command_collect, NULL,
};

const Command command_fs = {
	.name = "fs",
	.summary = "Keep root file systems for machines",
	.description =
		"Without an imported root file system machines stand on the host's own /usr. An imported one "
		"lets them run another distribution, or another version.",
	.examples = "sdme fs import /tmp/bookworm --name debian\nsdme fs ls\n",
	.subcommands = commands,
};
