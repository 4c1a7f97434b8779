// The Pod: its spec, and what its containers have to do with each other.
#include "kube/check/duplicates.h"
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "kube/schema/kinds.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

#include <inttypes.h>

static void check_duplicate_names(const Pod *pod, const FieldPath *spec, Report *report)
{
	const Containers *const lists[] = { &pod->spec.containers, &pod->spec.init_containers };
	const char *const fields[] = { "containers", "initContainers" };
	Texts names = { 0 };
	for (size_t list = 0; list < COUNT(lists); list++) {
		for (size_t i = 0; i < lists[list]->count; i++) {
			const char *name = lists[list]->items[i].name;
			texts_add(report->arena, &names, text_is_empty(name) ? NULL : name);
		}
	}
	const size_t *first = duplicates_find(&names, report->arena);
	for (size_t i = 0; i < names.count; i++) {
		if (first[i] == i)
			continue;
		const size_t list = i < lists[0]->count ? 0 : 1;
		const size_t index = list == 0 ? i : i - lists[0]->count;
		const FieldPath *path = FIELD(FIELD_AT(FIELD(spec, fields[list]), index), "name");
		field_duplicate(report, origin_of(&lists[list]->items[index].origin, "name"), path,
				names.items[i]);
	}
}

// The key that Kubernetes compares and prints: "TCP/127.0.0.1/8080".
static const char *host_port_key(const ContainerPort *port, Arena *arena)
{
	return arena_printf(arena, "%s/%s/%" PRId64, protocol_text(port->protocol),
			    port->host_ip ? port->host_ip : "", port->host_port);
}

// Ports of the host that the containers from `begin` on share.
static void check_host_ports(const Containers *containers, size_t begin, size_t count,
			     const FieldPath *list, Report *report)
{
	Texts keys = { 0 };
	for (size_t i = begin; i < begin + count; i++) {
		const ContainerPorts *ports = &containers->items[i].ports;
		for (size_t k = 0; k < ports->count; k++)
			texts_add(report->arena, &keys,
				  ports->items[k].host_port == 0
					  ? NULL
					  : host_port_key(&ports->items[k], report->arena));
	}
	const size_t *first = duplicates_find(&keys, report->arena);
	size_t key = 0;
	for (size_t i = begin; i < begin + count; i++) {
		const ContainerPorts *ports = &containers->items[i].ports;
		for (size_t k = 0; k < ports->count; k++, key++) {
			if (first[key] == key)
				continue;
			const FieldPath *port = FIELD_AT(FIELD(FIELD_AT(list, i), "ports"), k);
			field_duplicate(report, origin_of(&ports->items[k].origin, "hostPort"),
					FIELD(port, "hostPort"), keys.items[key]);
		}
	}
}

static void check_all_host_ports(const PodSpec *spec, const FieldPath *path, Report *report)
{
	check_host_ports(&spec->containers, 0, spec->containers.count, FIELD(path, "containers"),
			 report);
	// Init containers run alone.
	for (size_t i = 0; i < spec->init_containers.count; i++)
		check_host_ports(&spec->init_containers, i, 1, FIELD(path, "initContainers"),
				 report);
}

static void check_containers(const Pod *pod, const FieldPath *spec, Report *report)
{
	Texts volumes = { 0 };
	for (size_t i = 0; i < pod->spec.volumes.count; i++)
		texts_add(report->arena, &volumes, pod->spec.volumes.items[i].name);
	const Containers *const lists[] = { &pod->spec.containers, &pod->spec.init_containers };
	const char *const fields[] = { "containers", "initContainers" };
	for (size_t list = 0; list < COUNT(lists); list++) {
		for (size_t i = 0; i < lists[list]->count; i++) {
			const ContainerCheck check = {
				.pod = pod,
				.container = &lists[list]->items[i],
				.path = FIELD_AT(FIELD(spec, fields[list]), i),
				.volume_names = &volumes,
			};
			check_container(&check, report);
		}
	}
	check_duplicate_names(pod, spec, report);
	check_all_host_ports(&pod->spec, spec, report);
}

static void check_grace(const PodSpec *spec, const FieldPath *path, Report *report)
{
	const YamlNode *grace = yaml_get(spec->origin.node, "terminationGracePeriodSeconds");
	if (grace && grace->kind == YAML_INTEGER && grace->integer < 0)
		field_warning(report, grace->where, FIELD(path, "terminationGracePeriodSeconds"),
			      "must be >= 0; negative values are invalid and will be treated as 1");
}

// As the API server warns: nothing of it is an error.
static void check_pull_secrets(const LocalReferences *secrets, const FieldPath *path,
			       Report *report)
{
	Texts names = { 0 };
	for (size_t i = 0; i < secrets->count; i++) {
		const char *name = secrets->items[i].name;
		texts_add(report->arena, &names, text_is_empty(name) ? NULL : name);
	}
	const size_t *first = duplicates_find(&names, report->arena);
	for (size_t i = 0; i < names.count; i++) {
		const SourcePos where = origin_of(&secrets->items[i].origin, "name");
		const FieldPath *field = FIELD(FIELD_AT(path, i), "name");
		if (!names.items[i])
			field_warning(report, where, field, "invalid empty name \"\"");
		else if (first[i] != i)
			field_warning(report, where, field,
				      arena_printf(report->arena, "duplicate name %s",
						   text_quoted(names.items[i], report->arena)));
	}
}

