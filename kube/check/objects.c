// What the objects of one input have to do with each other.
#include "kube/check/check.h"

#include "kube/check/duplicates.h"
#include "kube/check/field_error.h"
#include "pkg/base/text.h"

#include <inttypes.h>

static const char *object_key(ObjectKind kind, const char *name, Arena *arena)
{
	return arena_printf(arena, "%s/%s", object_kind_resource(kind), name);
}

static void check_repeated(const Objects *objects, Report *report)
{
	Texts keys = { 0 };
	for (size_t i = 0; i < objects->count; i++) {
		const Object *object = &objects->items[i];
		const char *name = object->metadata->name;
		texts_add(report->arena, &keys,
			  text_is_empty(name) ? NULL
					      : object_key(object->kind, name, report->arena));
	}
	const size_t *first = duplicates_find(&keys, report->arena);
	for (size_t i = 0; i < objects->count; i++) {
		if (first[i] == i)
			continue;
		const SourcePos other = objects->items[first[i]].where;
		const ObjectMeta *metadata = objects->items[i].metadata;
		report_add(report, SEVERITY_ERROR, origin_of(&metadata->origin, "name"),
			   "metadata.name", "Duplicate value: %s: %s is defined at %s:%u, too",
			   text_quoted(metadata->name, report->arena),
			   object_kind_text(objects->items[i].kind), other.path, other.line);
	}
}

// A port of the host that a container wants.
typedef struct HostPort {
	const Pod *pod;
	const ContainerPort *port;
} HostPort;
VEC_DECLARE(HostPorts, host_ports, HostPort);

static void add_host_ports(const Pod *pod, Texts *keys, HostPorts *ports, Arena *arena)
{
	for (size_t i = 0; i < pod->spec.containers.count; i++) {
		const ContainerPorts *own = &pod->spec.containers.items[i].ports;
		for (size_t k = 0; k < own->count; k++) {
			const ContainerPort *port = &own->items[k];
			if (port->host_port == 0)
				continue;
			*host_ports_push(arena, ports) = (HostPort){ pod, port };
			texts_add(
				arena, keys,
				arena_printf(arena, "%s/%s/%" PRId64, protocol_text(port->protocol),
					     port->host_ip ? port->host_ip : "", port->host_port));
		}
	}
}

static void check_ports_of_pods(const Objects *objects, Report *report)
{
	Texts keys = { 0 };
	HostPorts ports = { 0 };
	for (size_t i = 0; i < objects->count; i++) {
		if (objects->items[i].kind == OBJECT_POD)
			add_host_ports(objects->items[i].pod, &keys, &ports, report->arena);
	}
	const size_t *first = duplicates_find(&keys, report->arena);
	for (size_t i = 0; i < ports.count; i++) {
		const HostPort *taken = &ports.items[first[i]];
		// Within one Pod it was told already.
		if (first[i] == i || taken->pod == ports.items[i].pod || !taken->pod->metadata.name)
			continue;
		const ContainerPort *port = ports.items[i].port;
		report_add(report, SEVERITY_ERROR, origin_of(&port->origin, "hostPort"), "",
			   "port %" PRId64 "/%s of the host is taken by the Pod '%s' at %s:%u",
			   port->host_port, protocol_text(port->protocol),
			   taken->pod->metadata.name, taken->port->origin.where.path,
			   taken->port->origin.where.line);
	}
}

// --- references to keys

// A mention of a key of an object that may be in the same input.
typedef struct Mention {
	const char *object; // "configmap/NAME"
	const char *key;
	SourcePos where;
} Mention;
VEC_DECLARE(Mentions, mentions, Mention);

static void mention(Arena *arena, Mentions *mentions, ObjectKind kind, const char *name,
		    const char *key, const OptionalBool *optional, SourcePos where)
{
	if (text_is_empty(name) || text_is_empty(key) || (optional->is_set && optional->value))
		return;
	*mentions_push(arena, mentions) = (Mention){ object_key(kind, name, arena), key, where };
}

static void mention_selector(Arena *arena, Mentions *mentions, ObjectKind kind,
			     const KeySelector *selector)
{
	if (selector)
		mention(arena, mentions, kind, selector->name, selector->key, &selector->optional,
			origin_of(&selector->origin, "key"));
}

static void mention_volume(Arena *arena, Mentions *mentions, ObjectKind kind,
			   const ObjectVolumeSource *source)
{
	for (size_t i = 0; source && i < source->items.count; i++)
		mention(arena, mentions, kind, source->name, source->items.items[i].key,
			&source->optional, origin_of(&source->items.items[i].origin, "key"));
}

static void mention_container(Arena *arena, Mentions *mentions, const Container *container)
{
	for (size_t i = 0; i < container->env.count; i++) {
		const EnvVarSource *source = container->env.items[i].value_from;
		if (!source)
			continue;
		mention_selector(arena, mentions, OBJECT_CONFIG_MAP, source->config_map_key_ref);
		mention_selector(arena, mentions, OBJECT_SECRET, source->secret_key_ref);
	}
}

static void mention_pod(Arena *arena, Mentions *mentions, const PodSpec *spec)
{
	for (size_t i = 0; i < spec->init_containers.count; i++)
		mention_container(arena, mentions, &spec->init_containers.items[i]);
	for (size_t i = 0; i < spec->containers.count; i++)
		mention_container(arena, mentions, &spec->containers.items[i]);
	for (size_t i = 0; i < spec->volumes.count; i++) {
		const Volume *volume = &spec->volumes.items[i];
		mention_volume(arena, mentions, OBJECT_CONFIG_MAP, volume->config_map);
		mention_volume(arena, mentions, OBJECT_SECRET, volume->secret);
	}
}

static bool has_key(const Object *object, const char *key)
{
	if (object->kind == OBJECT_SECRET)
		return data_items_get(&object->secret->data, key);
	return data_items_get(&object->config_map->data, key) ||
	       data_items_get(&object->config_map->binary_data, key);
}

// The container would wait for ever; the key may still come with a later apply, so it is a warning.
static void warn_missing_key(const Object *object, const Mention *mention, Report *report)
{
	report_add(report, SEVERITY_WARNING, mention->where, "",
		   "the %s '%s' at %s:%u has no key '%s'", object_kind_text(object->kind),
		   object->metadata->name, object->where.path, object->where.line, mention->key);
}

static void check_mentions(const Objects *objects, Report *report)
{
	Texts keys = { 0 };
	Mentions mentions = { 0 };
	for (size_t i = 0; i < objects->count; i++) {
		const Object *object = &objects->items[i];
		const bool has_data =
			object->kind == OBJECT_CONFIG_MAP || object->kind == OBJECT_SECRET;
		const char *name = has_data ? object->metadata->name : NULL;
		texts_add(report->arena, &keys,
			  name ? object_key(object->kind, name, report->arena) : NULL);
		if (object->kind == OBJECT_POD)
			mention_pod(report->arena, &mentions, &object->pod->spec);
	}
	for (size_t i = 0; i < mentions.count; i++)
		texts_add(report->arena, &keys, mentions.items[i].object);
	const size_t *first = duplicates_find(&keys, report->arena);
	for (size_t i = 0; i < mentions.count; i++) {
		const size_t found = first[objects->count + i];
		if (found < objects->count &&
		    !has_key(&objects->items[found], mentions.items[i].key))
			warn_missing_key(&objects->items[found], &mentions.items[i], report);
	}
}

void objects_check(const Objects *objects, Report *report)
{
	check_repeated(objects, report);
	check_ports_of_pods(objects, report);
	check_mentions(objects, report);
}
