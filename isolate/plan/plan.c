#include "isolate/plan/plan.h"

static const PlanAppTraits app_traits[PLAN_APP_KIND_COUNT] = {
	// clang-format off
	[PLAN_APP_MAIN] = { .noun = "container", .title = "Container", .is_init = false, .runs_to_end = false },
	[PLAN_APP_INIT] = { .noun = "init container", .title = "Init container", .is_init = true, .runs_to_end = true },
	// clang-format on
};

const PlanAppTraits *plan_app_traits(const PlanApp *app)
{
	return &app_traits[app->kind];
}

PlanRestart plan_restart(const MachinePlan *plan)
{
	return plan->apps.count > 0 ? plan->apps.items[0].restart : PLAN_RESTART_ALWAYS;
}

const PlanApp *plan_find_app(const MachinePlan *plan, const char *name)
{
	for (size_t i = 0; i < plan->apps.count; i++) {
		if (text_equal(plan->apps.items[i].name, name))
			return &plan->apps.items[i];
	}
	return NULL;
}

const PlanVolume *plan_find_volume(const MachinePlan *plan, const char *name)
{
	for (size_t i = 0; i < plan->volumes.count; i++) {
		if (text_equal(plan->volumes.items[i].name, name))
			return &plan->volumes.items[i];
	}
	return NULL;
}

const char *plan_pod_directory(const MachinePlan *plan, Arena *arena)
{
	return arena_printf(arena, "%s.%u", plan->machine_id, plan->incarnation);
}

bool plan_published_ports(const MachinePlan *plan, Arena *arena, PublishedPorts *ret, Error *error)
{
	static const PortProtocol protocols[] = {
		[PLAN_PROTOCOL_TCP] = PORT_TCP,
		[PLAN_PROTOCOL_UDP] = PORT_UDP,
		[PLAN_PROTOCOL_SCTP] = PORT_SCTP,
	};
	for (size_t i = 0; i < plan->ports.count; i++) {
		const PlanPort *port = &plan->ports.items[i];
		PublishedPort *published = published_ports_push(arena, ret);
		published->protocol = protocols[port->protocol];
		published->host_port = (uint16_t)port->host_port;
		published->pod_port = (uint16_t)port->port;
		if (!port_parse_host_address(port->host_ip, &published->host_address, error))
			return false;
	}
	return true;
}
