// sdme ps: the machines of this host.
#include "cmd/commands.h"
#include "kube/status/status.h"
#include "pkg/base/json.h"
#include "pkg/cli/table.h"
#include "pkg/sys/file.h"
#include "store/rootfs/rootfs.h"
#include "store/state/layout.h"

#include <fcntl.h>

typedef struct PsOptions {
	bool json;
	bool json_pretty;
} PsOptions;

static const Option options[] = {
	OPT_JSON(PsOptions, json, json_pretty),
};

// Titles and members as other sdme implementations have them, so that scripts keep working.
static const Column columns[] = {
	{ .title = "NAME", .key = "name" },
	{ .title = "STATUS", .key = "status" },
	{ .title = "HEALTH", .key = "health" },
	{ .title = "USERNS", .key = "userns" },
	{ .title = "ENABLED", .key = "enabled" },
	{ .title = "CONTAINERS" },
	{ .key = "rootfs" },
	{ .key = "oci_apps" },
	{ .key = "network" },
	{ .key = "kube" },
	{ .title = "ADDRESSES", .key = "addresses" },
	{ .title = "OS", .key = "os" },
};

// What is wrong on disk comes first; "ready" and "not-ready" while it runs; else as systemd sees it.
static const char *health_of(const PodStatus *status)
{
	if (status->problem)
		return "damaged";
	switch (status->machine) {
	case MACHINE_RUNNING:
	case MACHINE_STARTING:
		return status->ready_count == status->containers.count ? "ready" : "not-ready";
	case MACHINE_FAILED:
	case MACHINE_RESTARTING:
		return "failed";
	case MACHINE_STOPPED:
	case MACHINE_STOPPING:
	case MACHINE_STATUS_COUNT:
		break;
	}
	return "ok";
}

static const char *print_apps(const MachinePlan *plan, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, /* is_pretty= */ false);
	json_begin_array(&json);
	for (size_t i = 0; i < plan->apps.count; i++) {
		const PlanApp *app = &plan->apps.items[i];
		json_begin_object(&json);
		json_add_text_member(&json, "name", app->name);
		json_add_text_member(&json, "image", app->image);
		json_add_bool_member(&json, "init", plan_app_traits(app)->is_init);
		json_end_object(&json);
	}
	json_end_array(&json);
	return buffer_take(&text, arena);
}

static const char *print_port(const PlanPort *port, Arena *arena)
{
	return arena_printf(arena, "%s%s%u:%u/%s", port->host_ip,
			    text_is_empty(port->host_ip) ? "" : ":", port->host_port, port->port,
			    plan_protocol_to_text(port->protocol));
}

static const char *print_network(const MachinePlan *plan, Arena *arena)
{
	Texts ports = { 0 };
	for (size_t i = 0; i < plan->ports.count; i++)
		texts_add(arena, &ports, print_port(&plan->ports.items[i], arena));
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, /* is_pretty= */ false);
	json_begin_object(&json);
	json_add_bool_member(&json, "private_network", plan->network != PLAN_NETWORK_HOST);
	json_add_texts_member(&json, "ports", &ports);
	json_end_object(&json);
	return buffer_take(&text, arena);
}

static const char *print_kube(const PodStatus *status, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	JsonWriter json = json_writer(&text, /* is_pretty= */ false);
	json_begin_object(&json);
	json_add_text_member(&json, "yaml_hash",
			     pairs_get_or(status->record, MACHINE_KEY_POD_HASH, ""));
	json_add_text_member(&json, "phase", pod_phase_to_text(status->phase));
	json_add_text_member(&json, "status", status->reason);
	json_add_u64_member(&json, "restarts", status->restart_count);
	json_end_object(&json);
	return buffer_take(&text, arena);
}

static const char *os_of(const CommandContext *context, const MachinePlan *plan)
{
	CLEANUP_ERROR ignored = { 0 }; // a missing base has no name
	CLEANUP_FD root = -1;
	const bool is_open = text_is_empty(plan->root_fs)
				     ? file_open_directory(AT_FDCWD, "/", &root, &ignored)
				     : rootfs_open(context->host, plan->root_fs, &root, &ignored);
	const char *os = is_open ? rootfs_read_os(root, context->arena) : NULL;
	return os ? os : "unknown";
}

static void add_row(const CommandContext *context, const PodStatus *status, const Texts *enabled,
		    Table *table)
{
	Arena *arena = context->arena;
	Texts addresses = { 0 };
	if (status->address != 0)
		texts_add(arena, &addresses, ipv4_print(status->address, arena));
	table_add_text(table, status->name);
	table_add_text(table, machine_status_to_text(status->machine));
	table_add_text(table, health_of(status));
	table_add_bool(table, status->plan.has_user_namespace);
	table_add_bool(table, texts_contain(enabled, status->name));
	table_add_text(table, arena_printf(arena, "%u/%zu", status->ready_count,
					   status->containers.count));
	table_add_text(table, status->plan.root_fs);
	table_add_json(table, print_apps(&status->plan, arena));
	table_add_json(table, print_network(&status->plan, arena));
	table_add_json(table, print_kube(status, arena));
	table_add_texts(table, &addresses);
	table_add_text(table, os_of(context, &status->plan));
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const PsOptions *given = context->options;
	const OutputFormat format = output_format_of(given->json, given->json_pretty,
						     context->config->default_output_format);
	CLEANUP_BUS bus = NULL;
	PodStatuses statuses = { 0 };
	Texts enabled = { 0 };
	if (!layout_prepare(context->host, error) || !bus_open_manager(&bus, error) ||
	    !pod_status_list(context->host, context->config, bus, context->arena, &statuses,
			     error) ||
	    !machine_list_enabled(context->host, context->arena, &enabled, error))
		return false;
	if (statuses.count == 0 && (format == OUTPUT_TABLE || format == OUTPUT_WIDE)) {
		fputs("no containers found\n", context->output);
		return true;
	}
	Table table;
	CLEANUP_BUFFER text = { 0 };
	table_init(&table, context->arena, columns, COUNT(columns));
	for (size_t i = 0; i < statuses.count; i++)
		add_row(context, &statuses.items[i], &enabled, &table);
	table_print(&table, format, &text);
	fputs(buffer_text(&text), context->output);
	return true;
}

const Command command_ps = {
	.name = "ps",
	.summary = "List the machines",
	.description =
		"STATUS is that of the machine's unit (restarting: it died or could not be started, and is about to "
		"be started again), HEALTH that of its containers: ready when all of them "
		"run. ENABLED says whether the machine starts with the host, as systemctl is-enabled does. "
		"CONTAINERS counts those that run and those there are.",
	.examples = "sdme ps\nsdme ps --json-pretty\n",
	OPTIONS(PsOptions, options),
	.needs_root = true,
	.run = run,
};
