// sdme kube logs: what the containers of a Pod wrote, with kubectl's words.
#include "isolate/log/logs.h"
#include "cmd/commands.h"
#include "cmd/kube/log_output.h"
#include "cmd/kube/pod_container.h"
#include "isolate/machine/app_log.h"
#include "isolate/machine/app_status.h"
#include "kube/status/status.h"
#include "pkg/base/moment.h"
#include "pkg/base/number.h"
#include "pkg/cli/message.h"

#include <inttypes.h>

typedef struct KubeLogsOptions {
	const char *container;
	bool has_all;
	bool follow;
	bool is_previous;
	const char *tail;
	const char *since;
	const char *since_time;
	bool has_timestamps;
	bool has_prefix;
	uint64_t limit_bytes;
	unsigned stream;
} KubeLogsOptions;

// As kubectl; in the order of AppLogStreams.
static const char *const streams[] = { "All", "Stdout", "Stderr" };

static const Option options[] = {
	OPT_STRING(KubeLogsOptions, container, "container", 'c', "NAME", COMPLETE_CONTAINER,
		   "The container; without it the Pod's default container, or the first",
		   .exclusive = 'c'),
	OPT_FLAG(KubeLogsOptions, has_all, "all-containers", 0,
		 "Print what all containers of the Pod wrote", .exclusive = 'c'),
	OPT_FLAG(KubeLogsOptions, follow, "follow", 'f',
		 "Go on printing what comes, until the container ends", .exclusive = 'f'),
	OPT_FLAG(KubeLogsOptions, is_previous, "previous", 'p',
		 "Print what the container wrote before its last restart", .exclusive = 'f'),
	OPT_STRING(KubeLogsOptions, tail, "tail", 0, "N", COMPLETE_NONE,
		   "Print the last N lines of each container only; -1 means all"),
	OPT_STRING(KubeLogsOptions, since, "since", 0, "TIME", COMPLETE_NONE,
		   "Print what is not older than this: 5m, 2h", .exclusive = 's'),
	OPT_STRING(KubeLogsOptions, since_time, "since-time", 0, "TIME", COMPLETE_NONE,
		   "Print what is not older than this moment (RFC 3339)", .exclusive = 's'),
	OPT_FLAG(KubeLogsOptions, has_timestamps, "timestamps", 0, "Put the time before each line"),
	OPT_FLAG(KubeLogsOptions, has_prefix, "prefix", 0,
		 "Put the Pod and container before each line"),
	OPT_SIZE(KubeLogsOptions, limit_bytes, "limit-bytes", 0, "BYTES",
		 "Stop after so many bytes"),
	OPT_CHOICE(KubeLogsOptions, stream, "stream", 0, "STREAM", streams,
		   "Print only what went to this stream", .default_text = "All"),
};

static const Positional positionals[] = {
	{ "POD", 1, 1, COMPLETE_POD, "The Pod, as NAME or pod/NAME", NULL },
	{ "CONTAINER", 0, 1, COMPLETE_CONTAINER, "The container, as with --container", NULL },
};

VEC_DECLARE(PlanAppPointers, plan_app_pointers, const PlanApp *);

// One source each.
typedef struct LogContainers {
	PlanAppPointers apps;
	AppLogSources sources;
} LogContainers;

static ContainerStatus read_status(const CommandContext *context, const char *machine,
				   const PlanApp *app)
{
	CLEANUP_ERROR ignored = { 0 }; // without a record it never ran
	ContainerStatus container = { .app = app };
	container.has_record = app_status_load(context->host, machine, app->name, context->arena,
					       &container.record, &ignored);
	return container;
}

// In back-off the last instance is the one before, too, as Kubernetes sees it.
static uint64_t instance_of(const CommandContext *context, const PodTarget *target,
			    const PlanApp *app)
{
	const KubeLogsOptions *given = context->options;
	const ContainerStatus status = read_status(context, target->machine, app);
	return given->is_previous && !container_is_backing_off(&status) ? 1 : 0;
}

static void add_source(const CommandContext *context, const PodTarget *target, const PlanApp *app,
		       LogContainers *containers)
{
	const KubeLogsOptions *given = context->options;
	Arena *arena = context->arena;
	const char *prefix = "";
	if (given->has_prefix)
		prefix = arena_printf(arena, "[pod/%s/%s] ", target->pod, app->name);
	*plan_app_pointers_push(arena, &containers->apps) = app;
	*app_log_sources_push(arena, &containers->sources) = (AppLogSource){
		.directory = app_log_directory(context->host, target->machine, app->name, arena),
		.back = instance_of(context, target, app),
		.prefix = prefix,
	};
}

