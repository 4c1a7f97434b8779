#include "pkg/cli/command.h"

#include "pkg/base/text.h"

const char *completion_kind_to_text(CompletionKind kind)
{
	static const char *const words[COMPLETE_KIND_COUNT] = {
		[COMPLETE_MACHINE] = "machines",
		[COMPLETE_RUNNING_MACHINE] = "running-machines",
		[COMPLETE_POD] = "pods",
		[COMPLETE_OBJECT] = "objects",
		[COMPLETE_OBJECT_OR_POD] = "objects-or-pods",
		[COMPLETE_CONTAINER] = "containers",
		[COMPLETE_IMAGE] = "images",
		[COMPLETE_ROOTFS] = "rootfs",
		[COMPLETE_SECRET] = "secrets",
		[COMPLETE_CONFIGMAP] = "configmaps",
		[COMPLETE_SETTING] = "settings",
	};
	return words[kind];
}

const Command *command_find(const Command *group, const char *name)
{
	for (size_t i = 0; group->subcommands && group->subcommands[i]; i++) {
		if (text_equal(group->subcommands[i]->name, name))
			return group->subcommands[i];
	}
	return NULL;
}

const Option *command_find_option(const Command *command, const char *name)
{
	for (size_t i = 0; i < command->option_count; i++) {
		if (text_equal(command->options[i].name, name))
			return &command->options[i];
	}
	return NULL;
}

const Option *command_find_letter(const Command *command, char letter)
{
	for (size_t i = 0; i < command->option_count; i++) {
		if (command->options[i].letter == letter)
			return &command->options[i];
	}
	return NULL;
}

bool command_has_option(const CommandContext *context, const char *name)
{
	return texts_contain(&context->given, name);
}
