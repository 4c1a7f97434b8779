// sdme kube rollout: Pods started anew with what their images mean now.
#include "cmd/apply_results.h"
#include "cmd/commands.h"
#include "cmd/image/pull_options.h"
#include "cmd/manifests.h"
#include "kube/compile/compile.h"
#include "kube/kind/object_words.h"
#include "pkg/sys/file.h"
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

static bool load_pods(const CommandContext *context, const Texts *names, Objects *ret, Error *error)
{
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];
		const char *machine = compile_machine_name(name, context->arena);
		CLEANUP_ERROR failure = { 0 };
		if (kube_load_applied(context->host, machine, context->arena,
				      objects_push(context->arena, ret), &failure))
			continue;
		if (failure.code == ERROR_NOT_FOUND)
			return error_set(error, ERROR_NOT_FOUND, "pods \"%s\" not found", name);
		return error_move(error, &failure);
	}
	return true;
}

static bool restart(const CommandContext *context, const ApplyOptions *options,
		    const Objects *objects, Error *error)
{
	static const ApplyWords words = { .done = "restarted", .verb = "restarted" };
	CLEANUP_BUS bus = NULL;
	CLEANUP_APPLY_RESULTS results = { 0 };
	AskedImages asked = { 0 };
	Report notes;
	report_init(&notes, context->arena);
	ApplyContext apply = {
		.host = context->host,
		.config = context->config,
		.arena = context->arena,
		.options = options,
		.asked = &asked,
	};
	if (!bus_open_manager(&bus, error))
		return false;
	file_raise_descriptor_limit();
	apply.bus = bus;
	const bool is_done = kube_apply(&apply, objects, &notes, &results, error);
	manifests_print_notes(context, &notes);
	return is_done && apply_results_print(context, &results, &words, error);
}

static bool run_restart(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const RestartOptions *given = context->options;
	const ApplyOptions options = {
		.root_fs = "",
		.must_start = true,
		.is_again = true,
		.must_restart = true,
		.timeout_ms = given->timeout_ms > 0 ? given->timeout_ms
						    : context->config->boot_timeout_ms,
		.pull = pull_options_of(context),
	};
	Texts names = { 0 };
	Objects objects = { 0 };
	return list_names(context, &names, error) && layout_prepare(context->host, error) &&
	       load_pods(context, &names, &objects, error) &&
	       restart(context, &options, &objects, error);
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
