// What Kubernetes takes and one host, or sdme, cannot do: as far as the manifest alone decides it.
// docs/support.md lists these among the differences (kube/schema/support.c).
#include "isolate/boot/nspawn.h"
#include "isolate/machine/mount_path.h"
#include "isolate/plan/device.h"
#include "kube/check/parts.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

#include <arpa/inet.h>

#define REFUSED "not supported by sdme: "

static void check_list(const PodSpec *spec, const Containers *containers, const FieldPath *list,
		       Report *report,
		       void (*check)(const PodSpec *spec, const Container *container,
				     const FieldPath *path, Report *report))
{
	for (size_t i = 0; i < containers->count; i++)
		check(spec, &containers->items[i], FIELD_AT(list, i), report);
}

// --- user and group ids

static bool is_beyond(OptionalInt64 id)
{
	return id.is_set && id.value >= MACHINE_ID_COUNT && id.value <= INT32_MAX;
}

static void refuse_id(SourcePos where, const FieldPath *path, Report *report)
{
	field_forbidden(report, where, path,
			REFUSED
			"the Pod's user namespace has the ids 0 to 65535; set spec.hostUsers: "
			"true to use the host's ids");
}

static void check_id_here(OptionalInt64 id, const Origin *origin, const FieldPath *path,
			  const char *name, Report *report)
{
	if (is_beyond(id))
		refuse_id(origin_of(origin, name), FIELD(path, name), report);
}

static void check_container_ids(const PodSpec *spec, const Container *container,
				const FieldPath *path, Report *report)
{
	(void)spec;
	const SecurityContext *context = container->security_context;
	path = FIELD(path, "securityContext");
	if (!context)
		return;
	check_id_here(context->run_as_user, &context->origin, path, "runAsUser", report);
	check_id_here(context->run_as_group, &context->origin, path, "runAsGroup", report);
}

static void check_pod_ids(const PodSecurityContext *context, const FieldPath *path, Report *report)
{
	check_id_here(context->run_as_user, &context->origin, path, "runAsUser", report);
	check_id_here(context->run_as_group, &context->origin, path, "runAsGroup", report);
	for (size_t i = 0; i < context->supplemental_groups.count; i++) {
		const OptionalInt64 id = { true, context->supplemental_groups.items[i] };
		if (is_beyond(id))
			refuse_id(origin_of_item(&context->origin, "supplementalGroups", i),
				  FIELD_AT(FIELD(path, "supplementalGroups"), i), report);
	}
}

static void check_ids(const PodSpec *spec, const FieldPath *path, Report *report)
{
	if (!pod_has_user_namespace(spec))
		return;
	if (spec->security_context)
		check_pod_ids(spec->security_context, FIELD(path, "securityContext"), report);
	check_list(spec, &spec->init_containers, FIELD(path, "initContainers"), report,
		   check_container_ids);
	check_list(spec, &spec->containers, FIELD(path, "containers"), report, check_container_ids);
}

// --- mounts

static void check_mount_paths(const PodSpec *spec, const Container *container,
			      const FieldPath *parent, Report *report)
{
	(void)spec;
	for (size_t i = 0; i < container->volume_mounts.count; i++) {
		const VolumeMount *mount = &container->volume_mounts.items[i];
		if (text_is_empty(mount->mount_path) || path_has_dotdot(mount->mount_path))
			continue;
		const char *path =
			path_clean(report->arena, path_join(report->arena, "/", mount->mount_path));
		if (!mount_path_is_taken(path))
			continue;
		const FieldPath *field =
			FIELD(FIELD_AT(FIELD(parent, "volumeMounts"), i), "mountPath");
		field_forbidden(
			report, origin_of(&mount->origin, "mountPath"), field,
			arena_printf(report->arena,
				     REFUSED
				     "%s is the container's own; mount the volume somewhere "
				     "else",
				     path));
	}
}

// --- devices

