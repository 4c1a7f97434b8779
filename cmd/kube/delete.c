// sdme kube delete: objects of any kind, by name or by manifest.
#include "cmd/commands.h"
#include "cmd/machine/machines.h"
#include "cmd/manifests.h"
#include "kube/kind/actions.h"
#include "kube/kind/object_words.h"
#include "kube/manifest/selector_text.h"
#include "pkg/base/number.h"
#include "pkg/cli/message.h"
#include "pkg/sys/interrupt.h"
#include "store/state/layout.h"

typedef struct DeleteOptions {
	Texts files;
	bool is_recursive;
	bool is_forced;
	bool is_now;
	const char *grace_period;
	bool ignores_missing;
	bool is_all;
	const char *selector;
} DeleteOptions;

// clang-format off
static const Option options[] = {
	OPT_TEXTS(DeleteOptions, files, "filename", 'f', "FILE", COMPLETE_FILE,
		  "Delete the objects of this manifest, directory, or - for standard input"),
	OPT_FLAG(DeleteOptions, is_recursive, "recursive", 'R', "Look into directories below, too"),
	OPT_FLAG(DeleteOptions, is_forced, "force", 0, "Kill the containers instead of stopping them"),
	OPT_STRING(DeleteOptions, grace_period, "grace-period", 0, "SECONDS", COMPLETE_NONE,
		   "Kill what has not ended after so long, even if its own grace period is longer; -1 means its own",
		   .exclusive = 'g'),
	OPT_FLAG(DeleteOptions, is_now, "now", 0, "As --grace-period 1", .exclusive = 'g'),
	OPT_FLAG(DeleteOptions, ignores_missing, "ignore-not-found", 0, "An object that does not exist is no error"),
	OPT_FLAG(DeleteOptions, is_all, "all", 0, "Delete all objects of the kinds that are given, or else all Pods", .exclusive = 'a'),
	OPT_STRING(DeleteOptions, selector, "selector", 'l', "SELECTOR", COMPLETE_NONE,
		   "As --all, but only those whose labels are so: see get", .exclusive = 'a'),
};
// clang-format on

static const Positional positionals[] = {
	{ "OBJECT", 0, POSITIONAL_MANY, COMPLETE_OBJECT_OR_POD,
	  "KIND NAME..., KIND/NAME..., or one NAME, of a Pod", NULL },
};

typedef struct Deletion {
	const CommandContext *context;
	KindContext kind_context;
	LabelSelector selector;
	KindStop stop;
	bool has_failed;
} Deletion;

// --- what is to go

// Whether objects are chosen by what they are, not by their names.
static bool is_choice(const DeleteOptions *given)
{
	return given->is_all || given->selector;
}

static bool add_chosen(const Deletion *deletion, ObjectWords *words, Error *error)
{
	const KindContext *context = &deletion->kind_context;
	KindItems items = { 0 };
	if (!words->kind->actions->list(context, &items, error))
		return false;
	for (size_t i = 0; i < items.count; i++) {
		if (label_selector_matches(&deletion->selector, &items.items[i].labels))
			texts_add(context->arena, &words->names, items.items[i].name);
	}
	return true;
}

static bool add_manifests(const CommandContext *context, Texts *names, Error *error)
{
	const DeleteOptions *given = context->options;
	Objects objects = { 0 };
	if (!manifests_load_names(context, &given->files, given->is_recursive, &objects, error))
		return false;
	for (size_t i = 0; i < objects.count; i++) {
		const Object *object = &objects.items[i];
		if (!texts_contain(&names[object->kind], object->metadata->name))
			texts_add(context->arena, &names[object->kind], object->metadata->name);
	}
	return true;
}

// All words are understood before anything is deleted.
static bool parse_words(const CommandContext *context, ObjectWordsList *ret, Error *error)
{
	const DeleteOptions *given = context->options;
	const Kind *pod = &kinds[OBJECT_POD];
	if (!object_words_parse(&context->arguments, is_choice(given) ? NULL : pod, context->arena,
				ret, error))
		return false;
	if (is_choice(given) && ret->count == 0 && given->files.count == 0)
		object_words_list_push(context->arena, ret)->kind = pod;
	for (size_t i = 0; i < ret->count; i++) {
		const bool has_names = ret->items[i].names.count > 0;
		if (is_choice(given) && has_names)
			return error_set(error, ERROR_USAGE, "%s and names exclude each other",
					 given->is_all ? "--all" : "--selector");
		if (!is_choice(given) && !has_names)
			return error_set(error, ERROR_USAGE,
					 "%s were asked for, but no name was given; --all means "
					 "every one",
					 ret->items[i].kind->names.plural);
	}
	return true;
}

static bool parse_selector(const CommandContext *context, LabelSelector *ret, Error *error)
{
	const DeleteOptions *given = context->options;
	if (!given->selector)
		return true;
	return label_selector_parse(given->selector, context->arena, ret, error) &&
	       (ret->match_expressions.count > 0 ||
		error_set(error, ERROR_USAGE, "--selector is empty; --all means every one"));
}

static bool check_usage(const CommandContext *context, Error *error)
{
	const DeleteOptions *given = context->options;
	const bool has_words = context->arguments.count > 0;
	if (given->files.count > 0 && (has_words || is_choice(given)))
		return error_set(
			error, ERROR_USAGE,
			"a manifest says what is deleted; names, --all and --selector go without -f");
	if (given->files.count == 0 && !has_words && !is_choice(given))
		return error_set(error, ERROR_USAGE, "name an object, or give a manifest with -f");
	return true;
}

