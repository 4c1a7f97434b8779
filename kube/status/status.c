#include "kube/status/status.h"

#include "isolate/machine/app_status.h"
#include "isolate/machine/generation.h"
#include "pkg/base/path.h"

static const char *const phase_words[] = {
	[POD_PENDING] = "Pending",
	[POD_RUNNING] = "Running",
	[POD_SUCCEEDED] = "Succeeded",
	[POD_FAILED] = "Failed",
};

const char *pod_phase_to_text(PodPhase phase)
{
	return phase_words[phase];
}

// --- reading

static bool is_down(const PodStatus *status)
{
	return status->machine == MACHINE_STOPPED || status->machine == MACHINE_FAILED ||
	       status->machine == MACHINE_RESTARTING;
}

static bool is_up(const PodStatus *status)
{
	return status->machine == MACHINE_RUNNING || status->machine == MACHINE_STARTING;
}

static void read_record(const Host *host, const PodStatus *status, ContainerStatus *container,
			Arena *arena)
{
	// A machine's root can put there what it likes: to all others that is a container without a record.
	CLEANUP_ERROR ignored = { 0 };
	container->has_record = app_status_load(host, status->name, container->app->name, arena,
						&container->record, &ignored);
	// What has not run yet as it is declared now.
	if (is_down(status) && container->has_record)
		container->has_record = app_status_is_of(&container->record, status->generation);
}

static void read_list(const Host *host, const PodStatus *status, ContainerStatuses *containers,
		      Arena *arena)
{
	for (size_t i = 0; i < containers->count; i++)
		read_record(host, status, &containers->items[i], arena);
}

void pod_status_read_records(const Host *host, Arena *arena, PodStatus *status)
{
	read_list(host, status, &status->init_containers, arena);
	read_list(host, status, &status->containers, arena);
	pod_status_derive(status, arena);
}

bool pod_status_load(const Host *host, const Config *config, const MachineInfo *machine,
		     Arena *arena, PodStatus *ret, Error *error)
{
	PodStatus status = {
		.name = machine->name,
		.record = &machine->record,
		.machine = machine->status,
	};
	Subnet subnet = { 0 };
	const char *generation = NULL;
	if (!generation_load_current(host, machine->name, arena, &generation, &status.plan,
				     error) ||
	    !subnet_parse(config->network_subnet, "network_subnet", &subnet, error))
		return false;
	status.generation = path_name(generation);
	status.started_us = machine_started_us(host, machine->name);
	for (size_t i = 0; i < status.plan.apps.count; i++) {
		const PlanApp *app = &status.plan.apps.items[i];
		ContainerStatuses *list = plan_app_traits(app)->is_init ? &status.init_containers
									: &status.containers;
		container_statuses_push(arena, list)->app = app;
	}
	if (status.plan.network == PLAN_NETWORK_POD && is_up(&status))
		status.address = subnet_slot_address(&subnet, status.plan.slot);
	pod_status_read_records(host, arena, &status);
	// What has ended is over, whatever became of its machine.
	status.message = status.ending == ENDING_NONE ? machine->failure : NULL;
	*ret = status;
	return true;
}

static PodStatus damaged_status(const MachineInfo *machine, const char *problem)
{
	return (PodStatus){
		.name = machine->name,
		.record = &machine->record,
		.machine = machine->status,
		.plan = { .name = machine->name, .hostname = "", .machine_id = "", .root_fs = "" },
		.phase = POD_PENDING,
		.reason = "Damaged",
		.message = problem,
		.problem = problem,
	};
}

bool pod_status_list(const Host *host, const Config *config, Bus *bus, Arena *arena,
		     PodStatuses *ret, Error *error)
{
	MachineInfos *machines =
		ARENA_NEW(arena, MachineInfos); // the statuses point to the records
	if (!machine_list(host, bus, arena, machines, error))
		return false;
	PodStatuses statuses = { 0 };
	for (size_t i = 0; i < machines->count; i++) {
		const MachineInfo *machine = &machines->items[i];
		if (machine_kind(&machine->record) != MACHINE_KIND_POD)
			continue;
		PodStatus status = { 0 };
		CLEANUP_ERROR gone = { 0 };
		if (!pod_status_load(host, config, machine, arena, &status, &gone)) {
			// Removed since the list was made.
			if (gone.code == ERROR_NOT_FOUND)
				continue;
			if (gone.code == ERROR_INTERRUPTED)
				return error_move(error, &gone);
			status = damaged_status(machine, arena_strdup(arena, gone.message));
		}
		*pod_statuses_push(arena, &statuses) = status;
	}
	*ret = statuses;
	return true;
}

