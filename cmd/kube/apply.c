// sdme kube apply and sdme kube create: manifests made true on this host.
#include "kube/apply/apply.h"

#include "cmd/apply_results.h"
#include "cmd/commands.h"
#include "cmd/image/pull_options.h"
#include "cmd/machine/machines.h"
#include "cmd/manifests.h"
#include "pkg/cli/message.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"

#include <unistd.h>

typedef struct ApplyCommandOptions {
	Texts files;
	bool is_recursive;
	unsigned dry_run;
	const char *root_fs;
	bool is_full_boot;
	bool is_enabled;
	uint64_t timeout_ms;
} ApplyCommandOptions;

typedef enum DryRun {
	DRY_RUN_NONE,
	DRY_RUN_CLIENT,
} DryRun;

static const char *const dry_runs[] = { [DRY_RUN_NONE] = "none", [DRY_RUN_CLIENT] = "client" };

// clang-format off
static const Option options[] = {
	OPT_TEXTS(ApplyCommandOptions, files, "filename", 'f', "FILE", COMPLETE_FILE,
		  "Read this manifest, the manifests of this directory, or - for standard input", .is_required = true),
	OPT_FLAG(ApplyCommandOptions, is_recursive, "recursive", 'R', "Look into directories below, too"),
	OPT_CHOICE(ApplyCommandOptions, dry_run, "dry-run", 0, "MODE", dry_runs,
		   "Print the plan of every Pod and change nothing", .implied_value = "client"),
	OPT_STRING(ApplyCommandOptions, root_fs, "base-fs", 0, "NAME", COMPLETE_ROOTFS,
		   "Boot the machines on this imported root file system instead of the host's /usr"),
	OPT_FLAG(ApplyCommandOptions, is_full_boot, "full-boot", 0,
		 "Boot the base with all of its own services, to look for faults"),
	OPT_FLAG(ApplyCommandOptions, is_enabled, "enable", 0, "Start the Pods with the host from now on"),
	OPT_DURATION(ApplyCommandOptions, timeout_ms, "timeout", 't', "TIME",
		     "Wait so long for the containers to be started; without it, the setting boot_timeout"),
};
// clang-format on

static bool print_plan(const CommandContext *context, const ApplyContext *apply,
		       const Object *object, Report *notes, Error *error)
{
	CLEANUP_BUFFER json = { 0 };
	if (object->kind != OBJECT_POD) {
		fprintf(context->messages, "%s/%s valid (dry run)\n",
			object_kind_resource(object->kind), object->metadata->name);
		return true;
	}
	if (!kube_plan(apply, object->pod, notes, &json, error))
		return false;
	fputs(buffer_text(&json), context->output);
	return true;
}

// A Pod whose plan cannot be made hides none of the others.
static bool print_plans(const CommandContext *context, const ApplyContext *apply,
			const Objects *objects, Report *notes, Error *error)
{
	size_t failed = 0;
	for (size_t i = 0; i < objects->count; i++) {
		const Object *object = &objects->items[i];
		if (print_plan(context, apply, object, notes, error))
			continue;
		if (error->code == ERROR_INTERRUPTED)
			return false;
		apply_results_print_failure(context, object, error);
		error_clear(error);
		failed++;
	}
	return failed == 0 || error_set(error, ERROR_FAILED, "%zu of %zu objects have no plan",
					failed, objects->count);
}

// Said once in the life of a Pod, and to people only: scripts know what they do.
static void hint_at_enable(const CommandContext *context, const ApplyResults *results)
{
	const ApplyCommandOptions *given = context->options;
	if (given->is_enabled || context->is_quiet || !context->is_messages_terminal)
		return;
	for (size_t i = 0; i < results->count; i++) {
		const ApplyResult *result = &results->items[i];
		if (result->object->kind != OBJECT_POD || result->change != APPLY_CREATED)
			continue;
		message_print(context->messages, "Note: ",
			      "new Pods do not start with the host; `sdme enable` makes them");
		return;
	}
}

static const ApplyWords applied_words = { .done = NULL, .verb = "applied" };

