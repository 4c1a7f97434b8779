// sdme stop: machines come to rest, by name.
#include "cmd/commands.h"
#include "cmd/machine/machines.h"
#include "isolate/machine/owner.h"
#include "pkg/cli/batch.h"

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
	return !machine_is_stopped(status);
}

static bool list_running(const CommandContext *context, Bus *bus, Texts *ret, Error *error)
{
	return machines_list_by_status(context, bus, is_up, ret, error);
}

// What every machine of a batch needs.
typedef struct Stopping {
	Bus *bus;
	StopTier tier;
} Stopping;

static bool stop_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	const Stopping *stopping = data;
	return machine_check_owner(context->host, name, error) &&
	       machine_stop(stopping->bus, name, stopping->tier, context->config, error);
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
	const MachineSelection running = { resolve_to_stop, list_running,
					   "no running containers to stop" };
	CLEANUP_BUS bus = NULL;
	Texts names = { 0 };
	if (!bus_open_system(&bus, error) ||
	    !machines_select(context, bus, given->is_all, &running, &names, error))
		return false;
	Stopping stopping = {
		.bus = bus,
		.tier = given->must_kill        ? STOP_KILL
			: given->must_terminate ? STOP_TERMINATE
						: STOP_GRACEFUL,
	};
	return batch_run(context, &verb, &names, stop_one, &stopping, error);
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