// One list of names per kind.
static bool collect(const Deletion *deletion, const ObjectWordsList *list, Texts *names,
		    Error *error)
{
	const DeleteOptions *given = deletion->context->options;
	size_t count = 0;
	if (given->files.count > 0)
		return add_manifests(deletion->context, names, error);
	for (size_t i = 0; i < list->count; i++) {
		ObjectWords *words = &list->items[i];
		if (is_choice(given) && !add_chosen(deletion, words, error))
			return false;
		names[words->kind->object] = words->names;
		count += words->names.count;
	}
	if (count == 0)
		fputs("No resources found\n", deletion->context->messages);
	return true;
}

// As kubectl: 0 is 1 without --force.
static bool read_stop(const DeleteOptions *given, KindStop *ret, Error *error)
{
	int64_t seconds = given->is_now ? 1 : -1;
	if (given->grace_period && !number_parse_i64(given->grace_period, "--grace-period", -1,
						     INT32_MAX, &seconds, error))
		return false;
	if (given->is_forced && seconds > 0)
		return error_set(error, ERROR_USAGE,
				 "--force and a grace period greater than 0 exclude each other");
	*ret = (KindStop){
		.must_kill = given->is_forced,
		.grace_ms = seconds < 0    ? 0
			    : seconds == 0 ? 1000
					   : (uint64_t)seconds * 1000,
	};
	return true;
}

// --- the end of it

// One name and what became of it; true when the command may go on.
static bool report(Deletion *deletion, const Kind *kind, const char *name, bool is_done,
		   Error *error)
{
	const CommandContext *context = deletion->context;
	const DeleteOptions *given = context->options;
	if (is_done) {
		fprintf(context->output, "%s \"%s\" deleted\n", kind->singular, name);
		return true;
	}
	if (error->code == ERROR_INTERRUPTED)
		return false;
	if (error->code != ERROR_NOT_FOUND || !given->ignores_missing) {
		const char *prefix =
			arena_printf(context->arena, "error: %s \"%s\": ", kind->singular, name);
		message_print_error(context->messages, prefix, error);
		deletion->has_failed = true;
	}
	error_clear(error);
	return true;
}

static bool choose_removable(Deletion *deletion, const Kind *kind, const Texts *names, Texts *ret,
			     Error *error)
{
	const KindActions *actions = kind->actions;
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];
		if (!actions->check_removal ||
		    actions->check_removal(&deletion->kind_context, name, error))
			texts_add(deletion->context->arena, ret, name);
		else if (!report(deletion, kind, name, false, error))
			return false;
	}
	return true;
}

static bool delete_kind(Deletion *deletion, const Kind *kind, const Texts *names, Error *error)
{
	const KindActions *actions = kind->actions;
	Texts removable = { 0 };
	if (!choose_removable(deletion, kind, names, &removable, error))
		return false;
	if (actions->stop && removable.count > 0 &&
	    !actions->stop(&deletion->kind_context, &removable, &deletion->stop, error))
		return false;
	for (size_t i = 0; i < removable.count; i++) {
		const char *name = removable.items[i];
		if (!interrupt_check(error))
			return false;
		const bool is_done = actions->remove(&deletion->kind_context, name, error);
		if (!report(deletion, kind, name, is_done, error))
			return false;
	}
	return true;
}

// Pods go first: what they use is free then.
static bool delete_all(Deletion *deletion, const Texts *names, Error *error)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!delete_kind(deletion, &kinds[i], &names[i], error))
			return false;
	}
	return true;
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	CLEANUP_BUS bus = NULL;
	Deletion deletion = { .context = context };
	ObjectWordsList list = { 0 };
	Texts names[OBJECT_KIND_COUNT] = { { 0 } };
	if (!check_usage(context, error) || !read_stop(context->options, &deletion.stop, error) ||
	    !parse_words(context, &list, error) ||
	    !parse_selector(context, &deletion.selector, error) ||
	    !layout_prepare(context->host, error) || !bus_open_manager(&bus, error))
		return false;
	deletion.kind_context = (KindContext){ .host = context->host,
					       .config = context->config,
					       .bus = bus,
					       .arena = context->arena };
	if (!collect(&deletion, &list, names, error) || !delete_all(&deletion, names, error) ||
	    !machines_collect(context, bus, error))
		return false;
	if (deletion.has_failed)
		return error_set(error, ERROR_FAILED, "some objects could not be deleted");
	return true;
}

const Command command_kube_delete = {
	.name = "delete",
	.summary = "Delete Pods and other objects",
	.description =
		"Stops the containers of the Pods, each within its grace period, and removes the machines. "
		"ConfigMaps and Secrets go even if a Pod uses them: it keeps what it has, and misses them at "
		"its next start. A PersistentVolumeClaim goes with its data, and only when no Pod uses it.\n"
		"\n"
		"The first word is a kind whenever it could be one, and so it must be when there are several: a "
		"Pod that is called secret is deleted as pod/secret. All words are read before anything is "
		"deleted; one that is wrong fails the whole command. With -f everything that the manifest "
		"declares is deleted.",
	.examples = "sdme kube delete pod web db\n"
		    "sdme kube delete pod/web cm/settings pvc/data\n"
		    "# a Pod, as it is alone and no kind's name\n"
		    "sdme kube delete web\n"
		    "sdme kube delete pods,cm -l app=web\n"
		    "sdme kube delete -f web.yaml\n",
	OPTIONS(DeleteOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
