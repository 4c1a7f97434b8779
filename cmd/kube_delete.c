// sdme kube delete: Pods, ConfigMaps and Secrets by name or by manifest.
#include "cmd/commands.h"
#include "cmd/machines.h"
#include "cmd/manifests.h"
#include "kube/compile.h"
#include "pkg/cli/batch.h"
#include "pkg/cli/message.h"
#include "pkg/machine/generation.h"
#include "pkg/machine/machine.h"
#include "store/configmap.h"
#include "store/layout.h"
#include "store/secret.h"
#include "store/volume.h"

typedef struct DeleteOptions {
	Texts files;
	bool is_recursive;
	bool is_forced;
	bool ignores_missing;
	bool is_all;
} DeleteOptions;

static const Option options[] = {
	OPT_TEXTS(DeleteOptions, files, "filename", 'f', "FILE", COMPLETE_FILE,
		  "Delete the objects of this manifest, directory, or - for standard input"),
	OPT_FLAG(DeleteOptions, is_recursive, "recursive", 'R', "Look into directories below, too"),
	OPT_FLAG(DeleteOptions, is_forced, "force", 0,
		 "Kill the containers instead of stopping them"),
	OPT_FLAG(DeleteOptions, ignores_missing, "ignore-not-found", 0,
		 "An object that does not exist is no error"),
	OPT_FLAG(DeleteOptions, is_all, "all", 0, "Delete all Pods"),
};

static const Positional positionals[] = {
	{ "NAME", 0, POSITIONAL_MANY, COMPLETE_POD, "Pods; pod/NAME is accepted, too", NULL },
};

// Everything that is to go.
typedef struct Deletion {
	Texts pods;
	Texts config_maps;
	Texts secrets;
	Texts claims;
} Deletion;

static const char *pod_of_word(const char *word)
{
	static const char *const prefixes[] = { "pod/", "pods/", "po/" };
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		if (text_starts_with(word, prefixes[i]))
			return word + strlen(prefixes[i]);
	}
	return word;
}

static void add_object(const CommandContext *context, const Object *object, Deletion *deletion)
{
	Texts *const lists[] = {
		[OBJECT_POD] = &deletion->pods,
		[OBJECT_CONFIG_MAP] = &deletion->config_maps,
		[OBJECT_SECRET] = &deletion->secrets,
		[OBJECT_PERSISTENT_VOLUME_CLAIM] = &deletion->claims,
	};
	texts_add(context->arena, lists[object->kind], object->metadata->name);
}

static bool collect(const CommandContext *context, Bus *bus, Deletion *deletion, Error *error)
{
	const DeleteOptions *given = context->options;
	for (size_t i = 0; i < context->arguments.count; i++)
		texts_add(context->arena, &deletion->pods,
			  pod_of_word(context->arguments.items[i]));
	if (given->files.count > 0) {
		Objects objects = { 0 };
		if (!manifests_load_names(context, &given->files, given->is_recursive, &objects,
					  error))
			return false;
		for (size_t i = 0; i < objects.count; i++)
			add_object(context, &objects.items[i], deletion);
	}
	if (given->is_all) {
		MachineInfos machines = { 0 };
		if (!machine_list(context->host, bus, context->arena, &machines, error))
			return false;
		for (size_t i = 0; i < machines.count; i++) {
			const MachineInfo *machine = &machines.items[i];
			const char *kind = pairs_get_or(&machine->record, MACHINE_KEY_KIND, "");
			if (text_equal(kind, "kube"))
				texts_add(context->arena, &deletion->pods, machine->name);
		}
	}
	return true;
}

// One name and what became of it; true when the command may go on.
static bool report(const CommandContext *context, const char *resource, const char *name,
		   bool is_done, bool *has_failed, Error *error)
{
	const DeleteOptions *given = context->options;
	if (is_done) {
		fprintf(context->output, "%s \"%s\" deleted\n", resource, name);
		return true;
	}
	if (error->code == ERROR_INTERRUPTED)
		return false;
	if (error->code != ERROR_NOT_FOUND || !given->ignores_missing) {
		const char *prefix =
			arena_printf(context->arena, "error: %s \"%s\": ", resource, name);
		message_print_error(context->messages, prefix, error);
		*has_failed = true;
	}
	error_clear(error);
	return true;
}

static bool load_pod(const CommandContext *context, const char *pod, const char *machine,
		     Error *error)
{
	Pairs record = { 0 };
	if (!machine_load(context->host, machine, context->arena, &record, error)) {
		if (error->code != ERROR_NOT_FOUND)
			return false;
		error_clear(error);
		// One whose removal was cut short is removed now.
		if (machine_has_leftovers(context->host, machine, error))
			return true;
		if (error->code != ERROR_NOT_FOUND)
			return false;
		error_clear(error);
		return error_set(error, ERROR_NOT_FOUND, "pods \"%s\" not found", pod);
	}
	if (!text_equal(pairs_get_or(&record, MACHINE_KEY_KIND, ""), "kube"))
		return error_set(error, ERROR_INVALID, "it is no Pod; `sdme rm %s` removes it",
				 machine);
	return true;
}