// --- deriving

static bool is_running(const ContainerStatus *container)
{
	return container->has_record && container->record.state == APP_STATE_RUNNING;
}

static bool is_terminated(const ContainerStatus *container)
{
	return container->has_record && container->record.state == APP_STATE_TERMINATED;
}

static bool has_succeeded(const ContainerStatus *container)
{
	return is_terminated(container) && container->record.end.exit_code == 0;
}

static bool will_restart(const ContainerStatus *container)
{
	switch (container->app->restart) {
	case PLAN_RESTART_ALWAYS:
		return true;
	case PLAN_RESTART_ON_FAILURE:
		return !has_succeeded(container);
	case PLAN_RESTART_NEVER:
		break;
	}
	return false;
}

static uint32_t count_done(const ContainerStatuses *init_containers)
{
	uint32_t done = 0;
	for (size_t i = 0; i < init_containers->count; i++)
		done += has_succeeded(&init_containers->items[i]) ? 1 : 0;
	return done;
}

const char *pod_status_waiting_reason(const PodStatus *status)
{
	return status->init_containers.count > 0 ? "PodInitializing" : "ContainerCreating";
}

// The word for one container that does not run well.
static const char *reason_of(const PodStatus *status, const ContainerStatus *container,
			     Arena *arena)
{
	const AppRecord *record = &container->record;
	if (!container->has_record)
		return pod_status_waiting_reason(status);
	if (record->state == APP_STATE_WAITING)
		return text_is_empty(record->reason) ? pod_status_waiting_reason(status)
						     : record->reason;
	if (record->state == APP_STATE_RUNNING)
		return "Running";
	if (!text_is_empty(record->end.reason))
		return record->end.reason;
	return record->end.signal_number > 0
		       ? arena_printf(arena, "Signal:%d", record->end.signal_number)
		       : arena_printf(arena, "ExitCode:%d", record->end.exit_code);
}

static void add_known(const ContainerStatuses *containers, Arena *arena, KnownApps *apps)
{
	for (size_t i = 0; i < containers->count; i++) {
		const ContainerStatus *container = &containers->items[i];
		*known_apps_push(arena, apps) =
			(KnownApp){ container->app,
				    container->has_record ? &container->record : NULL };
	}
}

static Ending ending_of_pod(const PodStatus *status, Arena *arena)
{
	KnownApps apps = { 0 };
	add_known(&status->init_containers, arena, &apps);
	add_known(&status->containers, arena, &apps);
	return ending_of(&apps, !is_down(status));
}

static PodPhase phase_of(const PodStatus *status)
{
	switch (status->ending) {
	case ENDING_SUCCEEDED:
		return POD_SUCCEEDED;
	case ENDING_FAILED:
		return POD_FAILED;
	case ENDING_NONE:
		break;
	}
	if (status->machine == MACHINE_FAILED)
		return POD_FAILED;
	if (!is_up(status) && status->machine != MACHINE_RESTARTING)
		return POD_PENDING;
	if (count_done(&status->init_containers) < status->init_containers.count)
		return POD_PENDING;
	for (size_t i = 0; i < status->containers.count; i++) {
		if (!status->containers.items[i].has_record)
			return POD_PENDING;
	}
	return POD_RUNNING;
}

static const char *init_reason(const PodStatus *status, uint32_t done, Arena *arena)
{
	const ContainerStatus *next = &status->init_containers.items[done];
	const bool is_backing_off = next->has_record && next->record.state == APP_STATE_WAITING &&
				    !text_is_empty(next->record.reason);
	if (is_terminated(next) || is_backing_off)
		return arena_printf(arena, "Init:%s", reason_of(status, next, arena));
	return arena_printf(arena, "Init:%u/%zu", done, status->init_containers.count);
}

