// sdme exec: a command in a machine, or in one of its containers.
#include "isolate/machine/exec.h"
#include "cmd/commands.h"
#include "cmd/machine/machines.h"

typedef struct ExecOptions {
	const char *user;
	const char *app;
	bool has_terminal;
} ExecOptions;

static const Option options[] = {
	OPT_STRING(ExecOptions, user, "user", 'u', "USER", COMPLETE_NONE,
		   "Run as this user of the machine or container"),
	OPT_STRING(ExecOptions, app, "oci", 0, "APP", COMPLETE_NONE,
		   "Run in this container of the machine; without APP in its only one",
		   .implied_value = "", .takes_word = true),
	OPT_FLAG(ExecOptions, has_terminal, "tty", 't', "Give the command a terminal"),
};

static const Positional positionals[] = {
	{ "NAME", 1, 1, COMPLETE_RUNNING_MACHINE, "The machine", NULL },
	{ "COMMAND", 1, POSITIONAL_MANY, COMPLETE_NONE, "The command and its arguments", NULL },
};

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	const ExecOptions *given = context->options;
	ExecRequest request = { .user = given->user, .has_terminal = given->has_terminal };
	for (size_t i = 1; i < context->arguments.count; i++)
		texts_add(context->arena, &request.arguments, context->arguments.items[i]);

	CLEANUP_BUS bus = NULL;
	return machines_resolve(context, context->arguments.items[0], &request.machine, error) &&
	       (!given->app || machine_find_app(context->host, request.machine, given->app,
						context->arena, &request.app, error)) &&
	       bus_open_system(&bus, error) &&
	       machine_exec(context->host, bus, &request, exit_status, error);
}

const Command command_exec = {
	.name = "exec",
	.summary = "Run a command in a machine or container",
	.description =
		"Runs the command and passes on its exit status. In a machine it runs as the machine's "
		"root. In a container (--oci) it runs as the container does: in its namespaces and "
		"control group, with its user, capabilities, limits, seccomp programs and environment. Our "
		"standard input is passed on; processes that the command leaves behind are not waited for.",
	.examples = "# processes of the machine\n"
		    "sdme exec web ps ax\n"
		    "# a shell in the container 'nginx'\n"
		    "sdme exec -t web --oci nginx sh\n",
	OPTIONS(ExecOptions, options),
	POSITIONALS(positionals),
	.tail = TAIL_COMMAND,
	.needs_root = true,
	.run = run,
};
