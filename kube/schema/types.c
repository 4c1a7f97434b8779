#include "kube/schema/types.h"

#include "kube/schema/kinds.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

const char *object_kind_text(ObjectKind kind)
{
	return kinds[kind].names.kind;
}

const char *object_kind_resource(ObjectKind kind)
{
	return kinds[kind].singular;
}

// The word of an enum, from the only list of them: the row of its field.
static const char *word_of(const SchemaType *type, const char *field_name, unsigned value)
{
	const SchemaField *field = schema_find(type, field_name);
	return value > 0 && field && field->words ? field->words[value - 1] : "";
}

const char *restart_policy_text(RestartPolicy policy)
{
	return word_of(schema_find(&schema_pod, "spec")->form.type, "restartPolicy", policy);
}

const char *pull_policy_text(PullPolicy policy)
{
	return word_of(&schema_container, "imagePullPolicy", policy);
}

const char *protocol_text(Protocol protocol)
{
	return word_of(schema_find(&schema_container, "ports")->form.type, "protocol", protocol);
}

const char *host_path_type_text(HostPathType type)
{
	return word_of(schema_find(&schema_volume, "hostPath")->form.type, "type", type);
}

const char *seccomp_type_text(SeccompType type)
{
	return word_of(&schema_seccomp_profile, "type", type);
}

bool resource_is_standard(const char *name)
{
	return text_equal(name, "cpu") || text_equal(name, "memory") ||
	       text_equal(name, "ephemeral-storage");
}

const Quantity *resource_list_get(const ResourceList *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (text_equal(list->items[i].name, name))
			return &list->items[i].quantity;
	}
	return NULL;
}

const DataItem *data_items_get(const DataItems *items, const char *key)
{
	for (size_t i = 0; i < items->count; i++) {
		if (text_equal(items->items[i].key, key))
			return &items->items[i];
	}
	return NULL;
}

SourcePos origin_of(const Origin *origin, const char *name)
{
	const YamlNode *value = yaml_get(origin->node, name);
	return value ? value->where : origin->where;
}

bool pod_has_user_namespace(const PodSpec *spec)
{
	return spec->host_users.is_set ? !spec->host_users.value : !spec->host_network;
}

SourcePos origin_of_item(const Origin *origin, const char *name, size_t index)
{
	const YamlNode *list = yaml_get(origin->node, name);
	return list && list->kind == YAML_LIST && index < list->items.count
		       ? list->items.items[index]->where
		       : origin_of(origin, name);
}
