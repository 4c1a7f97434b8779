// sdme kube exec: a command in a container of a Pod, with kubectl's words.
#include "isolate/machine/exec.h"
#include "cmd/commands.h"
#include "cmd/kube/pod_container.h"

typedef struct KubeExecOptions {
	const char *container;
	bool has_stdin;
	bool has_terminal;
} KubeExecOptions;

static const Option options[] = {
	OPT_STRING(KubeExecOptions, container, "container", 'c', "NAME", COMPLETE_CONTAINER,
		   "The container; without it the Pod's default container, or the first"),
	OPT_FLAG(KubeExecOptions, has_stdin, "stdin", 'i', "Pass our standard input on"),
	OPT_FLAG(KubeExecOptions, has_terminal, "tty", 't', "Give the command a terminal"),
};

static const Positional positionals[] = {
	{ "POD", 1, 1, COMPLETE_POD, "The Pod, as NAME or pod/NAME", NULL },
	{ "COMMAND", 1, POSITIONAL_MANY, COMPLETE_NONE, "The command and its arguments", NULL },
};

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	const KubeExecOptions *given = context->options;
	PodTarget target = { 0 };
	const PlanApp *app = NULL;
	if (!pod_target_load(context, context->arguments.items[0], &target, error) ||
	    !pod_target_choose(context, &target, given->container, &app, error))
		return false;
	ExecRequest request = {
		.machine = target.machine,
		.app = app->name,
		.has_terminal = given->has_terminal,
		.has_no_stdin = !given->has_stdin && !given->has_terminal,
	};
	for (size_t i = 1; i < context->arguments.count; i++)
		texts_add(context->arena, &request.arguments, context->arguments.items[i]);
	CLEANUP_BUS bus = NULL;
	return bus_open_system(&bus, error) &&
	       machine_exec(context->host, bus, &request, exit_status, error);
}

const Command command_kube_exec = {
	.name = "exec",
	.summary = "Run a command in a container of a Pod",
	.description =
		"Runs the command as the container runs: in its namespaces and control group, with "
		"its user, capabilities, limits, seccomp programs and environment. Its exit status is ours. "
		"Processes that it leaves behind are not waited for.\n"
		"\n"
		"Without -c, the annotation kubectl.kubernetes.io/default-container chooses the container; "
		"without that it is the first one, which is said on standard error when there are others.",
	.examples = "sdme kube exec web -c nginx -- nginx -t\n"
		    "sdme kube exec -it web -- sh\n",
	OPTIONS(KubeExecOptions, options),
	POSITIONALS(positionals),
	.tail = TAIL_COMMAND,
	.needs_root = true,
	.run = run,
};
