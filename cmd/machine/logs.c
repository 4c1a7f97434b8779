// sdme logs: the journal of a machine, or what one of its containers wrote.

#include "cmd/commands.h"
#include "cmd/machine/machines.h"
#include "isolate/machine/exec.h"
#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "isolate/plan/unit.h"
#include "pkg/base/moment.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#define JOURNALCTL "/usr/bin/journalctl"
#define NAMES_MAX  4096

static const char *const host_journals[] = { "/run/log/journal", "/var/log/journal" };

typedef struct LogsOptions {
	const char *app;
	bool follow;
	uint64_t lines;
	const char *since;
	bool no_pager;
} LogsOptions;

static const Option options[] = {
	OPT_STRING(LogsOptions, app, "oci", 0, "APP", COMPLETE_NONE,
		   "Print what this container wrote; without APP its only one", .implied_value = "",
		   .takes_word = true),
	OPT_FLAG(LogsOptions, follow, "follow", 'f', "Go on printing what comes"),
	OPT_U64(LogsOptions, lines, "lines", 'n', "N", "Print the last N lines only"),
	OPT_STRING(LogsOptions, since, "since", 'S', "TIME", COMPLETE_NONE,
		   "Print what is not older than this: 5m, 2026-01-31T12:00:00Z, today"),
	OPT_FLAG(LogsOptions, no_pager, "no-pager", 0, "Accepted for scripts: there is no pager"),
};

static const Positional positionals[] = {
	{ "NAME", 1, 1, COMPLETE_MACHINE, "The machine", NULL },
	{ "ARGUMENT", 0, POSITIONAL_MANY, COMPLETE_NONE, "Any other options of journalctl(1)",
	  NULL },
};

typedef struct Journal {
	const char *machine;
	const char *id;        // of the machine, as its journal has it
	const char *directory; // of its journal
	const char *unit;      // of one container; NULL: all that the machine and the host say
} Journal;

// --- which files

// Between the wildcards of glob(3), which journalctl uses.
static const char *escape(const char *path, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	for (; *path; path++) {
		if (strchr("*?[\\", *path))
			buffer_add_char(&text, '\\');
		buffer_add_char(&text, *path);
	}
	return buffer_take(&text, arena);
}

// Directories of journals named after machine ids. journalctl refuses what leads to no file.
static bool has_journals(const char *directory, Arena *arena)
{
	CLEANUP_ERROR ignored = { 0 }; // then there are none
	Texts names = { 0 };
	return file_list_at_most(AT_FDCWD, directory, NAMES_MAX, arena, &names, &ignored) &&
	       names.count > 0;
}

static void add_files(const char *directory, Arena *arena, Texts *words)
{
	if (has_journals(directory, arena))
		texts_add(arena, words,
			  arena_printf(arena, "--file=%s/*/*.journal", escape(directory, arena)));
}

// What the machine says, and what the host's systemd and systemd-nspawn say about it. journalctl follows one directory.
static void add_both(const Journal *journal, Arena *arena, Texts *words)
{
	const char *unit = unit_machine_name(arena, journal->machine);
	for (size_t i = 0; i < COUNT(host_journals); i++)
		add_files(host_journals[i], arena, words);
	add_files(journal->directory, arena, words);
	texts_add(arena, words, arena_printf(arena, "_MACHINE_ID=%s", journal->id));
	texts_add(arena, words, "+");
	texts_add(arena, words, arena_printf(arena, "UNIT=%s", unit));
	texts_add(arena, words, "+");
	texts_add(arena, words, arena_printf(arena, "_SYSTEMD_UNIT=%s", unit));
}

static void add_sources(const CommandContext *context, const Journal *journal, Texts *words)
{
	const LogsOptions *given = context->options;
	Arena *arena = context->arena;
	const bool has_own_words = context->arguments.count > 1;
	if (!journal->unit && !given->follow && !has_own_words) {
		add_both(journal, arena, words);
		return;
	}
	texts_add(arena, words, arena_printf(arena, "--directory=%s", journal->directory));
	if (journal->unit)
		texts_add(arena, words, arena_printf(arena, "--unit=%s", journal->unit));
	for (size_t i = 1; i < context->arguments.count; i++)
		texts_add(arena, words, context->arguments.items[i]);
}

