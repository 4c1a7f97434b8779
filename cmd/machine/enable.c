// sdme start, sdme stop, sdme rm, sdme enable, sdme disable: machines by name.
#include "cmd/commands.h"
#include "cmd/image/pull_options.h"
#include "cmd/machine/machines.h"
#include "cmd/manifests.h"
#include "isolate/machine/ending.h"
#include "isolate/machine/machine.h"
#include "isolate/machine/owner.h"
#include "kube/apply/apply.h"
#include "kube/status/status.h"
#include "pkg/cli/batch.h"
#include "store/state/layout.h"

// What every item of a batch needs.
typedef struct Batch {
	Bus *bus;
	uint64_t timeout_ms;
	StopTier tier;
	const ApplyContext *apply; // start: for what the images of Pods mean now
	Report *notes;
} Batch;

// Which machines --all means.
typedef bool ListMachines(const CommandContext *context, Bus *bus, Texts *ret, Error *error);

// Which machines the positionals mean.
typedef bool ResolveMachines(const CommandContext *context, Texts *ret, Error *error);

typedef struct Selection {
	ResolveMachines *resolve;
	ListMachines *list;
	const char *none; // said when --all is nothing
} Selection;

// The positionals, or all.
static bool select_names(const CommandContext *context, Bus *bus, bool is_all,
			 const Selection *selection, Texts *ret, Error *error)
{
	if (!is_all && context->arguments.count == 0)
		return error_set(error, ERROR_USAGE, "name a machine, or use --all");
	if (is_all && context->arguments.count > 0)
		return error_set(error, ERROR_USAGE, "--all and names exclude each other");
	if (!is_all)
		return selection->resolve(context, ret, error);
	if (!layout_prepare(context->host, error) || !selection->list(context, bus, ret, error))
		return false;
	if (ret->count == 0)
		fprintf(context->messages, "%s\n", selection->none);
	return true;
}

static bool list_by_status(const CommandContext *context, Bus *bus,
			   bool (*is_wanted)(MachineStatus), Texts *ret, Error *error)
{
	MachineInfos machines = { 0 };
	if (!machine_list(context->host, bus, context->arena, &machines, error))
		return false;
	for (size_t i = 0; i < machines.count; i++) {
		if (is_wanted(machines.items[i].status))
			texts_add(context->arena, ret, machines.items[i].name);
	}
	return true;
}

// --- start

typedef struct StartOptions {
	bool is_all;
	uint64_t timeout_ms;
} StartOptions;

static const Option start_options[] = {
	OPT_FLAG(StartOptions, is_all, "all", 'a',
		 "Start every stopped machine that has not ended for good"),
	OPT_DURATION(
		StartOptions, timeout_ms, "timeout", 't', "TIME",
		"Wait so long for the containers to be started; without it, the setting boot_timeout"),
};

static const Positional machine_positionals[] = {
	{ "NAME", 0, POSITIONAL_MANY, COMPLETE_MACHINE, "Machines", NULL },
};

static bool is_stopped(MachineStatus status)
{
	return status == MACHINE_STOPPED || status == MACHINE_FAILED;
}

// Those that are to run: what has ended for good runs again only by its name. What is damaged is tried and told.
static bool list_stopped(const CommandContext *context, Bus *bus, Texts *ret, Error *error)
{
	Texts stopped = { 0 };
	if (!list_by_status(context, bus, is_stopped, &stopped, error))
		return false;
	for (size_t i = 0; i < stopped.count; i++) {
		Ending ending = ENDING_NONE;
		CLEANUP_ERROR damaged = { 0 };
		if (!ending_load(context->host, stopped.items[i], /* is_up= */ false,
				 context->arena, &ending, &damaged) ||
		    ending == ENDING_NONE)
			texts_add(context->arena, ret, stopped.items[i]);
	}
	return true;
}

static bool fail_late(const CommandContext *context, const char *name, uint64_t timeout_ms,
		      Error *error)
{
	MachineInfo machine = { .name = name, .status = MACHINE_STARTING };
	return machine_load(context->host, name, context->arena, &machine.record, error) &&
	       pod_status_fail_late(context->host, context->config, &machine, timeout_ms,
				    context->arena, error);
}

