#include "kube/check_parts.h"
#include "kube/duplicates.h"
#include "kube/names.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/reference.h"
#include "pkg/sys/yaml.h"

#include <ctype.h>
#include <inttypes.h>

// Kubernetes only minds the blanks; the rest it finds out when it pulls (InvalidImageName).
static void check_image(const ContainerCheck *check, Report *report)
{
	const char *image = check->container->image;
	if (text_is_empty(image))
		return;
	const SourcePos where = origin_of(&check->container->origin, "image");
	const FieldPath *path = FIELD(check->path, "image");
	if (isspace((unsigned char)image[0]) || isspace((unsigned char)image[strlen(image) - 1])) {
		field_invalid(report, where, path, image,
			      "must not have leading or trailing whitespace");
		return;
	}
	Reference reference = { 0 };
	CLEANUP_ERROR error = { 0 };
	if (!reference_parse(image, NULL, report->arena, &reference, &error))
		field_invalid(report, where, path, image, error.message);
}

// --- mounts

static void check_mount(const VolumeMount *mount, const FieldPath *path, bool has_volume,
			bool is_repeated, Report *report)
{
	const SourcePos where = origin_of(&mount->origin, "mountPath");
	const FieldPath *mount_path = FIELD(path, "mountPath");
	if (!has_volume && !text_is_empty(mount->name))
		field_not_found(report, origin_of(&mount->origin, "name"), FIELD(path, "name"),
				mount->name);
	if (text_is_empty(mount->mount_path))
		return;
	if (is_repeated)
		field_invalid(report, where, mount_path, mount->mount_path, "must be unique");
	if (path_has_dotdot(mount->mount_path))
		field_invalid(report, where, mount_path, mount->mount_path,
			      "must not contain '..'");
	else if (mount->mount_path[strspn(mount->mount_path, "/.")] == '\0')
		field_invalid(report, where, mount_path, mount->mount_path,
			      "must not be the root directory");
	if (!text_is_empty(mount->sub_path))
		check_local_path(mount->sub_path, origin_of(&mount->origin, "subPath"),
				 FIELD(path, "subPath"), report);
}

static void check_mounts(const ContainerCheck *check, Report *report)
{
	const VolumeMounts *mounts = &check->container->volume_mounts;
	// The volumes, then what is mounted: a mount whose first equal name is a volume has one.
	Texts names = { 0 };
	Texts paths = { 0 };
	for (size_t i = 0; i < check->volume_names->count; i++)
		texts_add(report->arena, &names, check->volume_names->items[i]);
	for (size_t i = 0; i < mounts->count; i++) {
		texts_add(report->arena, &names, mounts->items[i].name);
		texts_add(report->arena, &paths, mounts->items[i].mount_path);
	}
	const size_t *first_name = duplicates_find(&names, report->arena);
	const size_t *first_path = duplicates_find(&paths, report->arena);
	const FieldPath *list = FIELD(check->path, "volumeMounts");
	for (size_t i = 0; i < mounts->count; i++) {
		const size_t volume_count = check->volume_names->count;
		check_mount(&mounts->items[i], FIELD_AT(list, i),
			    first_name[volume_count + i] < volume_count, first_path[i] != i,
			    report);
	}
}

// --- ports

static void check_port(const ContainerPort *port, const FieldPath *path, bool host_network,
		       Report *report)
{
	Texts faults = { 0 };
	if (!text_is_empty(port->name)) {
		name_check_port(port->name, report->arena, &faults);
		field_invalid_all(report, origin_of(&port->origin, "name"), FIELD(path, "name"),
				  port->name, &faults);
	}
	if (port->container_port < 0 || port->container_port > 65535)
		field_invalid_number(report, origin_of(&port->origin, "containerPort"),
				     FIELD(path, "containerPort"), port->container_port,
				     "must be between 1 and 65535, inclusive");
	const SourcePos host_port = origin_of(&port->origin, "hostPort");
	if (port->host_port < 0 || port->host_port > 65535)
		field_invalid_number(report, host_port, FIELD(path, "hostPort"), port->host_port,
				     "must be between 1 and 65535, inclusive");
	else if (host_network && port->host_port != port->container_port)
		field_invalid_number(report, host_port, FIELD(path, "hostPort"), port->host_port,
				     "must match `containerPort` when `hostNetwork` is true");
	if (port->host_port != 0 && port->protocol == PROTOCOL_SCTP && !host_network)
		field_forbidden(report, host_port, FIELD(path, "hostPort"),
				"not supported by sdme: SCTP ports are not published yet");
	if (text_is_empty(port->host_ip))
		return;
	faults.count = 0;
	name_check_ip(port->host_ip, report->arena, &faults);
	field_invalid_all(report, origin_of(&port->origin, "hostIP"), FIELD(path, "hostIP"),
			  port->host_ip, &faults);
	if (port->host_port == 0)
		field_warning(report, origin_of(&port->origin, "hostIP"), path,
			      "hostIP set without hostPort");
}

static void warn_twice(const ContainerPorts *ports, size_t first, const FieldPath *path,
		       size_t index, Report *report)
{
	const ContainerPort *port = &ports->items[index];
	const char *other = field_path_text(FIELD_AT(path, first), report->arena);
	field_warning(report, port->origin.where, FIELD_AT(path, index),
		      arena_printf(report->arena, "duplicate port definition with %s", other));
}

void check_ports(const Container *container, const FieldPath *path, bool host_network,
		 Report *report)
{
	const ContainerPorts *ports = &container->ports;
	Texts names = { 0 };
	Texts numbers = { 0 };
	for (size_t i = 0; i < ports->count; i++) {
		const ContainerPort *port = &ports->items[i];
		texts_add(report->arena, &names, text_is_empty(port->name) ? NULL : port->name);
		texts_add(report->arena, &numbers,
			  arena_printf(report->arena, "%s/%" PRId64 "/%" PRId64 "/%s",
				       protocol_text(port->protocol), port->container_port,
				       port->host_port, port->host_ip ? port->host_ip : ""));
	}
	const size_t *first_name = duplicates_find(&names, report->arena);
	const size_t *first_number = duplicates_find(&numbers, report->arena);
	for (size_t i = 0; i < ports->count; i++) {
		const ContainerPort *port = &ports->items[i];
		check_port(port, FIELD_AT(path, i), host_network, report);
		if (first_name[i] != i)
			field_duplicate(report, origin_of(&port->origin, "name"),
					FIELD(FIELD_AT(path, i), "name"), port->name);
		// With a port of the host it is an error, told by the Pod.
		if (first_number[i] != i && port->host_port == 0)
			warn_twice(ports, first_number[i], path, i, report);
	}
}

void check_container(const ContainerCheck *check, Report *report)
{
	const Container *container = check->container;
	check_name(&container->origin, check->path, "name", container->name, name_check_label,
		   report);
	check_image(check, report);
	check_ports(container, FIELD(check->path, "ports"), check->pod->spec.host_network, report);
	check_environment(container, check->path, report);
	check_mounts(check, report);
	check_resources(&container->resources, FIELD(check->path, "resources"), report);
	check_resize_policies(container, check->pod, FIELD(check->path, "resizePolicy"), report);
	check_security(check, report);
}
