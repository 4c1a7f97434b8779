// sdme enable and sdme disable: whether machines start with the host.
#include "cmd/commands.h"
#include "cmd/machine/machines.h"
#include "pkg/cli/batch.h"

typedef struct SwitchOptions {
	bool is_all;
} SwitchOptions;

static const Option switch_options[] = {
	OPT_FLAG(SwitchOptions, is_all, "all", 'a', "Every machine"),
};

// What one of the two commands makes of a machine.
typedef struct Switch {
	BatchVerb verb;
	BatchItem item;
	MachineSelection selection;
} Switch;

static bool enable_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	return machine_set_enabled(context->host, data, name, true, error);
}

static bool disable_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	return machine_set_enabled(context->host, data, name, false, error);
}

static bool list_by_enabled(const CommandContext *context, bool is_enabled, Texts *ret,
			    Error *error)
{
	Texts names = { 0 };
	Texts enabled = { 0 };
	if (!machine_list_names(context->host, context->arena, &names, error) ||
	    !machine_list_enabled(context->host, context->arena, &enabled, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (texts_contain(&enabled, names.items[i]) == is_enabled)
			texts_add(context->arena, ret, names.items[i]);
	}
	return true;
}

static bool list_disabled(const CommandContext *context, Bus *bus, Texts *ret, Error *error)
{
	(void)bus; // the signature of MachineSelection.list
	return list_by_enabled(context, /* is_enabled= */ false, ret, error);
}

static bool list_enabled(const CommandContext *context, Bus *bus, Texts *ret, Error *error)
{
	(void)bus; // the signature of MachineSelection.list
	return list_by_enabled(context, /* is_enabled= */ true, ret, error);
}

static bool run_switch(const CommandContext *context, const Switch *what, Error *error)
{
	const SwitchOptions *given = context->options;
	CLEANUP_BUS bus = NULL;
	Texts names = { 0 };
	if (!bus_open_system(&bus, error) ||
	    !machines_select(context, bus, given->is_all, &what->selection, &names, error))
		return false;
	return batch_run(context, &what->verb, &names, what->item, bus, error);
}

static bool run_enable(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const Switch what = {
		.verb = { "enabling", "enabled", "containers" },
		.item = enable_one,
		.selection = { machines_resolve_arguments, list_disabled,
			       "no disabled containers to enable" },
	};
	return run_switch(context, &what, error);
}

static bool run_disable(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const Switch what = {
		.verb = { "disabling", "disabled", "containers" },
		.item = disable_one,
		.selection = { machines_resolve_arguments, list_enabled,
			       "no enabled containers to disable" },
	};
	return run_switch(context, &what, error);
}

const Command command_enable = {
	.name = "enable",
	.summary = "Start machines with the host",
	.description =
		"The machines start whenever the host boots, as by systemctl enable sdme@NAME. Whether they run "
		"now does not change.",
	.examples = "sdme enable web\nsdme enable --all\n",
	OPTIONS(SwitchOptions, switch_options),
	POSITIONALS(machine_positionals),
	.needs_root = true,
	.run = run_enable,
};

const Command command_disable = {
	.name = "disable",
	.summary = "Do not start machines with the host",
	.description =
		"The machines stay stopped when the host boots, as by systemctl disable sdme@NAME. Whether they "
		"run now does not change.",
	.examples = "sdme disable web\n",
	OPTIONS(SwitchOptions, switch_options),
	POSITIONALS(machine_positionals),
	.needs_root = true,
	.run = run_disable,
};
