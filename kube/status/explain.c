// What containers do, or have done, in sentences.
#include "kube/status/status.h"

#include "pkg/base/moment.h"

// The record is the machine's to write: nothing in it may reach a terminal as a command.
static const char *printable(const char *text, Arena *arena)
{
	CLEANUP_BUFFER safe = { 0 };
	buffer_add_printable(&safe, text, strlen(text));
	return buffer_take(&safe, arena);
}

static const char *subject_of(const ContainerStatus *container, Arena *arena)
{
	return arena_printf(arena, "%s '%s'", plan_app_traits(container->app)->noun,
			    container->app->name);
}

static bool is_start_error(const AppEnd *end)
{
	return text_equal_or_null(end->reason, "StartError");
}

static const char *explain_end(const AppEnd *end, Arena *arena)
{
	if (is_start_error(end))
		return arena_printf(arena, "could not be started: %s",
				    text_is_empty(end->message) ? "see its log"
								: printable(end->message, arena));
	if (text_equal_or_null(end->reason, "OOMKilled"))
		return "ran out of memory and was killed";
	if (end->signal_number > 0)
		return arena_printf(arena, "was ended by signal %d", end->signal_number);
	return arena_printf(arena, "exited with status %d", end->exit_code);
}

static const AppEnd *last_end(const ContainerStatus *container)
{
	const AppRecord *record = &container->record;
	return record->state == APP_STATE_TERMINATED ? &record->end : &record->last;
}

bool container_status_has_start_error(const ContainerStatus *container)
{
	return is_start_error(last_end(container));
}

const char *container_status_explain(const ContainerStatus *container, Arena *arena)
{
	return arena_printf(arena, "%s %s", subject_of(container, arena),
			    explain_end(last_end(container), arena));
}

// --- what is late

static const char *age_of(int64_t since_us, int64_t now_us, Arena *arena)
{
	return age_print((now_us - since_us) / 1000000, arena);
}

// What a container does that has a record and is not where it should be.
static const char *explain_state(const ContainerStatus *container, int64_t now_us, Arena *arena)
{
	const AppRecord *record = &container->record;
	switch (record->state) {
	case APP_STATE_RUNNING:
		return arena_printf(arena, "has been running for %s",
				    age_of(record->started_us, now_us, arena));
	case APP_STATE_WAITING:
		if (record->has_last)
			return arena_printf(arena, "is tried again in %s, as it %s",
					    age_of(now_us, record->backoff_until_us, arena),
					    explain_end(&record->last, arena));
		return "is being started";
	case APP_STATE_TERMINATED:
		break;
	}
	return explain_end(&record->end, arena);
}

// Some have to end, the others to begin.
static bool is_late(const ContainerStatus *container)
{
	if (plan_app_traits(container->app)->runs_to_end)
		return !container->is_ready;
	return !container->has_record || container->record.state == APP_STATE_WAITING;
}

static void add_late(const ContainerStatuses *containers, const char **before, int64_t now_us,
		     Arena *arena, Buffer *text)
{
	for (size_t i = 0; i < containers->count; i++) {
		const ContainerStatus *container = &containers->items[i];
		if (!is_late(container))
			continue;
		const char *subject = subject_of(container, arena);
		buffer_printf(text, "%s%s ", text->length > 0 ? "; " : "", subject);
		if (container->has_record)
			buffer_add(text, explain_state(container, now_us, arena));
		else if (*before)
			buffer_printf(text, "waits for %s", *before);
		else
			buffer_add(text, "has not been started yet");
		if (plan_app_traits(container->app)->is_init)
			*before = subject;
	}
}

const char *pod_status_explain_late(const PodStatus *status, int64_t now_us, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	const char *before = NULL; // the init container that the next one waits for
	add_late(&status->init_containers, &before, now_us, arena, &text);
	add_late(&status->containers, &before, now_us, arena, &text);
	return buffer_take(&text, arena);
}

static bool has_begun(const ContainerStatuses *containers)
{
	for (size_t i = 0; i < containers->count; i++) {
		if (containers->items[i].has_record)
			return true;
	}
	return false;
}

bool pod_status_fail_late(const Host *host, const Config *config, const MachineInfo *machine,
			  uint64_t timeout_ms, Arena *arena, Error *error)
{
	PodStatus pod = { 0 };
	if (!pod_status_load(host, config, machine, arena, &pod, error))
		return false;
	if (!has_begun(&pod.init_containers) && !has_begun(&pod.containers))
		return error_set(
			error, ERROR_TIMEOUT,
			"the machine '%s' is not ready after %g s, its systemd has started "
			"no container; see journalctl -u sdme@%s.service",
			machine->name, (double)timeout_ms / 1000, machine->name);
	return error_set(
		error, ERROR_TIMEOUT, "not all containers of '%s' are started yet; it goes on: %s",
		machine->name, pod_status_explain_late(&pod, (int64_t)moment_now_us(), arena));
}
