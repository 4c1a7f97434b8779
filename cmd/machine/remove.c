// sdme rm: machines and all that belongs to them, by name.
#include "cmd/commands.h"
#include "cmd/machine/machines.h"
#include "pkg/cli/batch.h"

typedef struct RemoveOptions {
	bool is_all;
	bool is_forced;
} RemoveOptions;

static const Option remove_options[] = {
	OPT_FLAG(RemoveOptions, is_all, "all", 'a', "Remove every machine"),
	OPT_FLAG(RemoveOptions, is_forced, "force", 'f', "Do not ask"),
};

static bool list_all(const CommandContext *context, Bus *bus, Texts *ret, Error *error)
{
	(void)bus; // the signature of MachineSelection.list
	return machine_list_names(context->host, context->arena, ret, error);
}

static bool remove_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	return machine_remove(context->host, data, name, context->config, error);
}

// --force asks nothing, and so takes whole names only.
static bool resolve_to_remove(const CommandContext *context, Texts *ret, Error *error)
{
	const RemoveOptions *given = context->options;
	CommandContext asking = *context;
	asking.is_interactive = context->is_interactive && !given->is_forced;
	return machines_resolve_to_end(&asking, "remove", /* may_be_left= */ true, ret, error);
}

static bool run_remove(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const RemoveOptions *given = context->options;
	const BatchVerb verb = { "removing", "removed", "containers" };
	const MachineSelection any = { resolve_to_remove, list_all, "no containers to remove" };
	CLEANUP_BUS bus = NULL;
	Texts names = { 0 };
	if (given->is_all && !given->is_forced)
		return error_set(error, ERROR_USAGE, "removing every machine needs --force");
	if (!bus_open_system(&bus, error) ||
	    !machines_select(context, bus, given->is_all, &any, &names, error))
		return false;
	return batch_run(context, &verb, &names, remove_one, bus, error) &&
	       machines_collect(context, bus, error);
}

const Command command_rm = {
	.name = "rm",
	.summary = "Remove machines",
	.description =
		"Stops the machines and removes what belongs to them: files, records, units. The data of "
		"PersistentVolumeClaims stays. A name that was shortened is asked about first, and refused where "
		"nobody can be asked or with --force.",
	.examples = "sdme rm web\nsdme rm --all --force\n",
	OPTIONS(RemoveOptions, remove_options),
	POSITIONALS(machine_positionals),
	.needs_root = true,
	.run = run_remove,
};