// All stop at once, each within its grace period; a kill needs none.
static bool stop_pods(const CommandContext *context, Bus *bus, const Texts *machines, Error *error)
{
	const DeleteOptions *given = context->options;
	UnitJob *jobs = NULL;
	if (!given->is_forced)
		return machine_stop_all(bus, machines, 0, context->arena, &jobs, error);
	for (size_t i = 0; i < machines->count; i++) {
		if (!machine_stop(bus, machines->items[i], STOP_KILL, context->config, error))
			return false;
	}
	return true;
}

static bool delete_pods(const CommandContext *context, Bus *bus, const Texts *pods,
			bool *has_failed, Error *error)
{
	Texts names = { 0 };
	Texts machines = { 0 };
	for (size_t i = 0; i < pods->count; i++) {
		const char *machine = compile_machine_name(pods->items[i], context->arena);
		if (load_pod(context, pods->items[i], machine, error)) {
			texts_add(context->arena, &names, pods->items[i]);
			texts_add(context->arena, &machines, machine);
		} else if (!report(context, "pod", pods->items[i], false, has_failed, error)) {
			return false;
		}
	}
	if (machines.count > 0 && !stop_pods(context, bus, &machines, error))
		return false;
	for (size_t i = 0; i < machines.count; i++) {
		const bool is_done = machine_remove(context->host, bus, machines.items[i],
						    context->config, error);
		if (!report(context, "pod", names.items[i], is_done, has_failed, error))
			return false;
	}
	return true;
}

static bool delete_stored(const CommandContext *context, const char *resource, const Texts *names,
			  bool (*remove)(const Host *, const char *, Error *), bool *has_failed,
			  Error *error)
{
	for (size_t i = 0; i < names->count; i++) {
		const bool is_done = remove(context->host, names->items[i], error);
		if (!report(context, resource, names->items[i], is_done, has_failed, error))
			return false;
	}
	return true;
}

static bool uses_claim(const MachinePlan *plan, const char *claim)
{
	for (size_t i = 0; i < plan->volumes.count; i++) {
		const PlanVolume *volume = &plan->volumes.items[i];
		if (volume->kind == PLAN_VOLUME_CLAIM && text_equal(volume->object, claim))
			return true;
	}
	return false;
}

// The data of a claim goes with it: not while a Pod that stays mounts it. (Kubernetes: pvc-protection.)
static bool check_claim(const CommandContext *context, const char *claim, Error *error)
{
	Texts names = { 0 };
	if (!machine_list_names(context->host, context->arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP_ERROR ignored = { 0 }; // one that is being removed uses nothing any more
		MachinePlan plan = { 0 };
		if (generation_load_current(context->host, names.items[i], context->arena, NULL,
					    &plan, &ignored) &&
		    uses_claim(&plan, claim))
			return error_set(error, ERROR_BUSY, "it is used by pod \"%s\"",
					 names.items[i]);
	}
	return true;
}

static bool delete_claims(const CommandContext *context, const Texts *claims, bool *has_failed,
			  Error *error)
{
	for (size_t i = 0; i < claims->count; i++) {
		const char *claim = claims->items[i];
		const bool is_done = check_claim(context, claim, error) &&
				     volume_remove(context->host, claim, error);
		if (!report(context, "persistentvolumeclaim", claim, is_done, has_failed, error))
			return false;
	}
	return true;
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const DeleteOptions *given = context->options;
	if (context->arguments.count == 0 && given->files.count == 0 && !given->is_all)
		return error_set(error, ERROR_USAGE, "name a Pod, or give a manifest with -f");

	CLEANUP_BUS bus = NULL;
	Deletion deletion = { 0 };
	bool has_failed = false;
	if (!layout_prepare(context->host, error) || !bus_open_manager(&bus, error) ||
	    !collect(context, bus, &deletion, error) ||
	    !delete_pods(context, bus, &deletion.pods, &has_failed, error) ||
	    !delete_stored(context, "configmap", &deletion.config_maps, configmap_remove,
			   &has_failed, error) ||
	    !delete_stored(context, "secret", &deletion.secrets, secret_remove, &has_failed,
			   error) ||
	    !delete_claims(context, &deletion.claims, &has_failed, error) ||
	    !machines_collect(context, bus, error))
		return false;
	if (has_failed)
		return error_set(error, ERROR_FAILED, "some objects could not be deleted");
	return true;
}

const Command command_kube_delete = {
	.name = "delete",
	.summary = "Delete Pods and other objects",
	.description =
		"Stops the containers of the Pods, each within its grace period, and removes the machines. "
		"With -f everything that the manifest declares is deleted, a PersistentVolumeClaim with its "
		"data; by name only Pods are, and their claims' data stays.",
	.examples = "sdme kube delete web\n"
		    "sdme kube delete -f web.yaml\n",
	OPTIONS(DeleteOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
