// sdme __complete KIND: names for the completion scripts, one per line. What cannot be read is left out without a word,
// because a shell asks in the middle of somebody's typing. The words behind KIND are the arguments before the cursor,
// and last what has been typed of the one at it.
#include "cmd/commands.h"
#include "isolate/machine/generation.h"
#include "kube/compile/compile.h"
#include "kube/kind/actions.h"
#include "kube/kind/object_words.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/image/image.h"
#include "store/state/config.h"
#include "store/state/layout.h"

#include <fcntl.h>

// Where systemd-machined lists the machines that run.
#define RUNNING_MACHINES "/run/systemd/machines"

typedef Texts (*NameProvider)(const CommandContext *context);

// The files of a directory; staging and hidden ones are not names.
static Texts list(const CommandContext *context, LayoutDirectory directory)
{
	CLEANUP_ERROR ignored = { 0 };
	Texts files = { 0 }, names = { 0 };
	const char *path = layout_path(context->host, directory, context->arena);
	if (!file_list(AT_FDCWD, path, context->arena, &files, &ignored))
		return names;
	for (size_t i = 0; i < files.count; i++) {
		if (files.items[i][0] != '.')
			texts_add(context->arena, &names, files.items[i]);
	}
	return names;
}

static Texts list_machines(const CommandContext *context)
{
	return list(context, LAYOUT_STATE);
}

static Texts list_running_machines(const CommandContext *context)
{
	const Texts machines = list_machines(context);
	Texts running = { 0 };
	for (size_t i = 0; i < machines.count; i++) {
		if (file_exists(AT_FDCWD,
				path_join(context->arena, RUNNING_MACHINES, machines.items[i])))
			texts_add(context->arena, &running, machines.items[i]);
	}
	return running;
}

// As people write it: docker.io is what a name without a registry means.
static const char *short_name(const CommandContext *context, const char *reference)
{
	static const char *const prefixes[] = { "docker.io/library/", "docker.io/" };
	if (!text_equal(context->config->default_kube_registry, "docker.io"))
		return reference;
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		if (text_starts_with(reference, prefixes[i]))
			return reference + strlen(prefixes[i]);
	}
	return reference;
}

static Texts list_images(const CommandContext *context)
{
	CLEANUP_ERROR ignored = { 0 };
	Images images = { 0 };
	Texts names = { 0 };
	if (!file_exists(AT_FDCWD, layout_path(context->host, LAYOUT_IMAGES, context->arena)) ||
	    !image_list(context->host, context->arena, &images, &ignored))
		return names;
	for (size_t i = 0; i < images.count; i++) {
		const char *reference = images.items[i].reference;
		const char *name = short_name(context, reference);
		texts_add(context->arena, &names, name);
		if (name != reference)
			texts_add(context->arena, &names, reference);
	}
	return names;
}

static Texts list_rootfs(const CommandContext *context)
{
	return list(context, LAYOUT_ROOTFS);
}

static Texts list_secrets(const CommandContext *context)
{
	return list(context, LAYOUT_SECRETS);
}

static Texts list_configmaps(const CommandContext *context)
{
	return list(context, LAYOUT_CONFIGMAPS);
}

// --- objects of any kind

// The arguments before the cursor are all but KIND and the last word.
static size_t count_before(const CommandContext *context)
{
	return context->arguments.count > 2 ? context->arguments.count - 2 : 0;
}

static const char *current_word(const CommandContext *context)
{
	const Texts *words = &context->arguments;
	return words->count > 1 ? words->items[words->count - 1] : "";
}

static void add_names(const CommandContext *context, const Kind *kind, const char *prefix,
		      Texts *names)
{
	const Texts own = list(context, kind->actions->directory);
	for (size_t i = 0; i < own.count; i++)
		texts_add(context->arena, names,
			  arena_printf(context->arena, "%s%s", prefix, own.items[i]));
}

// "configmaps", or "pods,configmaps" behind "pods,".
static void add_kinds(const CommandContext *context, Texts *names)
{
	const char *word = current_word(context);
	const char *comma = strrchr(word, ',');
	for (size_t i = 0; i < COUNT(kinds); i++)
		texts_add(context->arena, names,
			  arena_printf(context->arena, "%.*s%s",
				       comma ? (int)(comma + 1 - word) : 0, word,
				       kinds[i].names.plural));
}

