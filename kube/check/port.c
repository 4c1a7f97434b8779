// Ports: of a container, and of all containers of a Pod.
#include "kube/check/duplicates.h"
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/text.h"

#include <inttypes.h>

static const char *host_ip(const ContainerPort *port)
{
	return port->host_ip ? port->host_ip : "";
}

static void check_port(const ContainerPort *port, const FieldPath *path, bool host_network,
		       Report *report)
{
	const Origin *origin = &port->origin;
	check_name(origin, path, "name", port->name, name_check_port, report);
	if (port->container_port < 0 || port->container_port > 65535)
		field_invalid_number(report, origin_of(origin, "containerPort"),
				     FIELD(path, "containerPort"), port->container_port,
				     "must be between 1 and 65535, inclusive");
	const SourcePos host_port = origin_of(origin, "hostPort");
	if (port->host_port < 0 || port->host_port > 65535)
		field_invalid_number(report, host_port, FIELD(path, "hostPort"), port->host_port,
				     "must be between 1 and 65535, inclusive");
	else if (host_network && port->host_port != port->container_port)
		field_invalid_number(report, host_port, FIELD(path, "hostPort"), port->host_port,
				     "must match `containerPort` when `hostNetwork` is true");
	if (port->host_port != 0 && port->protocol == PROTOCOL_SCTP && !host_network)
		field_forbidden(report, host_port, FIELD(path, "hostPort"),
				"not supported by sdme: SCTP ports are not published yet");
	Texts faults = { 0 };
	if (*host_ip(port))
		name_check_ip(port->host_ip, report->arena, &faults);
	if (faults.count > 0)
		field_forbidden(
			report, origin_of(origin, "hostIP"), FIELD(path, "hostIP"),
			arena_printf(report->arena, "not supported by sdme: %s", faults.items[0]));
}

void check_ports(const ContainerPorts *ports, const FieldPath *path, bool host_network,
		 Report *report)
{
	Texts names = { 0 };
	for (size_t i = 0; i < ports->count; i++) {
		const char *name = ports->items[i].name;
		texts_add(report->arena, &names, text_is_empty(name) ? NULL : name);
	}
	const size_t *first = duplicates_find(&names, report->arena);
	for (size_t i = 0; i < ports->count; i++) {
		const ContainerPort *port = &ports->items[i];
		check_port(port, FIELD_AT(path, i), host_network, report);
		if (first[i] != i)
			field_duplicate(report, origin_of(&port->origin, "name"),
					FIELD(FIELD_AT(path, i), "name"), port->name);
	}
}

// --- warnings about all ports together

// A port, and the path of its list.
typedef struct PodPort {
	const ContainerPort *port;
	const char *path; // "spec.containers[0].ports[1]"
	size_t container;
} PodPort;
VEC_DECLARE(PodPorts, pod_ports, PodPort);

static void collect_ports(const Containers *containers, const FieldPath *list, Arena *arena,
			  PodPorts *ports)
{
	const size_t earlier = ports->count > 0 ? ports->items[ports->count - 1].container + 1 : 0;
	for (size_t i = 0; i < containers->count; i++) {
		const ContainerPorts *own = &containers->items[i].ports;
		const FieldPath *path = FIELD(FIELD_AT(list, i), "ports");
		for (size_t k = 0; k < own->count; k++)
			*pod_ports_push(arena, ports) =
				(PodPort){ &own->items[k],
					   field_path_text(FIELD_AT(path, k), arena), earlier + i };
	}
}

static void warn(const PodPort *port, const char *text, Report *report)
{
	report_add(report, SEVERITY_WARNING, port->port->origin.where, port->path, "%s", text);
}

static void warn_idle_address(const PodPort *port, Report *report)
{
	const ContainerPort *own = port->port;
	if (!*host_ip(own) || own->host_port != 0)
		return;
	warn(port,
	     arena_printf(report->arena,
			  "hostIP set without hostPort: {Name:%s HostPort:0 ContainerPort:%" PRId64
			  " Protocol:%s HostIP:%s}",
			  own->name ? own->name : "", own->container_port,
			  protocol_text(own->protocol), own->host_ip),
	     report);
}

// What two ports of one number and protocol have in common; NULL when they go together.
static const char *relation(const ContainerPort *left, const ContainerPort *right)
{
	const bool is_same_port = left->host_port == right->host_port;
	if (is_same_port && text_equal(host_ip(left), host_ip(right)))
		return "duplicate";
	if (left->host_port == 0 || right->host_port == 0)
		return "overlapping";
	return is_same_port && (!*host_ip(left) || !*host_ip(right)) ? "dangerously ambiguous"
								     : NULL;
}

// Each is compared with the first of its number and protocol only: Kubernetes tells of every pair.
static void warn_shared_numbers(const PodPorts *ports, Report *report)
{
	Texts numbers = { 0 };
	for (size_t i = 0; i < ports->count; i++) {
		const ContainerPort *port = ports->items[i].port;
		texts_add(report->arena, &numbers,
			  arena_printf(report->arena, "%" PRId64 "/%s", port->container_port,
				       protocol_text(port->protocol)));
	}
	const size_t *first = duplicates_find(&numbers, report->arena);
	for (size_t i = 0; i < ports->count; i++) {
		const PodPort *other = &ports->items[first[i]];
		const char *word =
			first[i] == i ? NULL : relation(ports->items[i].port, other->port);
		if (word)
			warn(&ports->items[i],
			     arena_printf(report->arena, "%s port definition with %s", word,
					  other->path),
			     report);
	}
}

// Within one container an equal name is an error.
static void warn_shared_names(const PodPorts *ports, Report *report)
{
	Texts names = { 0 };
	for (size_t i = 0; i < ports->count; i++) {
		const char *name = ports->items[i].port->name;
		texts_add(report->arena, &names, text_is_empty(name) ? NULL : name);
	}
	const size_t *first = duplicates_find(&names, report->arena);
	for (size_t i = 0; i < ports->count; i++) {
		const PodPort *other = &ports->items[first[i]];
		if (other->container != ports->items[i].container)
			warn(&ports->items[i],
			     arena_printf(report->arena,
					  "duplicate port name %s with %s, services and probes "
					  "that select ports by name will use %s",
					  text_quoted(names.items[i], report->arena), other->path,
					  other->path),
			     report);
	}
}

void warn_ports(const PodSpec *spec, const FieldPath *path, Report *report)
{
	PodPorts ports = { 0 };
	collect_ports(&spec->init_containers, FIELD(path, "initContainers"), report->arena, &ports);
	collect_ports(&spec->containers, FIELD(path, "containers"), report->arena, &ports);
	for (size_t i = 0; i < ports.count; i++)
		warn_idle_address(&ports.items[i], report);
	warn_shared_numbers(&ports, report);
	warn_shared_names(&ports, report);
}
