// Pods: machines, with their status; and how they end.
#include "isolate/machine/app_status.h"
#include "isolate/machine/generation.h"
#include "isolate/machine/owner.h"
#include "isolate/plan/unit.h"
#include "kube/compile/compile.h"
#include "kube/kind/actions.h"
#include "kube/status/status.h"
#include "pkg/base/number.h"
#include "pkg/sys/text/json_read.h"

static const KindColumn columns[] = {
	{ .title = "READY" },
	{ .title = "STATUS" },
	{ .title = "RESTARTS" },
	{ .title = "AGE" },
	{ .title = "IP", .is_wide = true },
	{ .title = "MACHINE", .is_wide = true },
	{ .title = "NOTE", .is_wide = true },
};

static int64_t created_at(const PodStatus *status)
{
	CLEANUP_ERROR ignored = { 0 }; // a damaged time is shown as unknown
	uint64_t seconds = 0;
	const char *text = pairs_get_or(status->record, MACHINE_KEY_CREATED_AT, "0");
	return number_parse_u64(text, "created", INT64_MAX, &seconds, &ignored) ? (int64_t)seconds
										: 0;
}

static const char *restarts_of(const KindContext *context, const PodStatus *status)
{
	Arena *arena = context->arena;
	if (status->restart_count == 0 || status->last_restart_us == 0)
		return arena_printf(arena, "%u", status->restart_count);
	return arena_printf(arena, "%u (%s ago)", status->restart_count,
			    age_print(context->now - status->last_restart_us / 1000000, arena));
}

static bool read_manifest(const KindContext *context, const PodStatus *status, const char **ret,
			  const JsonNode **ret_root, Error *error)
{
	size_t length = 0;
	return (generation_read_file(context->host, status->name, GENERATION_POD_NAME,
				     context->arena, ret, &length, error) &&
		json_read_parse(*ret, length, context->arena, ret_root, error)) ||
	       error_wrap(error, "pod '%s'", status->name);
}

static Pairs labels_in(const JsonNode *metadata, Arena *arena)
{
	Pairs labels = { 0 };
	const JsonNode *map = json_read_get(metadata, "labels");
	for (size_t i = 0; i < json_read_count(map); i++)
		*pairs_push(arena, &labels) = (Pair){ map->items[i]->key, map->items[i]->text };
	return labels;
}

// The Pod's own name, from which the machine's was made, and its labels. Where the manifest is damaged, the machine's name.
static KindItem identify(const KindContext *context, const PodStatus *status)
{
	CLEANUP_ERROR ignored = { 0 }; // STATUS says that it is damaged
	const char *text = NULL;
	const JsonNode *root = NULL;
	if (!read_manifest(context, status, &text, &root, &ignored))
		return (KindItem){ .name = status->name, .source = status };
	const JsonNode *metadata = json_read_get(root, "metadata");
	return (KindItem){ .name = json_read_text(metadata, "name", status->name),
			   .labels = labels_in(metadata, context->arena),
			   .source = status };
}

static void add_item(const KindContext *context, const PodStatus *status, KindItems *items)
{
	Arena *arena = context->arena;
	KindItem *item = kind_items_push(arena, items);
	*item = identify(context, status);
	texts_add(arena, &item->cells,
		  arena_printf(arena, "%u/%zu", status->ready_count, status->containers.count));
	texts_add(arena, &item->cells, status->reason);
	if (status->message)
		item->remark = arena_printf(arena, "%s: %s", status->reason, status->message);
	texts_add(arena, &item->cells, restarts_of(context, status));
	texts_add(arena, &item->cells, kind_age(context, created_at(status)));
	texts_add(arena, &item->cells,
		  status->address ? ipv4_print(status->address, arena) : "<none>");
	texts_add(arena, &item->cells, status->name);
	// Only where it is shown is an image looked for.
	const bool has_moved = context->is_wide &&
			       pod_status_has_moved_image(context->host, context->config, status);
	texts_add(arena, &item->cells, has_moved ? "image moved" : "<none>");
}