static bool is_stopped_pod(const CommandContext *context, Bus *bus, const char *name, bool *ret,
			   Error *error)
{
	UnitRows rows = { 0 };
	Pairs record = { 0 };
	if (!machine_load(context->host, name, context->arena, &record, error) ||
	    !bus_list_units(bus, "sdme@*.service", context->arena, &rows, error))
		return false;
	*ret = machine_kind(&record) == MACHINE_KIND_POD &&
	       is_stopped(machine_status_in(&rows, name, context->arena));
	return true;
}

// A Pod that is about to start takes the images that their names mean now.
static bool refresh(const CommandContext *context, const Batch *batch, const char *name,
		    Error *error)
{
	CLEANUP_APPLY_RESULTS results = { 0 };
	Objects objects = { 0 };
	bool is_due = false;
	if (!is_stopped_pod(context, batch->bus, name, &is_due, error))
		return false;
	if (!is_due)
		return true;
	if (!kube_load_applied(context->host, name, context->arena,
			       objects_push(context->arena, &objects), error) ||
	    !kube_apply(batch->apply, &objects, batch->notes, &results, error))
		return false;
	const ApplyResult *result = &results.items[0];
	return result->change != APPLY_FAILED ||
	       error_set(error, result->error.code, "%s", result->error.message);
}

static bool start_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	const Batch *batch = data;
	UnitJob job = { 0 };
	if (!refresh(context, batch, name, error) ||
	    !machine_prepare_start(context->host, batch->bus, context->config, name, error) ||
	    !machine_start(context->host, batch->bus, name, batch->timeout_ms, context->arena, &job,
			   error))
		return false;
	if (job.result == JOB_UNFINISHED)
		return fail_late(context, name, batch->timeout_ms, error);
	if (!job_result_is_good(job.result))
		return machine_fail_start(context->host, name, job_result_to_text(job.result),
					  error);
	return true;
}

static bool start_all(const CommandContext *context, Bus *bus, const Texts *names, Error *error)
{
	const StartOptions *given = context->options;
	const BatchVerb verb = { "starting", "started", "containers" };
	const ApplyOptions options = { .root_fs = "",
				       .is_again = true,
				       .pull = pull_options_of(context) };
	AskedImages asked = { 0 };
	const ApplyContext apply = { .host = context->host,
				     .config = context->config,
				     .bus = bus,
				     .arena = context->arena,
				     .options = &options,
				     .asked = &asked };
	Report notes;
	report_init(&notes, context->arena);
	Batch batch = {
		.bus = bus,
		.timeout_ms = given->timeout_ms > 0 ? given->timeout_ms
						    : context->config->boot_timeout_ms,
		.apply = &apply,
		.notes = &notes,
	};
	const bool is_done = batch_run(context, &verb, names, start_one, &batch, error);
	manifests_print_notes(context, &notes);
	return is_done;
}

static bool run_start(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const StartOptions *given = context->options;
	const Selection stopped = { machines_resolve_arguments, list_stopped,
				    "no stopped containers to start" };
	CLEANUP_BUS bus = NULL;
	Texts names = { 0 };
	return bus_open_system(&bus, error) &&
	       select_names(context, bus, given->is_all, &stopped, &names, error) &&
	       start_all(context, bus, &names, error);
}

const Command command_start = {
	.name = "start",
	.summary = "Start machines",
	.description =
		"Starts the machines and returns when their containers are started. A Pod takes the images that "
		"their names mean now: with imagePullPolicy Always the registry is asked, else the store.\n"
		"\n"
		"A Pod with restartPolicy Never or OnFailure ends for good: all of its containers are done, or, with "
		"Never, have begun. That outlasts reboots of the host. This command runs such a Pod again when it "
		"is named; --all leaves it alone, and so does the boot of the host when it is enabled.",
	.examples = "sdme start web db\nsdme start --all\n",
	OPTIONS(StartOptions, start_options),
	POSITIONALS(machine_positionals),
	.needs_root = true,
	.run = run_start,
};

// --- stop

typedef struct StopOptions {
	bool is_all;
	bool must_terminate;
	bool must_kill;
} StopOptions;