static bool is_true(const YamlNode *spec, const char *name)
{
	const YamlNode *value = yaml_get(spec, name);
	return value && value->kind == YAML_BOOL && value->boolean;
}

// The last two are refused; what Kubernetes says of them, it says of these names.
static void check_host_users(const PodSpec *spec, const FieldPath *path, Report *report)
{
	static const struct {
		const char *name;
		const char *printed;
	} namespaces[] = {
		{ "hostNetwork", "hostNetwork" },
		{ "hostPID", "HostPID" },
		{ "hostIPC", "HostIPC" },
	};
	if (!spec->host_users.is_set || spec->host_users.value)
		return;
	for (size_t i = 0; i < COUNT(namespaces); i++) {
		if (is_true(spec->origin.node, namespaces[i].name))
			field_forbidden(report, origin_of(&spec->origin, namespaces[i].name),
					FIELD(path, namespaces[i].printed),
					"when `hostUsers` is false");
	}
}

static void check_shared_processes(const PodSpec *spec, const FieldPath *path, Report *report)
{
	if (is_true(spec->origin.node, "hostPID") &&
	    is_true(spec->origin.node, "shareProcessNamespace"))
		field_invalid_bool(report, origin_of(&spec->origin, "shareProcessNamespace"),
				   FIELD(FIELD(path, "securityContext"), "shareProcessNamespace"),
				   true,
				   "ShareProcessNamespace and HostPID cannot both be enabled");
}

static void check_service_account(const PodSpec *spec, const FieldPath *path, Report *report)
{
	const bool is_old = text_is_empty(spec->service_account_name);
	const char *name = is_old ? spec->service_account : spec->service_account_name;
	if (!text_is_empty(name))
		check_grammar(
			origin_of(&spec->origin, is_old ? "serviceAccount" : "serviceAccountName"),
			FIELD(path, "serviceAccountName"), name, name_check_subdomain, report);
}

static void warn_name(const ObjectMeta *metadata, Report *report)
{
	Texts faults = { 0 };
	if (text_is_empty(metadata->name))
		return;
	name_check_label(metadata->name, report->arena, &faults);
	if (faults.count > 0)
		field_warning(
			report, origin_of(&metadata->origin, "name"),
			FIELD(FIELD(NULL, "metadata"), "name"),
			arena_printf(report->arena,
				     "this is used in the Pod's hostname, which can result in "
				     "surprising behavior; a DNS label is recommended: [%s]",
				     texts_join(&faults, " ", report->arena)));
}

// Annotations that once did what fields do now.
static void check_old_annotations(const ObjectMeta *metadata, Report *report)
{
	static const struct {
		const char *prefix;
		const char *text;
	} old[] = {
		{ "scheduler.alpha.kubernetes.io/critical-pod",
		  "non-functional in v1.16+; use the \"priorityClassName\" field instead" },
		{ "security.alpha.kubernetes.io/sysctls",
		  "non-functional in v1.11+; use the \"sysctls\" field instead" },
		{ "security.alpha.kubernetes.io/unsafe-sysctls",
		  "non-functional in v1.11+; use the \"sysctls\" field instead" },
		{ "seccomp.security.alpha.kubernetes.io/pod",
		  "non-functional in v1.27+; use the \"seccompProfile\" field instead" },
		{ "container.seccomp.security.alpha.kubernetes.io/",
		  "non-functional in v1.27+; use the \"seccompProfile\" field instead" },
		{ "container.apparmor.security.beta.kubernetes.io/",
		  "deprecated since v1.30; use the \"appArmorProfile\" field instead" },
	};
	for (size_t i = 0; i < metadata->annotations.count; i++) {
		const char *key = metadata->annotations.items[i].key;
		for (size_t k = 0; k < COUNT(old); k++) {
			if (text_starts_with(key, old[k].prefix))
				field_warning(
					report, origin_of(&metadata->origin, "annotations"),
					FIELD_KEY(FIELD(FIELD(NULL, "metadata"), "annotations"),
						  key),
					old[k].text);
		}
	}
}

void kind_pod_check(const Object *object, Report *report)
{
	const Pod *pod = object->pod;
	const FieldPath *path = FIELD(NULL, "spec");
	warn_name(&pod->metadata, report);
	check_old_annotations(&pod->metadata, report);
	check_volumes(&pod->spec.volumes, FIELD(path, "volumes"), report);
	check_containers(pod, path, report);
	warn_ports(&pod->spec, path, report);
	check_name(&pod->spec.origin, path, "hostname", pod->spec.hostname, name_check_label,
		   report);
	check_dns(&pod->spec, path, report);
	check_grace(&pod->spec, path, report);
	check_host_users(&pod->spec, path, report);
	check_shared_processes(&pod->spec, path, report);
	check_service_account(&pod->spec, path, report);
	check_scheduling(&pod->spec, path, report);
	check_pull_secrets(&pod->spec.image_pull_secrets, FIELD(path, "imagePullSecrets"), report);
	if (pod->spec.security_context)
		check_pod_security(pod->spec.security_context, FIELD(path, "securityContext"),
				   report);
	check_here(pod, report);
}