static const char *containers_reason(const PodStatus *status, Arena *arena)
{
	const char *reason = "Running";
	bool has_running = false;
	for (size_t i = status->containers.count; i-- > 0;) {
		const ContainerStatus *container = &status->containers.items[i];
		if (is_running(container))
			has_running = true;
		else
			reason = reason_of(status, container, arena);
	}
	// kubectl: a Pod with a container that runs and others that are done is running.
	return has_running && text_equal(reason, "Completed") ? "Running" : reason;
}

static const char *reason_of_pod(const PodStatus *status, Arena *arena)
{
	const bool has_ended = status->ending != ENDING_NONE;
	switch (status->machine) {
	case MACHINE_STOPPED:
		if (!has_ended)
			return "Stopped";
		break;
	case MACHINE_STOPPING:
		return "Terminating";
	case MACHINE_FAILED:
	case MACHINE_RESTARTING:
		if (!has_ended)
			return "MachineFailed";
		break;
	case MACHINE_STARTING:
	case MACHINE_RUNNING:
	case MACHINE_STATUS_COUNT:
		break;
	}
	const uint32_t done = count_done(&status->init_containers);
	if (done < status->init_containers.count)
		return init_reason(status, done, arena);
	return containers_reason(status, arena);
}

static void add_restarts(PodStatus *status, const ContainerStatuses *containers)
{
	for (size_t i = 0; i < containers->count; i++) {
		const ContainerStatus *container = &containers->items[i];
		if (!container->has_record)
			continue;
		status->restart_count += container->record.restarts;
		if (container->record.has_last &&
		    container->record.last.finished_us > status->last_restart_us)
			status->last_restart_us = container->record.last.finished_us;
	}
}

// A record that says "running" of a machine that does not run: whoever wrote it was killed.
static void end_lost(ContainerStatuses *containers)
{
	for (size_t i = 0; i < containers->count; i++) {
		if (is_running(&containers->items[i]))
			app_record_end_lost(&containers->items[i].record);
	}
}

void pod_status_derive(PodStatus *status, Arena *arena)
{
	status->ending = ending_of_pod(status, arena);
	status->phase = phase_of(status);
	if (is_down(status)) {
		end_lost(&status->init_containers);
		end_lost(&status->containers);
	}
	status->ready_count = 0;
	status->restart_count = 0;
	status->last_restart_us = 0;
	for (size_t i = 0; i < status->init_containers.count; i++)
		status->init_containers.items[i].is_ready =
			has_succeeded(&status->init_containers.items[i]);
	for (size_t i = 0; i < status->containers.count; i++) {
		ContainerStatus *container = &status->containers.items[i];
		container->is_ready = is_up(status) && is_running(container);
		status->ready_count += container->is_ready ? 1 : 0;
	}
	add_restarts(status, &status->init_containers);
	add_restarts(status, &status->containers);
	status->reason = reason_of_pod(status, arena);
}

// --- failures

static bool has_failed(const ContainerStatus *container)
{
	if (!container->has_record)
		return false;
	if (is_terminated(container))
		return container->record.end.exit_code != 0 || will_restart(container);
	return container->record.state == APP_STATE_WAITING && container->record.has_last;
}

static const ContainerStatus *find_failure(const ContainerStatuses *containers)
{
	for (size_t i = 0; i < containers->count; i++) {
		const ContainerStatus *container = &containers->items[i];
		if (has_failed(container) &&
		    !(plan_app_traits(container->app)->runs_to_end && has_succeeded(container)))
			return container;
	}
	return NULL;
}

const ContainerStatus *pod_status_find_failure(const PodStatus *status)
{
	const ContainerStatus *failed = find_failure(&status->init_containers);
	return failed ? failed : find_failure(&status->containers);
}

bool container_is_backing_off(const ContainerStatus *container)
{
	return container->has_record && container->record.state == APP_STATE_WAITING &&
	       container->record.has_last;
}

bool container_has_partial_log(const ContainerStatus *container, bool is_previous)
{
	const AppRecord *record = &container->record;
	if (!container->has_record)
		return false;
	if (is_previous || container_is_backing_off(container))
		return record->last.has_partial_log;
	return is_terminated(container) && record->end.has_partial_log;
}
