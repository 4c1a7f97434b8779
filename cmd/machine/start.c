// sdme start: machines by name, with what their images mean now.
#include "cmd/machine/start.h"

#include "cmd/commands.h"
#include "cmd/image/pull_options.h"
#include "cmd/machine/machines.h"
#include "cmd/manifests.h"
#include "isolate/machine/ending.h"
#include "pkg/cli/batch.h"
#include "pkg/cli/message.h"
#include "pkg/sys/file.h"

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

// Those that are to run: what has ended for good runs again only by its name. What is damaged is tried and told.
static bool list_stopped(const CommandContext *context, Bus *bus, Texts *ret, Error *error)
{
	Texts stopped = { 0 };
	if (!machines_list_by_status(context, bus, machine_is_stopped, &stopped, error))
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

bool pods_start_again(const CommandContext *context, Bus *bus, const Texts *names,
		      const StartAgain *again, ApplyResults *ret, Error *error)
{
	const ApplyOptions options = {
		.root_fs = "",
		.must_start = true,
		.is_again = true,
		.must_restart = again->must_restart,
		.timeout_ms = again->timeout_ms > 0 ? again->timeout_ms
						    : context->config->boot_timeout_ms,
		.pull = pull_options_of(context),
	};
	AskedImages asked = { 0 };
	const ApplyContext apply = {
		.host = context->host,
		.config = context->config,
		.bus = bus,
		.arena = context->arena,
		.options = &options,
		.asked = &asked,
	};
	Report notes;
	report_init(&notes, context->arena);
	file_raise_descriptor_limit();
	const bool is_done = kube_start(&apply, names, &notes, ret, error);
	manifests_print_notes(context, &notes);
	return is_done;
}

static void print_warning(const CommandContext *context, const char *name, const char *warning)
{
	if (warning)
		message_print(context->messages,
			      arena_printf(context->arena, "Warning: %s: ", name), warning);
}

static bool start_all(const CommandContext *context, const Texts *names, void *bus,
		      Error *ret_failures, Error *error)
{
	const StartOptions *given = context->options;
	const StartAgain again = { .timeout_ms = given->timeout_ms };
	CLEANUP_APPLY_RESULTS results = { 0 };
	if (!pods_start_again(context, bus, names, &again, &results, error))
		return false;
	for (size_t i = 0; i < results.count; i++) {
		ApplyResult *result = &results.items[i];
		print_warning(context, names->items[i], result->warning);
		if (result->change == APPLY_FAILED)
			error_move(&ret_failures[i], &result->error);
	}
	return true;
}

static bool run_start(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const StartOptions *given = context->options;
	const BatchVerb verb = { "starting", "started", "containers" };
	const MachineSelection stopped = { machines_resolve_arguments, list_stopped,
					   "no stopped containers to start" };
	CLEANUP_BUS bus = NULL;
	Texts names = { 0 };
	return bus_open_manager(&bus, error) &&
	       machines_select(context, bus, given->is_all, &stopped, &names, error) &&
	       batch_run_together(context, &verb, &names, start_all, bus, error);
}

const Command command_start = {
	.name = "start",
	.summary = "Start machines",
	.description =
		"Starts the machines, all at once, and returns when their containers are started. A Pod takes the "
		"images that their names mean now: with imagePullPolicy Always the registry is asked, else the store. "
		"A container that dies at once is told as sdme kube apply tells it.\n"
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
