// ConfigMaps: in the store as they are, and printed so.
#include "isolate/machine/object_volume.h"
#include "kube/kind/data.h"
#include "kube/manifest/encode.h"
#include "store/object/configmap.h"

static const KindColumn columns[] = {
	{ .title = "DATA" },
	{ .title = "AGE" },
};

static bool list(const KindContext *context, KindItems *ret_items, Error *error)
{
	return kind_data_list(context, configmap_list, /* has_type= */ false, ret_items, error);
}

static bool encode(const KindContext *context, const KindItem *item, const YamlNode **ret,
		   Error *error)
{
	(void)error; // all of it is loaded already
	const StoredObject *stored = item->source;
	ConfigMap config_map = {
		.metadata = kind_data_metadata(stored),
		.data = kind_data_items(&stored->data, /* is_binary= */ false, context->arena),
		.binary_data =
			kind_data_items(&stored->data, /* is_binary= */ true, context->arena),
		.immutable = kind_data_immutable(stored),
	};
	const Object object = { .kind = OBJECT_CONFIG_MAP, .config_map = &config_map };
	*ret = kind_add_server_fields(
		object_encode(&object, /* is_redacted= */ false, context->arena),
		stored->created_at, /* status= */ NULL, context->arena);
	return true;
}

static bool apply(const KindContext *context, const Object *object, PutMode mode,
		  StoreChange *ret_change, Error *error)
{
	const ConfigMap *map = object->config_map;
	StoredObject stored = kind_data_draft(&map->metadata, map->immutable);
	kind_data_add(context->arena, &map->data, /* is_binary= */ false, &stored.data);
	kind_data_add(context->arena, &map->binary_data, /* is_binary= */ true, &stored.data);
	return configmap_put(context->host, &stored, mode, ret_change, error) &&
	       object_volumes_refresh(context->host, PLAN_VOLUME_CONFIG_MAP, stored.name, error);
}

static bool remove_one(const KindContext *context, const char *name, Error *error)
{
	return configmap_remove(context->host, name, error);
}

const KindActions kind_config_map_actions = {
	.directory = LAYOUT_CONFIGMAPS,
	.columns = columns,
	.column_count = COUNT(columns),
	.list = list,
	.encode = encode,
	.apply = apply,
	.remove = remove_one,
};
