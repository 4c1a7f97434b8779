// sdme kube logs: what the containers of a Pod wrote, with kubectl's words.
#include "isolate/journal/logs.h"
#include "cmd/commands.h"
#include "cmd/kube/pod_container.h"
#include "cmd/machine/log_output.h"
#include "isolate/machine/app_status.h"
#include "isolate/machine/machine.h"
#include "isolate/machine/unit.h"
#include "kube/status/status.h"
#include "pkg/base/moment.h"
#include "pkg/base/number.h"
#include "pkg/cli/message.h"
#include "pkg/sys/file.h"

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

// As kubectl; in the order of LogStream.
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

static ContainerStatus read_status(const CommandContext *context, const char *machine,
				   const PlanApp *app)
{
	CLEANUP_ERROR ignored = { 0 }; // without a record it never ran
	ContainerStatus container = { .app = app };
	container.has_record = app_status_load(context->host, machine, app->name, context->arena,
					       &container.record, &ignored);
	return container;
}

static void add_source(const CommandContext *context, const PodTarget *target, const PlanApp *app,
		       LogSources *sources)
{
	const KubeLogsOptions *given = context->options;
	Arena *arena = context->arena;
	const ContainerStatus status = read_status(context, target->machine, app);
	const char *prefix = "";
	if (given->has_prefix)
		prefix = arena_printf(arena, "[pod/%s/%s] ", target->pod, app->name);
	*log_sources_push(arena, sources) = (LogSource){
		.directory = machine_journal(context->host, target->machine, arena),
		.unit = unit_app_name(arena, app->name),
		.scope = LOG_SCOPE_APP,
		.instance = given->is_previous ? LOG_INSTANCE_PREVIOUS : LOG_INSTANCE_CURRENT,
		.is_waiting = container_is_backing_off(&status),
		.prefix = prefix,
	};
}

static bool choose_sources(const CommandContext *context, const PodTarget *target,
			   LogSources *sources, Error *error)
{
	const KubeLogsOptions *given = context->options;
	const PlanApp *app = NULL;
	if (given->has_all) {
		for (size_t i = 0; i < target->plan.apps.count; i++)
			add_source(context, target, &target->plan.apps.items[i], sources);
		return true;
	}
	const char *name =
		context->arguments.count > 1 ? context->arguments.items[1] : given->container;
	if (!pod_target_choose(context, target, name, &app, error))
		return false;
	add_source(context, target, app, sources);
	return true;
}

static bool read_tail(const char *text, uint64_t *ret, Error *error)
{
	int64_t lines = -1;
	if (text && !number_parse_i64(text, "--tail", -1, INT64_MAX, &lines, error))
		return false;
	*ret = lines < 0 ? LOG_TAIL_ALL : (uint64_t)lines;
	return true;
}

static bool read_options(const KubeLogsOptions *given, LogOptions *ret, Error *error)
{
	*ret = (LogOptions){
		.format = LOG_FORMAT_MESSAGE,
		.stream = (LogStream)given->stream,
		.has_timestamps = given->has_timestamps,
		.limit_bytes = given->limit_bytes,
		.until_fd = -1,
	};
	const uint64_t now = moment_now_us();
	return read_tail(given->tail, &ret->tail, error) &&
	       (!given->since ||
		moment_parse(given->since, "--since", now, &ret->since_us, error)) &&
	       (!given->since_time ||
		moment_parse(given->since_time, "--since-time", now, &ret->since_us, error));
}

static bool print_logs(const CommandContext *context, const char *machine,
		       const LogSources *sources, LogOptions how, Error *error)
{
	const KubeLogsOptions *given = context->options;
	if (!given->follow)
		return log_output_print(context, sources, how, error);

	CLEANUP_BUS bus = NULL;
	CLEANUP_FD until = -1;
	const char *unit = sources->count == 1 ? sources->items[0].unit : NULL;
	if (!bus_open_system(&bus, error) ||
	    !logs_find_end(bus, machine, unit, &until, &how.follow, error))
		return false;
	how.until_fd = until;
	return log_output_print(context, sources, how, error);
}

static bool has_source(const LogSources *sources, const char *unit)
{
	for (size_t i = 0; i < sources->count; i++) {
		if (text_equal(sources->items[i].unit, unit))
			return true;
	}
	return false;
}

// Once they are printed: a container that was followed has ended only now.
static void warn_of_partial_logs(const CommandContext *context, const PodTarget *target,
				 const LogSources *sources)
{
	const KubeLogsOptions *given = context->options;
	for (size_t i = 0; i < target->plan.apps.count && !context->is_quiet; i++) {
		const PlanApp *app = &target->plan.apps.items[i];
		const ContainerStatus status = read_status(context, target->machine, app);
		if (has_source(sources, unit_app_name(context->arena, app->name)) &&
		    container_has_partial_log(&status, given->is_previous))
			message_print(
				context->messages, "Warning: ",
				arena_printf(context->arena,
					     "the last lines of container '%s' may be missing: "
					     "they were not kept before it ended",
					     app->name));
	}
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	PodTarget target = { 0 };
	LogSources sources = { 0 };
	LogOptions how;
	if (!pod_target_load(context, context->arguments.items[0], &target, error) ||
	    !choose_sources(context, &target, &sources, error) ||
	    !read_options(context->options, &how, error) ||
	    !print_logs(context, target.machine, &sources, how, error))
		return false;
	warn_of_partial_logs(context, &target, &sources);
	return true;
}

const Command command_kube_logs = {
	.name = "logs",
	.summary = "Print what the containers of a Pod wrote",
	.description =
		"Prints what a container wrote to its standard output and standard error since it was "
		"last started, line by line. On a terminal, control characters are shown instead of "
		"obeyed. The log can be read while the Pod runs and after it has stopped; it goes to the "
		"last line once the container is said to have ended.\n"
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
