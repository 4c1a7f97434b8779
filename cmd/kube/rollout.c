// sdme kube rollout: Pods started anew with what their images mean now.
#include "cmd/apply_results.h"
#include "cmd/commands.h"
#include "cmd/machine/start.h"
#include "kube/kind/object_words.h"
#include "store/state/layout.h"

typedef struct RestartOptions {
	uint64_t timeout_ms;
} RestartOptions;

static const Option restart_options[] = {
	OPT_DURATION(
		RestartOptions, timeout_ms, "timeout", 't', "TIME",
		"Wait so long for the containers to be started; without it, the setting boot_timeout"),
};

static const Positional restart_positionals[] = {
	{ "OBJECT", 1, POSITIONAL_MANY, COMPLETE_OBJECT,
	  "Pods: pod/NAME for each, or pod and their names", NULL },
};

static bool list_names(const CommandContext *context, Texts *ret, Error *error)
{
	ObjectWordsList list = { 0 };
	if (!object_words_parse(&context->arguments, NULL, context->arena, &list, error))
		return false;
	for (size_t i = 0; i < list.count; i++) {
		const Kind *kind = list.items[i].kind;
		if (kind->object != OBJECT_POD)
			return error_set(error, ERROR_USAGE, "%s cannot be restarted; pods can",
					 kind->names.plural);
		*ret = list.items[i].names;
	}
	return ret->count > 0 || error_set(error, ERROR_USAGE, "name a Pod");
}

static bool run_restart(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	static const ApplyWords words = { .done = "restarted", .verb = "restarted" };
	const RestartOptions *given = context->options;
	const StartAgain again = { .must_restart = true, .timeout_ms = given->timeout_ms };
	CLEANUP_BUS bus = NULL;
	CLEANUP_APPLY_RESULTS results = { 0 };
	Texts names = { 0 };
	return list_names(context, &names, error) && layout_prepare(context->host, error) &&
	       bus_open_manager(&bus, error) &&
	       pods_start_again(context, bus, &names, &again, &results, error) &&
	       apply_results_print(context, &results, &words, error);
}

static const Command command_restart = {
	.name = "restart",
	.summary = "Start Pods anew, with what their images mean now",
	.description =
		"The names of the images are looked up as at an apply: with imagePullPolicy Always the registry is "
		"asked, else the store. The new version is prepared while the old one runs, and takes its place in one "
		"go; if an image cannot be had, the old one runs on. A Pod that does not run is started.",
	.examples = "sdme kube rollout restart pod/web\n"
		    "sdme kube rollout restart pod web db\n",
	OPTIONS(RestartOptions, restart_options),
	POSITIONALS(restart_positionals),
	.needs_root = true,
	.run = run_restart,
};

static const Command *const rollout_commands[] = { &command_restart, NULL };

const Command command_kube_rollout = {
	.name = "rollout",
	.summary = "Bring new versions of images to Pods",
	.description =
		"kubectl's word for it. Of its commands one makes sense for Pods that stand alone.",
	.examples = "sdme kube rollout restart pod/web\n",
	.subcommands = rollout_commands,
};
