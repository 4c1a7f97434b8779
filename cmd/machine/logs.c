// sdme logs: the journal of a machine, or what one of its containers wrote.
#include "isolate/journal/logs.h"

#include "cmd/commands.h"
#include "cmd/machine/log_output.h"
#include "cmd/machine/machines.h"
#include "isolate/machine/exec.h"
#include "isolate/machine/machine.h"
#include "isolate/machine/unit.h"
#include "pkg/base/moment.h"

#include <errno.h>
#include <unistd.h>

#define JOURNALCTL "/usr/bin/journalctl"

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
	{ "ARGUMENT", 0, POSITIONAL_MANY, COMPLETE_NONE,
	  "Any other options of journalctl(1), which then does the printing", NULL },
};

// journalctl knows more ways to print than we do; it takes our place with the same words.
static bool become_journalctl(const CommandContext *context, const char *directory,
			      const char *unit, Error *error)
{
	const LogsOptions *given = context->options;
	Arena *arena = context->arena;
	Texts words = { 0 };
	texts_add(arena, &words, "journalctl");
	texts_add(arena, &words, arena_printf(arena, "--directory=%s", directory));
	if (unit)
		texts_add(arena, &words, arena_printf(arena, "--unit=%s", unit));
	if (given->follow)
		texts_add(arena, &words, "--follow");
	if (command_has_option(context, "lines"))
		texts_add(arena, &words,
			  arena_printf(arena, "--lines=%llu", (unsigned long long)given->lines));
	if (given->since)
		texts_add(arena, &words, arena_printf(arena, "--since=%s", given->since));
	if (given->no_pager)
		texts_add(arena, &words, "--no-pager");
	for (size_t i = 1; i < context->arguments.count; i++)
		texts_add(arena, &words, context->arguments.items[i]);

	char **argv = arena_array(arena, words.count + 1, sizeof(char *));
	for (size_t i = 0; i < words.count; i++)
		argv[i] = arena_strdup(arena, words.items[i]);
	execv(JOURNALCTL, argv);
	return error_set_errno(error, errno, "run " JOURNALCTL);
}

static bool read_options(const CommandContext *context, LogOptions *ret, Error *error)
{
	const LogsOptions *given = context->options;
	*ret = (LogOptions){
		.tail = command_has_option(context, "lines") ? given->lines : LOG_TAIL_ALL,
		.follow = given->follow,
		.is_for_terminal = context->is_output_terminal,
	};
	return !given->since ||
	       moment_parse(given->since, "--since", moment_now_us(), &ret->since_us, error);
}

// One container, or the machine's whole journal together with what the host says about the machine.
static LogSources choose_sources(const char *directory, const char *machine, const char *unit,
				 Arena *arena)
{
	LogSources sources = { 0 };
	LogSource *source = log_sources_push(arena, &sources);
	*source = (LogSource){ .directory = directory, .unit = unit };
	if (!unit)
		*log_sources_push(arena, &sources) =
			(LogSource){ .unit = unit_machine_name(arena, machine) };
	return sources;
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const LogsOptions *given = context->options;
	const char *machine = NULL, *app = NULL;
	LogOptions how;
	if (!machines_resolve(context, context->arguments.items[0], &machine, error) ||
	    (given->app &&
	     !machine_find_app(context->host, machine, given->app, context->arena, &app, error)))
		return false;

	const char *directory = machine_journal(context->host, machine, context->arena);
	const char *unit = app ? unit_app_name(context->arena, app) : NULL;
	if (context->arguments.count > 1)
		return become_journalctl(context, directory, unit, error);

	const LogSources sources = choose_sources(directory, machine, unit, context->arena);
	return read_options(context, &how, error) &&
	       logs_print(sources.items, sources.count, &how, log_output_write, context->output,
			  error);
}

const Command command_logs = {
	.name = "logs",
	.summary = "Print the log of a machine or container",
	.description =
		"Prints the machine's journal, and what the host's systemd and systemd-nspawn say about "
		"the machine. With --oci it prints what one container wrote, and what the machine's "
		"systemd says about it. The log can be read while the machine runs and after it has "
		"stopped.\n"
		"\n"
		"Options that are not listed here are those of journalctl(1), which then does the "
		"printing.",
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
