// sdme __docs DIR: writes what docs_make makes. Run by the Makefile.
#include "cmd/docs.h"

#include "cmd/commands.h"
#include "cmd/errors_doc.h"
#include "cmd/settings_doc.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/cli/completion.h"
#include "pkg/cli/help.h"
#include "pkg/cli/syntax.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

typedef struct Pages {
	Pairs *files;
	Arena *arena;
} Pages;

static void add_page(const Command *command, const char *path, void *data)
{
	const Pages *pages = data;
	CLEANUP_BUFFER text = { 0 };
	man_print(&command_root, command, path, &text);
	pairs_set(pages->arena, pages->files,
		  arena_printf(pages->arena, "man/%s.1", man_page_name(path, pages->arena)),
		  buffer_take(&text, pages->arena));
}

Pairs docs_make(Arena *arena)
{
	Pairs files = { 0 };
	CLEANUP_BUFFER text = { 0 };
	Pages pages = { &files, arena };
	command_visit(&command_root, arena, add_page, &pages);
	settings_doc_print_man(&text);
	pairs_set(arena, &files, "man/sdme.conf.5", buffer_take(&text, arena));

	for (unsigned shell = 0; shell < SHELL_COUNT; shell++) {
		completion_print(&command_root, (Shell)shell, &text);
		pairs_set(arena, &files,
			  arena_printf(arena, "completions/sdme.%s", shell_words[shell]),
			  buffer_take(&text, arena));
	}
	reference_print(&command_root, &text);
	settings_doc_print_markdown(&text);
	pairs_set(arena, &files, "cli.md", buffer_take(&text, arena));
	errors_doc_print_markdown(&text);
	pairs_set(arena, &files, "errors.md", buffer_take(&text, arena));
	introspection_print(&command_root, &text);
	pairs_set(arena, &files, "cli.json", buffer_take(&text, arena));
	return files;
}

static const Positional positionals[] = {
	{ "DIR", 1, 1, COMPLETE_DIRECTORY, "Where to write", NULL },
};

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const Pairs files = docs_make(context->arena);
	for (size_t i = 0; i < files.count; i++) {
		const Pair *file = &files.items[i];
		const char *path =
			path_join(context->arena, context->arguments.items[0], file->key);
		if (!file_make_directories(AT_FDCWD, path_parent(context->arena, path), 0755,
					   error) ||
		    !file_replace_volatile(AT_FDCWD, path, file->value, strlen(file->value), 0644,
					   error))
			return false;
	}
	return true;
}

const Command command_docs = {
	.name = "__docs",
	.summary = "Write the manual pages, completion scripts and the reference",
	POSITIONALS(positionals),
	.is_hidden = true,
	.run = run,
};
