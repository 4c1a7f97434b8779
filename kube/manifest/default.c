#include "kube/manifest/default.h"

#include "kube/check/duplicates.h"
#include "kube/schema/kinds.h"
#include "pkg/base/text.h"
#include "pkg/oci/reference.h"
#include "pkg/sys/text/yaml.h"

#define GRACE_SECONDS 30
#define FILE_MODE     0644

static PullPolicy default_pull_policy(const char *image, Arena *arena)
{
	Reference reference = { 0 };
	CLEANUP_ERROR ignored = { 0 }; // the check reports a bad reference
	if (!reference_parse(image, NULL, arena, &reference, &ignored))
		return PULL_POLICY_IF_NOT_PRESENT;
	return reference_is_latest(&reference) ? PULL_POLICY_ALWAYS : PULL_POLICY_IF_NOT_PRESENT;
}

static void default_ports(ContainerPorts *ports, bool host_network)
{
	for (size_t i = 0; i < ports->count; i++) {
		ContainerPort *port = &ports->items[i];
		if (port->protocol == PROTOCOL_UNSET)
			port->protocol = PROTOCOL_TCP;
		if (host_network && port->host_port == 0)
			port->host_port = port->container_port;
	}
}

static void round_up(ResourceList *list)
{
	for (size_t i = 0; i < list->count; i++)
		list->items[i].quantity = quantity_round_up_to_milli(&list->items[i].quantity);
}

// A limit without a request is a request, too. Only of what there is here: check refuses all other names, and there may be
// as many as fit into a manifest.
static void default_resources(ResourceRequirements *resources, Arena *arena)
{
	round_up(&resources->limits);
	round_up(&resources->requests);
	for (size_t i = 0; i < resources->limits.count; i++) {
		ResourceAmount request = resources->limits.items[i];
		request.is_default = true;
		if (resource_is_standard(request.name) &&
		    !resource_list_get(&resources->requests, request.name))
			*resource_list_push(arena, &resources->requests) = request;
	}
}

// The kubelet joins a relative path to the root directory.
static void default_mounts(VolumeMounts *mounts, Arena *arena)
{
	for (size_t i = 0; i < mounts->count; i++) {
		VolumeMount *mount = &mounts->items[i];
		if (!text_is_empty(mount->mount_path) && mount->mount_path[0] != '/')
			mount->mount_path = arena_printf(arena, "/%s", mount->mount_path);
	}
}

static void default_containers(Containers *containers, bool host_network, Arena *arena)
{
	for (size_t i = 0; i < containers->count; i++) {
		Container *container = &containers->items[i];
		if (container->image_pull_policy == PULL_POLICY_UNSET && container->image)
			container->image_pull_policy = default_pull_policy(container->image, arena);
		default_ports(&container->ports, host_network);
		default_resources(&container->resources, arena);
		default_mounts(&container->volume_mounts, arena);
	}
}

// True when the manifest names a source, even one that is not honoured.
static bool has_source(const Volume *volume)
{
	if (volume->empty_dir || volume->host_path || volume->config_map || volume->secret ||
	    volume->persistent_volume_claim)
		return true;
	const YamlNode *node = volume->origin.node;
	for (size_t i = 0; node && i < node->members.count; i++) {
		const YamlMember *member = &node->members.items[i];
		const SchemaField *field = schema_find(&schema_volume, member->key);
		if (member->value->kind != YAML_NULL &&
		    (!field || field->form.kind == FIELD_STRUCT))
			return true;
	}
	return false;
}

static void default_mode(ObjectVolumeSource *source)
{
	if (source && !source->default_mode.is_set)
		source->default_mode = (OptionalInt64){ .is_set = true, .value = FILE_MODE };
}

static void default_volumes(Volumes *volumes, Arena *arena)
{
	for (size_t i = 0; i < volumes->count; i++) {
		Volume *volume = &volumes->items[i];
		if (!has_source(volume)) {
			volume->empty_dir = ARENA_NEW(arena, EmptyDirSource);
			volume->empty_dir->origin.where = volume->origin.where;
		}
		default_mode(volume->config_map);
		default_mode(volume->secret);
	}
}

void kind_pod_fill_in(Object *object, Arena *arena)
{
	PodSpec *spec = &object->pod->spec;
	if (spec->restart_policy == RESTART_POLICY_UNSET)
		spec->restart_policy = RESTART_POLICY_ALWAYS;
	if (spec->dns_policy == DNS_POLICY_UNSET)
		spec->dns_policy = DNS_POLICY_CLUSTER_FIRST;
	OptionalInt64 *grace = &spec->termination_grace_period_seconds;
	if (!grace->is_set)
		*grace = (OptionalInt64){ .is_set = true, .value = GRACE_SECONDS };
	else if (grace->value < 0)
		grace->value = 1;
	default_containers(&spec->init_containers, spec->host_network, arena);
	default_containers(&spec->containers, spec->host_network, arena);
	default_volumes(&spec->volumes, arena);
	round_up(&spec->scheduling.overhead);
}

// stringData wins over data.
static void merge_string_data(Secret *secret, Arena *arena)
{
	if (secret->string_data.count == 0)
		return;
	DataItems all = { 0 };
	Texts keys = { 0 };
	const DataItems *const sources[] = { &secret->string_data, &secret->data };
	for (size_t source = 0; source < COUNT(sources); source++) {
		for (size_t i = 0; i < sources[source]->count; i++) {
			*data_items_push(arena, &all) = sources[source]->items[i];
			texts_add(arena, &keys, sources[source]->items[i].key);
		}
	}
	const size_t *first = duplicates_find(&keys, arena);
	DataItems merged = { 0 };
	for (size_t i = 0; i < all.count; i++) {
		if (first[i] == i)
			*data_items_push(arena, &merged) = all.items[i];
	}
	secret->data = merged;
	secret->string_data = (DataItems){ 0 };
}

void kind_secret_fill_in(Object *object, Arena *arena)
{
	merge_string_data(object->secret, arena);
	if (text_is_empty(object->secret->type))
		object->secret->type = "Opaque";
}

void kind_claim_fill_in(Object *object, Arena *arena)
{
	(void)arena; // nothing is made
	round_up(&object->claim->spec.resources.limits);
	round_up(&object->claim->spec.resources.requests);
}

void object_default(Object *object, Arena *arena)
{
	const Kind *kind = &kinds[object->kind];
	if (text_is_empty(object->metadata->namespace))
		object->metadata->namespace = "default";
	if (kind->fill_in)
		kind->fill_in(object, arena);
}
