// v1.PodStatus as JSON.
#include "kube/status/status.h"

#include "pkg/base/json.h"
#include "pkg/base/moment.h"

#include <inttypes.h>

static void add_time(JsonWriter *json, const char *key, int64_t us)
{
	CLEANUP_ARENA scratch = arena_new();
	if (us > 0)
		json_add_text_member(json, key, moment_print(scratch, (uint64_t)us));
}

static void add_end(JsonWriter *json, const AppEnd *end)
{
	json_add_key(json, "terminated");
	json_begin_object(json);
	json_add_i64_member(json, "exitCode", end->exit_code);
	if (end->signal_number > 0)
		json_add_i64_member(json, "signal", end->signal_number);
	if (!text_is_empty(end->reason))
		json_add_text_member(json, "reason", end->reason);
	if (!text_is_empty(end->message))
		json_add_text_member(json, "message", end->message);
	add_time(json, "startedAt", end->started_us);
	add_time(json, "finishedAt", end->finished_us);
	json_end_object(json);
}

static void add_waiting(JsonWriter *json, const char *reason)
{
	json_add_key(json, "waiting");
	json_begin_object(json);
	json_add_text_member(json, "reason", reason);
	json_end_object(json);
}

static void add_state(JsonWriter *json, const PodStatus *status, const ContainerStatus *container)
{
	const AppRecord *record = &container->record;
	json_begin_object(json);
	if (!container->has_record) {
		add_waiting(json, pod_status_waiting_reason(status));
	} else if (record->state == APP_STATE_RUNNING) {
		json_add_key(json, "running");
		json_begin_object(json);
		add_time(json, "startedAt", record->started_us);
		json_end_object(json);
	} else if (record->state == APP_STATE_TERMINATED) {
		add_end(json, &record->end);
	} else {
		add_waiting(json, text_is_empty(record->reason) ? pod_status_waiting_reason(status)
								: record->reason);
	}
	json_end_object(json);
}

static void add_container(JsonWriter *json, const PodStatus *status,
			  const ContainerStatus *container)
{
	json_begin_object(json);
	json_add_text_member(json, "name", container->app->name);
	json_add_key(json, "state");
	add_state(json, status, container);
	json_add_key(json, "lastState");
	json_begin_object(json);
	if (container->has_record && container->record.has_last)
		add_end(json, &container->record.last);
	json_end_object(json);
	json_add_bool_member(json, "ready", container->is_ready);
	json_add_u64_member(json, "restartCount",
			    container->has_record ? container->record.restarts : 0);
	json_add_text_member(json, "image", container->app->image);
	json_add_text_member(json, "imageID", container->app->image_id);
	json_add_bool_member(json, "started",
			     container->has_record && container->record.state == APP_STATE_RUNNING);
	json_end_object(json);
}

static void add_containers(JsonWriter *json, const PodStatus *status, const char *key,
			   const ContainerStatuses *containers)
{
	if (containers->count == 0)
		return;
	json_add_key(json, key);
	json_begin_array(json);
	for (size_t i = 0; i < containers->count; i++)
		add_container(json, status, &containers->items[i]);
	json_end_array(json);
}

static void add_condition(JsonWriter *json, const char *type, bool is_met)
{
	json_begin_object(json);
	json_add_text_member(json, "type", type);
	json_add_text_member(json, "status", is_met ? "True" : "False");
	json_end_object(json);
}

static void add_conditions(JsonWriter *json, const PodStatus *status)
{
	bool is_initialized = true;
	for (size_t i = 0; i < status->init_containers.count; i++)
		is_initialized = is_initialized && status->init_containers.items[i].is_ready;
	const bool is_ready = is_initialized && status->ready_count == status->containers.count;
	json_add_key(json, "conditions");
	json_begin_array(json);
	add_condition(json, "PodScheduled", true);
	add_condition(json, "Initialized", is_initialized);
	add_condition(json, "ContainersReady", is_ready);
	add_condition(json, "Ready", is_ready);
	json_end_array(json);
}

void pod_status_print(const PodStatus *status, Buffer *json)
{
	CLEANUP_ARENA scratch = arena_new();
	JsonWriter writer = json_writer(json, /* is_pretty= */ false);
	json_begin_object(&writer);
	json_add_text_member(&writer, "phase", pod_phase_to_text(status->phase));
	json_add_text_member(&writer, "reason", status->reason);
	if (status->message)
		json_add_text_member(&writer, "message", status->message);
	add_time(&writer, "startTime", status->started_us);
	add_conditions(&writer, status);
	if (status->address != 0)
		json_add_text_member(&writer, "podIP", ipv4_print(status->address, scratch));
	add_containers(&writer, status, "initContainerStatuses", &status->init_containers);
	add_containers(&writer, status, "containerStatuses", &status->containers);
	json_end_object(&writer);
}

#define MINUTE 60
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define YEAR   (365 * DAY)

// kubectl: HumanDuration of apimachinery's pkg/util/duration. Below `limit` seconds so many units, and what is left of
// them in parts.
static const struct {
	int64_t limit;
	int64_t unit;
	char letter;
	int64_t part; // 0: what is left does not matter
	char part_letter;
} age_steps[] = {
	// clang-format off
	{ 2 * MINUTE,  1,      's', 0,      0 },
	{ 10 * MINUTE, MINUTE, 'm', 1,      's' },
	{ 3 * HOUR,    MINUTE, 'm', 0,      0 },
	{ 8 * HOUR,    HOUR,   'h', MINUTE, 'm' },
	{ 48 * HOUR,   HOUR,   'h', 0,      0 },
	{ 8 * DAY,     DAY,    'd', HOUR,   'h' },
	{ 2 * YEAR,    DAY,    'd', 0,      0 },
	{ 8 * YEAR,    YEAR,   'y', DAY,    'd' },
	{ INT64_MAX,   YEAR,   'y', 0,      0 },
	// clang-format on
};

const char *age_print(int64_t seconds, Arena *arena)
{
	// Clocks differ a little.
	if (seconds < 0)
		return seconds < -1 ? "<invalid>" : "0s";
	size_t i = 0;
	while (i + 1 < COUNT(age_steps) && seconds >= age_steps[i].limit)
		i++;
	const int64_t units = seconds / age_steps[i].unit;
	const int64_t parts =
		age_steps[i].part > 0 ? seconds % age_steps[i].unit / age_steps[i].part : 0;
	if (parts == 0)
		return arena_printf(arena, "%" PRId64 "%c", units, age_steps[i].letter);
	return arena_printf(arena, "%" PRId64 "%c%" PRId64 "%c", units, age_steps[i].letter, parts,
			    age_steps[i].part_letter);
}