static bool list(const KindContext *context, KindItems *ret_items, Error *error)
{
	PodStatuses statuses = { 0 };
	if (!pod_status_list(context->host, context->config, context->bus, context->arena,
			     &statuses, error))
		return false;
	for (size_t i = 0; i < statuses.count; i++)
		add_item(context, &statuses.items[i], ret_items);
	return true;
}

// The manifest as applied, with the status.
static bool encode(const KindContext *context, const KindItem *item, const YamlNode **ret,
		   Error *error)
{
	const PodStatus *pod = item->source;
	CLEANUP_BUFFER status = { 0 };
	const char *manifest = NULL;
	const JsonNode *root = NULL;
	if (!read_manifest(context, pod, &manifest, &root, error))
		return false;
	pod_status_print(pod, &status);
	*ret = kind_add_server_fields(kind_read_json(manifest, context->arena), created_at(pod),
				      buffer_text(&status), context->arena);
	return true;
}

static bool watch_items(const KindContext *context, const KindItems *items, Watch *watch,
			Error *error)
{
	for (size_t i = 0; i < items->count; i++) {
		const PodStatus *pod = items->items[i].source;
		if (!watch_add_unit(watch, unit_machine_name(context->arena, pod->name), error) ||
		    !app_status_watch(context->host, &pod->plan, watch, error))
			return false;
	}
	return true;
}

static bool check_removal(const KindContext *context, const char *name, Error *error)
{
	const char *machine = compile_machine_name(name, context->arena);
	Pairs record = { 0 };
	if (!machine_load(context->host, machine, context->arena, &record, error)) {
		if (!error_forgive(error, ERROR_NOT_FOUND))
			return false;
		// One whose removal was cut short is removed now.
		if (machine_has_leftovers(context->host, machine, error))
			return true;
		if (!error_forgive(error, ERROR_NOT_FOUND))
			return false;
		return error_set(error, ERROR_NOT_FOUND, "pods \"%s\" not found", name);
	}
	if (machine_kind(&record) != MACHINE_KIND_POD)
		return error_set(error, ERROR_INVALID, "it is no Pod; `sdme rm %s` removes it",
				 machine);
	return true;
}

static bool kill_pods(const KindContext *context, const Texts *machines, Error *error)
{
	for (size_t i = 0; i < machines->count; i++) {
		if (!machine_stop(context->bus, machines->items[i], STOP_KILL, context->config,
				  error))
			return false;
	}
	return true;
}

// Another data directory's unit of that name is not meant.
static void add_running(const KindContext *context, const char *machine, Texts *machines)
{
	CLEANUP_ERROR other = { 0 };
	if (machine_check_owner(context->host, machine, &other))
		texts_add(context->arena, machines, machine);
}

// All stop at once, each within its grace period or the one that is given; a kill needs none.
static bool stop(const KindContext *context, const Texts *names, const KindStop *how, Error *error)
{
	Arena *arena = context->arena;
	Texts machines = { 0 };
	Texts late = { 0 };
	UnitJob *jobs = NULL;
	for (size_t i = 0; i < names->count; i++)
		add_running(context, compile_machine_name(names->items[i], arena), &machines);
	if (machines.count == 0)
		return true;
	if (how->must_kill)
		return kill_pods(context, &machines, error);
	if (!machine_stop_all(context->bus, &machines, how->grace_ms, arena, &jobs, error))
		return false;
	for (size_t i = 0; i < machines.count; i++) {
		if (jobs[i].result == JOB_UNFINISHED)
			texts_add(arena, &late, machines.items[i]);
	}
	return kill_pods(context, &late, error);
}

static bool remove_one(const KindContext *context, const char *name, Error *error)
{
	return machine_remove(context->host, context->bus,
			      compile_machine_name(name, context->arena), context->config, error);
}

const KindActions kind_pod_actions = {
	.directory = LAYOUT_STATE,
	.columns = columns,
	.column_count = COUNT(columns),
	.list = list,
	.encode = encode,
	.watch = watch_items,
	.check_removal = check_removal,
	.stop = stop,
	.remove = remove_one,
};