static bool choose_sources(const CommandContext *context, const PodTarget *target,
			   LogContainers *containers, Error *error)
{
	const KubeLogsOptions *given = context->options;
	const PlanApp *app = NULL;
	if (given->has_all) {
		for (size_t i = 0; i < target->plan.apps.count; i++)
			add_source(context, target, &target->plan.apps.items[i], containers);
		return true;
	}
	const char *name =
		context->arguments.count > 1 ? context->arguments.items[1] : given->container;
	if (!pod_target_choose(context, target, name, &app, error))
		return false;
	add_source(context, target, app, containers);
	return true;
}

static bool read_tail(const char *text, uint64_t *ret, Error *error)
{
	int64_t lines = -1;
	if (text && !number_parse_i64(text, "--tail", -1, INT64_MAX, &lines, error))
		return false;
	*ret = lines < 0 ? APP_LOG_TAIL_ALL : (uint64_t)lines;
	return true;
}

static bool read_options(const CommandContext *context, AppLogOptions *ret, Error *error)
{
	const KubeLogsOptions *given = context->options;
	*ret = (AppLogOptions){
		.streams = (AppLogStreams)given->stream,
		.has_timestamps = given->has_timestamps,
		.is_for_terminal = context->is_output_terminal,
		.limit_bytes = given->limit_bytes,
		.follow = given->follow,
	};
	const uint64_t now = moment_now_us();
	return read_tail(given->tail, &ret->tail, error) &&
	       (!given->since ||
		moment_parse(given->since, "--since", now, &ret->since_us, error)) &&
	       (!given->since_time ||
		moment_parse(given->since_time, "--since-time", now, &ret->since_us, error));
}

// --- what is missing

PRINTF(3, 4)
static void warn(const CommandContext *context, const char *container, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *what = arena_vprintf(context->arena, format, arguments);
	va_end(arguments);
	message_print(
		context->messages, "Warning: ",
		arena_printf(context->arena, "the log of container '%s': %s", container, what));
}

static void warn_of(const CommandContext *context, const PodTarget *target, const PlanApp *app,
		    const AppLogFindings *findings)
{
	const KubeLogsOptions *given = context->options;
	// Looked at only now: one that was followed has just ended.
	const ContainerStatus status = read_status(context, target->machine, app);
	if (findings->has_no_beginning)
		warn(context, app->name,
		     "its beginning is gone; of each run the newest files are kept (the settings "
		     "container_log_max_size and container_log_max_files)");
	if (findings->lost > 0)
		warn(context, app->name,
		     "%" PRIu64 " lines are missing: they could not be written; is the disk full?",
		     findings->lost);
	if (findings->damaged > 0)
		warn(context, app->name, "%" PRIu64 " damaged lines are left out",
		     findings->damaged);
	if (container_has_partial_log(&status, given->is_previous))
		warn(context, app->name, "its last lines may be missing");
}

static bool check_previous(const CommandContext *context, const PodTarget *target,
			   const LogContainers *containers, Error *error)
{
	const KubeLogsOptions *given = context->options;
	if (!given->is_previous || given->has_all ||
	    !containers->sources.items[0].findings.is_missing)
		return true;
	return error_set(error, ERROR_NOT_FOUND,
			 "previous terminated container \"%s\" in pod \"%s\" not found",
			 containers->apps.items[0]->name, target->pod);
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	PodTarget target = { 0 };
	LogContainers containers = { 0 };
	AppLogOptions how;
	if (!pod_target_load(context, context->arguments.items[0], &target, error) ||
	    !choose_sources(context, &target, &containers, error) ||
	    !read_options(context, &how, error) ||
	    !app_logs_print(&containers.sources, &how, log_output_write, context->output, error) ||
	    !check_previous(context, &target, &containers, error))
		return false;
	for (size_t i = 0; i < containers.apps.count && !context->is_quiet; i++)
		warn_of(context, &target, containers.apps.items[i],
			&containers.sources.items[i].findings);
	return true;
}

const Command command_kube_logs = {
	.name = "logs",
	.summary = "Print what the containers of a Pod wrote",
	.description =
		"Prints what a container wrote to its standard output and standard error since it was "
		"last started. On a terminal, control characters are shown instead of obeyed. The log can "
		"be read while the Pod runs and after it has stopped, and after a reboot; it is complete "
		"once the container is said to have ended.\n"
		"\n"
		"Of the run that a container is in, and of the one before, the newest files are kept: see the "
		"settings container_log_max_size and container_log_max_files. A warning says when the "
		"beginning is gone. Applying a changed Pod and `sdme kube rollout restart` begin "
		"with empty logs.\n"
		"\n"
		"With --follow it ends when the container does.",
	.examples = "sdme kube logs web\n"
		    "sdme kube logs web -c nginx --tail 20 -f\n"
		    "# why did it restart?\n"
		    "sdme kube logs web -c nginx --previous\n",
	OPTIONS(KubeLogsOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