// --- which lines

// With words of journalctl's beside it, the time is journalctl's to understand.
static bool add_since(const CommandContext *context, Texts *words, Error *error)
{
	const LogsOptions *given = context->options;
	uint64_t since_us = 0;
	if (!given->since)
		return true;
	const char *since = given->since;
	if (context->arguments.count <= 1) {
		if (!moment_parse(since, "--since", moment_now_us(), &since_us, error))
			return false;
		since = arena_printf(context->arena, "@%" PRIu64 ".%06" PRIu64, since_us / 1000000,
				     since_us % 1000000);
	}
	texts_add(context->arena, words, arena_printf(context->arena, "--since=%s", since));
	return true;
}

static bool add_options(const CommandContext *context, Texts *words, Error *error)
{
	const LogsOptions *given = context->options;
	Arena *arena = context->arena;
	const bool has_own_words = context->arguments.count > 1;
	texts_add(arena, words, "journalctl");
	texts_add(arena, words, "--quiet");
	if (given->no_pager || !has_own_words)
		texts_add(arena, words, "--no-pager");
	if (given->follow)
		texts_add(arena, words, "--follow");
	if (given->follow && !has_own_words && !command_has_option(context, "lines"))
		texts_add(arena, words, "--lines=all");
	if (command_has_option(context, "lines"))
		texts_add(arena, words, arena_printf(arena, "--lines=%" PRIu64, given->lines));
	return add_since(context, words, error);
}

// A machine's root may write into its journal what it likes: no program of ours reads it.
static bool become_journalctl(const CommandContext *context, const Journal *journal, Error *error)
{
	Arena *arena = context->arena;
	Texts words = { 0 };
	if (!add_options(context, &words, error))
		return false;
	add_sources(context, journal, &words);
	char **argv = arena_array(arena, words.count + 1, sizeof(char *));
	for (size_t i = 0; i < words.count; i++)
		argv[i] = arena_strdup(arena, words.items[i]);
	execv(JOURNALCTL, argv);
	return error_set_errno(error, errno, "run " JOURNALCTL);
}

static bool find_journal(const CommandContext *context, Journal *ret, Error *error)
{
	const LogsOptions *given = context->options;
	Arena *arena = context->arena;
	const char *app = NULL;
	MachinePlan plan = { 0 };
	if (!machines_resolve(context, context->arguments.items[0], &ret->machine, error) ||
	    !generation_load_current(context->host, ret->machine, arena, NULL, &plan, error) ||
	    (given->app &&
	     !machine_find_app(context->host, ret->machine, given->app, arena, &app, error)))
		return false;
	ret->id = plan.machine_id;
	ret->directory = machine_journal(context->host, ret->machine, arena);
	ret->unit = app ? unit_app_name(arena, app) : NULL;
	return true;
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	Journal journal = { 0 };
	if (!find_journal(context, &journal, error))
		return false;
	// A machine that has not run yet has said nothing.
	return !file_exists(AT_FDCWD, journal.directory) ||
	       become_journalctl(context, &journal, error);
}

const Command command_logs = {
	.name = "logs",
	.summary = "Print the log of a machine or container",
	.description =
		"Prints the machine's journal, and what the host's systemd and systemd-nspawn say about "
		"the machine, unless it follows. With --oci it prints what the machine's systemd says about one "
		"container, and what that wrote, as far as the journal has it: `sdme kube logs` has all "
		"of it. The journal can be read while the machine runs and after it has stopped.\n"
		"\n"
		"journalctl(1) does the printing, and takes its own options, too.",
	.examples = "# the last words of a machine that does not come up\n"
		    "sdme logs web -n 20\n"
		    "# what the container 'nginx' writes from now on\n"
		    "sdme logs web --oci nginx -f -n 0\n"
		    "# by journalctl, as JSON\n"
		    "sdme logs web --since today -o json\n",
	OPTIONS(LogsOptions, options),
	POSITIONALS(positionals),
	.tail = TAIL_UNKNOWN,
	.needs_root = true,
	.run = run,
};