// The control group of the machine lets in what its unit names.
static void check_devices(const Volumes *volumes, const FieldPath *path, Report *report)
{
	for (size_t i = 0; i < volumes->count; i++) {
		const HostPathSource *source = volumes->items[i].host_path;
		if (!source || text_is_empty(source->path) ||
		    (source->type != HOST_PATH_CHAR_DEVICE &&
		     source->type != HOST_PATH_BLOCK_DEVICE) ||
		    device_is_nameable(source->path))
			continue;
		field_forbidden(report, origin_of(&source->origin, "path"),
				FIELD(FIELD(FIELD_AT(path, i), "hostPath"), "path"),
				REFUSED
				"a device lies below /dev, and its path has only letters, digits "
				"and the characters /._:+@=,- in it");
	}
}

// --- addresses

static void check_host_ip(const ContainerPort *port, const FieldPath *path, Report *report)
{
	struct in6_addr unused;
	if (port->host_port == 0 || text_is_empty(port->host_ip) ||
	    inet_pton(AF_INET6, port->host_ip, &unused) != 1)
		return;
	field_forbidden(report, origin_of(&port->origin, "hostIP"), FIELD(path, "hostIP"),
			arena_printf(report->arena,
				     REFUSED
				     "%s is an IPv6 address, and pods have IPv4 only; name an "
				     "IPv4 address, or leave hostIP out for all of them",
				     port->host_ip));
}

static void check_host_ips(const PodSpec *spec, const Container *container, const FieldPath *parent,
			   Report *report)
{
	for (size_t i = 0; i < container->ports.count && !spec->host_network; i++)
		check_host_ip(&container->ports.items[i], FIELD_AT(FIELD(parent, "ports"), i),
			      report);
}

static void note_nameservers(const PodSpec *spec, const FieldPath *path, Report *report)
{
	const DnsConfig *config = spec->dns_config;
	for (size_t i = 0; config && i < config->nameservers.count && !spec->host_network; i++) {
		struct in6_addr address;
		if (inet_pton(AF_INET6, config->nameservers.items[i], &address) != 1 ||
		    IN6_IS_ADDR_LOOPBACK(&address))
			continue;
		field_note(report, origin_of_item(&config->origin, "nameservers", i),
			   FIELD_AT(FIELD(FIELD(path, "dnsConfig"), "nameservers"), i),
			   "has no effect here: pods have IPv4 only");
	}
}

// --- the Pod as a whole

static void check_ipc(const ObjectMeta *metadata, Report *report)
{
	const char *word = pairs_get(&metadata->annotations, ANNOTATION_IPC);
	if (!word || text_equal(word, "pod") || text_equal(word, "container"))
		return;
	const YamlNode *annotations = yaml_get(metadata->origin.node, "annotations");
	const YamlNode *value = yaml_get(annotations, ANNOTATION_IPC);
	field_unsupported(report, value ? value->where : metadata->origin.where,
			  FIELD_KEY(FIELD(FIELD(NULL, "metadata"), "annotations"), ANNOTATION_IPC),
			  word, "\"container\", \"pod\"");
}

static void note_hostname(const PodSpec *spec, const FieldPath *path, Report *report)
{
	if (spec->host_network && !text_is_empty(spec->hostname))
		field_note(report, origin_of(&spec->origin, "hostname"), FIELD(path, "hostname"),
			   "has no effect here: a Pod with hostNetwork has the host's name, as in "
			   "Kubernetes");
}

void check_here(const Pod *pod, Report *report)
{
	const PodSpec *spec = &pod->spec;
	const FieldPath *path = FIELD(NULL, "spec");
	const FieldPath *containers = FIELD(path, "containers");
	const FieldPath *init_containers = FIELD(path, "initContainers");
	check_ipc(&pod->metadata, report);
	check_ids(spec, path, report);
	check_devices(&spec->volumes, FIELD(path, "volumes"), report);
	check_list(spec, &spec->init_containers, init_containers, report, check_mount_paths);
	check_list(spec, &spec->containers, containers, report, check_mount_paths);
	// The ports of init containers are not published.
	check_list(spec, &spec->containers, containers, report, check_host_ips);
	note_nameservers(spec, path, report);
	note_hostname(spec, path, report);
}