static const Option stop_options[] = {
	OPT_FLAG(StopOptions, is_all, "all", 'a', "Stop every running machine"),
	OPT_FLAG(StopOptions, must_terminate, "term", 0,
		 "Send SIGTERM to all processes of the machine at once", .exclusive = 's'),
	OPT_FLAG(StopOptions, must_kill, "kill", 0, "Kill the machine at once", .exclusive = 's'),
};

static bool is_up(MachineStatus status)
{
	return !is_stopped(status);
}

static bool list_running(const CommandContext *context, Bus *bus, Texts *ret, Error *error)
{
	return list_by_status(context, bus, is_up, ret, error);
}

static bool stop_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	const Batch *batch = data;
	return machine_check_owner(context->host, name, error) &&
	       machine_stop(batch->bus, name, batch->tier, context->config, error);
}

static bool resolve_to_stop(const CommandContext *context, Texts *ret, Error *error)
{
	return machines_resolve_to_end(context, "stop", /* may_be_left= */ false, ret, error);
}

static bool run_stop(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const StopOptions *given = context->options;
	const BatchVerb verb = { "stopping", "stopped", "containers" };
	const Selection running = { resolve_to_stop, list_running,
				    "no running containers to stop" };
	CLEANUP_BUS bus = NULL;
	Texts names = { 0 };
	if (!bus_open_system(&bus, error) ||
	    !select_names(context, bus, given->is_all, &running, &names, error))
		return false;
	Batch batch = {
		.bus = bus,
		.tier = given->must_kill        ? STOP_KILL
			: given->must_terminate ? STOP_TERMINATE
						: STOP_GRACEFUL,
	};
	return batch_run(context, &verb, &names, stop_one, &batch, error);
}

const Command command_stop = {
	.name = "stop",
	.summary = "Stop machines",
	.description =
		"Stops the containers, each within its grace period, then the machine. --term and --kill are "
		"for machines that do not stop in time. A name that was shortened is asked about first.",
	.examples = "sdme stop web\nsdme stop --kill web\n",
	OPTIONS(StopOptions, stop_options),
	POSITIONALS(machine_positionals),
	.needs_root = true,
	.run = run_stop,
};

// --- rm

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
	(void)bus; // the signature of ListMachines
	return machine_list_names(context->host, context->arena, ret, error);
}

static bool remove_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	const Batch *batch = data;
	return machine_remove(context->host, batch->bus, name, context->config, error);
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
	const Selection any = { resolve_to_remove, list_all, "no containers to remove" };
	CLEANUP_BUS bus = NULL;
	Texts names = { 0 };
	if (given->is_all && !given->is_forced)
		return error_set(error, ERROR_USAGE, "removing every machine needs --force");
	if (!bus_open_system(&bus, error) ||
	    !select_names(context, bus, given->is_all, &any, &names, error))
		return false;
	Batch batch = { .bus = bus };
	return batch_run(context, &verb, &names, remove_one, &batch, error) &&
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

// --- enable, disable

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
	Selection selection;
} Switch;

static bool enable_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	const Batch *batch = data;
	return machine_set_enabled(context->host, batch->bus, name, true, error);
}

static bool disable_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	const Batch *batch = data;
	return machine_set_enabled(context->host, batch->bus, name, false, error);
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
	(void)bus; // the signature of ListMachines
	return list_by_enabled(context, /* is_enabled= */ false, ret, error);
}

static bool list_enabled(const CommandContext *context, Bus *bus, Texts *ret, Error *error)
{
	(void)bus; // the signature of ListMachines
	return list_by_enabled(context, /* is_enabled= */ true, ret, error);
}

static bool run_switch(const CommandContext *context, const Switch *what, Error *error)
{
	const SwitchOptions *given = context->options;
	CLEANUP_BUS bus = NULL;
	Texts names = { 0 };
	if (!bus_open_system(&bus, error) ||
	    !select_names(context, bus, given->is_all, &what->selection, &names, error))
		return false;
	Batch batch = { .bus = bus };
	return batch_run(context, &what->verb, &names, what->item, &batch, error);
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
