// sdme __complete KIND: names for the completion scripts, one per line. What cannot be read is left out without a word,
// because a shell asks in the middle of somebody's typing.
#include "cmd/commands.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/config.h"
#include "store/image.h"
#include "store/layout.h"

#include <fcntl.h>

// Where systemd-machined lists the machines that run.
#define RUNNING_MACHINES "/run/systemd/machines"

typedef Texts (*NameProvider)(const CommandContext *context);

// The files of a directory below DATADIR; staging and hidden ones are not names.
static Texts list(const CommandContext *context, const char *directory)
{
	CLEANUP_ERROR ignored = { 0 };
	Texts files = { 0 }, names = { 0 };
	const char *path = path_join(context->arena, context->host->data_dir, directory);
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
	return list(context, "state");
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
	return list(context, "fs");
}

static Texts list_secrets(const CommandContext *context)
{
	return list(context, "secrets");
}

static Texts list_configmaps(const CommandContext *context)
{
	return list(context, "configmaps");
}

static Texts list_settings(const CommandContext *context)
{
	Texts names = { 0 };
	for (size_t i = 0; i < config_key_count; i++)
		texts_add(context->arena, &names, config_keys[i].name);
	return names;
}

static const NameProvider providers[COMPLETE_KIND_COUNT] = {
	[COMPLETE_MACHINE] = list_machines,     [COMPLETE_RUNNING_MACHINE] = list_running_machines,
	[COMPLETE_POD] = list_machines,         [COMPLETE_IMAGE] = list_images,
	[COMPLETE_ROOTFS] = list_rootfs,        [COMPLETE_SECRET] = list_secrets,
	[COMPLETE_CONFIGMAP] = list_configmaps, [COMPLETE_SETTING] = list_settings,
};

static const Positional positionals[] = {
	{ "KIND", 1, 1, COMPLETE_NONE, "Kind of names", NULL },
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