static bool apply(const CommandContext *context, const ApplyOptions *apply_options, Error *error)
{
	const ApplyCommandOptions *given = context->options;
	Report report;
	report_init(&report, context->arena);
	Objects objects = { 0 };
	if (!manifests_load(context, &given->files, given->is_recursive, &report, &objects,
			    error) ||
	    !layout_prepare(context->host, error))
		return false;

	CLEANUP_BUS bus = NULL;
	AskedImages asked = { 0 };
	CLEANUP_APPLY_RESULTS results = { 0 };
	ApplyContext apply_context = {
		.host = context->host,
		.config = context->config,
		.arena = context->arena,
		.options = apply_options,
		.asked = &asked,
	};
	if (given->dry_run == DRY_RUN_CLIENT) {
		const bool is_printed =
			print_plans(context, &apply_context, &objects, &report, error);
		manifests_print_notes(context, &report);
		return is_printed;
	}
	if (!bus_open_manager(&bus, error))
		return false;
	file_raise_descriptor_limit();
	apply_context.bus = bus;
	if (!machines_collect(context, bus, error))
		return false;
	const bool is_applied = kube_apply(&apply_context, &objects, &report, &results, error);
	manifests_print_notes(context, &report);
	if (!is_applied)
		return false;
	const bool is_good = apply_results_print(context, &results, &applied_words, error);
	hint_at_enable(context, &results);
	return is_good;
}

static void fill_options(const CommandContext *context, ApplyOptions *ret)
{
	const ApplyCommandOptions *given = context->options;
	ret->root_fs = given->root_fs ? given->root_fs : context->config->default_base_fs;
	ret->is_full_boot = given->is_full_boot;
	ret->is_enabled = given->is_enabled;
	ret->timeout_ms =
		given->timeout_ms > 0 ? given->timeout_ms : context->config->boot_timeout_ms;
	ret->pull = pull_options_of(context);
}

static bool run_apply(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	ApplyOptions apply_options = { .must_start = true };
	fill_options(context, &apply_options);
	return apply(context, &apply_options, error);
}

static bool run_create(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	ApplyOptions apply_options = { .must_not_exist = true };
	fill_options(context, &apply_options);
	return apply(context, &apply_options, error);
}

const Command command_kube_apply = {
	.name = "apply",
	.summary = "Make the objects of a manifest true on this host",
	.description =
		"Pods become machines that run their containers; ConfigMaps, Secrets and "
		"PersistentVolumeClaims go to the store. What is as declared already is left alone. A Pod "
		"that changed is prepared, images included, before its old version stops; if that fails, the "
		"old one runs on. The command returns when the containers are started. When one of them dies at "
		"once, its exit status and its last words are told. With restartPolicy Always, and when its program "
		"cannot be run at all, that is an error; with OnFailure and Never it is the Pod's result, and a "
		"warning.\n"
		"\n"
		"When the host boots, a Pod starts only if it is enabled: with --enable here, or by `sdme enable` "
		"at any time.\n"
		"\n"
		"All faults of all files are reported together, each with its place. Fields that have no "
		"effect on one host are accepted with a note; what sdme does not do is refused. A dry run pulls "
		"nothing: it has no plan for a Pod whose images are not here, and says how to get them.",
	.examples = "sdme kube apply -f web.yaml\n"
		    "# a whole directory, and what would happen\n"
		    "sdme kube apply -R -f manifests/ --dry-run\n"
		    "# from a cluster\n"
		    "kubectl get pod web -o yaml | sdme kube apply -f -\n",
	OPTIONS(ApplyCommandOptions, options),
	.needs_root = true,
	.run = run_apply,
};

const Command command_kube_create = {
	.name = "create",
	.summary = "Make the objects of a manifest without starting the Pods",
	.description =
		"As sdme kube apply, but Pods are only prepared, images included; `sdme start` starts them. "
		"An object that exists already is an error.",
	.examples = "sdme kube create -f web.yaml\n"
		    "sdme start web\n",
	OPTIONS(ApplyCommandOptions, options),
	.needs_root = true,
	.run = run_create,
};
