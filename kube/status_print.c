#include "kube/status.h"

#include "pkg/base/json.h"

#include <inttypes.h>
#include <time.h>

#define US_PER_SECOND 1000000

static void add_time(JsonWriter *json, const char *key, int64_t us)
{
	if (us <= 0)
		return;
	const time_t seconds = (time_t)(us / US_PER_SECOND);
	struct tm utc;
	char text[sizeof("2026-01-31T12:00:00Z")];
	if (gmtime_r(&seconds, &utc) &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc) > 0)
		json_add_text_member(json, key, text);
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

static void add_state(JsonWriter *json, const ContainerStatus *container)
{
	const AppRecord *record = &container->record;
	json_begin_object(json);
	if (!container->has_record) {
		add_waiting(json, container->app->kind == PLAN_APP_INIT ? "PodInitializing"
									: "ContainerCreating");
	} else if (record->state == APP_STATE_RUNNING) {
		json_add_key(json, "running");
		json_begin_object(json);
		add_time(json, "startedAt", record->started_us);
		json_end_object(json);
	} else if (record->state == APP_STATE_TERMINATED) {
		add_end(json, &record->end);
	} else {
		add_waiting(json,
			    text_is_empty(record->reason) ? "ContainerCreating" : record->reason);
	}
	json_end_object(json);
}

static void add_container(JsonWriter *json, const ContainerStatus *container)
{
	json_begin_object(json);
	json_add_text_member(json, "name", container->app->name);
	json_add_key(json, "state");
	add_state(json, container);
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

static void add_containers(JsonWriter *json, const char *key, const ContainerStatuses *containers)
{
	if (containers->count == 0)
		return;
	json_add_key(json, key);
	json_begin_array(json);
	for (size_t i = 0; i < containers->count; i++)
		add_container(json, &containers->items[i]);
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
	add_conditions(&writer, status);
	if (status->address != 0)
		json_add_text_member(&writer, "podIP", ipv4_print(status->address, scratch));
	add_containers(&writer, "initContainerStatuses", &status->init_containers);
	add_containers(&writer, "containerStatuses", &status->containers);
	json_end_object(&writer);
}

// kubectl: duration.HumanDuration of apimachinery.
const char *age_print(int64_t seconds, Arena *arena)
{
	const int64_t minutes = seconds / 60;
	const int64_t hours = minutes / 60;
	const int64_t days = hours / 24;
	if (seconds < 0)
		return "0s";
	if (seconds < 120)
		return arena_printf(arena, "%" PRId64 "s", seconds);
	if (minutes < 10)
		return seconds % 60 == 0 ? arena_printf(arena, "%" PRId64 "m", minutes)
					 : arena_printf(arena, "%" PRId64 "m%" PRId64 "s", minutes,
							seconds % 60);
	if (hours < 3)
		return arena_printf(arena, "%" PRId64 "m", minutes);
	if (hours < 8)
		return minutes % 60 == 0 ? arena_printf(arena, "%" PRId64 "h", hours)
					 : arena_printf(arena, "%" PRId64 "h%" PRId64 "m", hours,
							minutes % 60);
	if (hours < 48)
		return arena_printf(arena, "%" PRId64 "h", hours);
	return arena_printf(arena, "%" PRId64 "d", days);
}