// KIND/NAME: of the kind that is there already, or of all.
static void add_pairs(const CommandContext *context, Texts *names)
{
	const char *word = current_word(context);
	const char *slash = strchr(word, '/');
	const char *prefix =
		slash ? arena_strndup(context->arena, word, (size_t)(slash + 1 - word)) : NULL;
	const Kind *chosen =
		slash ? kind_of_word(arena_strndup(context->arena, word, (size_t)(slash - word)))
		      : NULL;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (slash ? &kinds[i] == chosen : true)
			add_names(context, &kinds[i],
				  slash ? prefix
					: arena_printf(context->arena, "%s/", kinds[i].singular),
				  names);
	}
}

static Texts list_objects(const CommandContext *context)
{
	CLEANUP_ERROR ignored = { 0 };
	Texts names = { 0 };
	Texts kind_words = { 0 };
	ObjectWordsList list = { 0 };
	const bool is_first = count_before(context) == 0;
	const char *first = is_first ? current_word(context) : context->arguments.items[1];
	if (strchr(first, '/')) {
		add_pairs(context, &names);
	} else if (is_first) {
		add_kinds(context, &names);
	} else {
		texts_add(context->arena, &kind_words, first);
		if (!object_words_parse(&kind_words, NULL, context->arena, &list, &ignored))
			return names;
		for (size_t i = 0; i < list.count; i++)
			add_names(context, list.items[i].kind, "", &names);
	}
	return names;
}

static Texts list_objects_or_pods(const CommandContext *context)
{
	Texts names = list_objects(context);
	if (count_before(context) == 0 && !strchr(current_word(context), '/'))
		add_names(context, &kinds[OBJECT_POD], "", &names);
	return names;
}

static Texts list_containers(const CommandContext *context)
{
	CLEANUP_ERROR ignored = { 0 };
	Texts names = { 0 };
	MachinePlan plan = { 0 };
	const char *pod = NULL;
	if (count_before(context) == 0 ||
	    !object_words_parse_pod(context->arguments.items[1], context->arena, &pod, &ignored) ||
	    !generation_load_current(context->host, compile_machine_name(pod, context->arena),
				     context->arena, NULL, &plan, &ignored))
		return names;
	for (size_t i = 0; i < plan.apps.count; i++)
		texts_add(context->arena, &names, plan.apps.items[i].name);
	return names;
}

static Texts list_settings(const CommandContext *context)
{
	Texts names = { 0 };
	for (size_t i = 0; i < config_key_count; i++)
		texts_add(context->arena, &names, config_keys[i].name);
	return names;
}

static const NameProvider providers[COMPLETE_KIND_COUNT] = {
	[COMPLETE_MACHINE] = list_machines,
	[COMPLETE_RUNNING_MACHINE] = list_running_machines,
	[COMPLETE_POD] = list_machines,
	[COMPLETE_OBJECT] = list_objects,
	[COMPLETE_OBJECT_OR_POD] = list_objects_or_pods,
	[COMPLETE_CONTAINER] = list_containers,
	[COMPLETE_IMAGE] = list_images,
	[COMPLETE_ROOTFS] = list_rootfs,
	[COMPLETE_SECRET] = list_secrets,
	[COMPLETE_CONFIGMAP] = list_configmaps,
	[COMPLETE_SETTING] = list_settings,
};

static const Positional positionals[] = {
	{ "KIND", 1, 1, COMPLETE_NONE, "Kind of names", NULL },
	{ "WORD", 0, POSITIONAL_MANY, COMPLETE_NONE, "What has been typed", NULL },
};

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	(void)error;
	for (CompletionKind kind = 0; kind < COMPLETE_KIND_COUNT; kind++) {
		const char *word = completion_kind_to_text(kind);
		if (!word || !providers[kind] || !text_equal(word, context->arguments.items[0]))
			continue;
		const Texts names = providers[kind](context);
		for (size_t i = 0; i < names.count; i++)
			fprintf(context->output, "%s\n", names.items[i]);
	}
	return true;
}

const Command command_complete = {
	.name = "__complete",
	.summary = "Print the names that a shell may offer",
	POSITIONALS(positionals),
	.is_hidden = true,
	.run = run,
};
