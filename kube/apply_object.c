#include "kube/apply_pod.h"

#include "pkg/machine/object_volume.h"
#include "store/configmap.h"
#include "store/secret.h"
#include "store/volume.h"

static void add_items(Arena *arena, const DataItems *items, bool is_binary, StoredData *ret)
{
	for (size_t i = 0; i < items->count; i++) {
		StoredItem *item = stored_data_push(arena, ret);
		item->key = items->items[i].key;
		item->value = (Blob){ items->items[i].bytes, items->items[i].length };
		item->is_binary = is_binary;
	}
}

static StoredObject stored_object(const ObjectMeta *metadata, OptionalBool immutable)
{
	return (StoredObject){
		.name = metadata->name,
		.type = "",
		.is_immutable = immutable.is_set && immutable.value,
		.labels = metadata->labels,
		.annotations = metadata->annotations,
	};
}

static PutMode put_mode(const ApplyContext *context)
{
	return context->options->must_not_exist ? PUT_CREATE : PUT_REPLACE;
}

static ApplyChange change_of(StoreChange change)
{
	switch (change) {
	case STORE_UNCHANGED:
		return APPLY_UNCHANGED;
	case STORE_CREATED:
		return APPLY_CREATED;
	case STORE_CONFIGURED:
		break;
	}
	return APPLY_CONFIGURED;
}

// Pods that run and have it as a volume see the change.
static bool refresh(const ApplyContext *context, PlanVolumeKind kind, const char *name,
		    StoreChange change, Error *error)
{
	return change == STORE_UNCHANGED ||
	       object_volumes_refresh(context->host, kind, name, error);
}

static bool apply_config_map(const ApplyContext *context, const ConfigMap *config_map,
			     StoreChange *ret, Error *error)
{
	StoredObject object = stored_object(&config_map->metadata, config_map->immutable);
	add_items(context->arena, &config_map->data, /* is_binary= */ false, &object.data);
	add_items(context->arena, &config_map->binary_data, /* is_binary= */ true, &object.data);
	return configmap_put(context->host, &object, put_mode(context), ret, error) &&
	       refresh(context, PLAN_VOLUME_CONFIG_MAP, object.name, *ret, error);
}

static bool apply_secret(const ApplyContext *context, const Secret *secret, StoreChange *ret,
			 Error *error)
{
	StoredObject object = stored_object(&secret->metadata, secret->immutable);
	object.type = secret->type;
	add_items(context->arena, &secret->data, /* is_binary= */ false, &object.data);
	return secret_put(context->host, &object, put_mode(context), ret, error) &&
	       refresh(context, PLAN_VOLUME_SECRET, object.name, *ret, error);
}

static const char *join(const Texts *words, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < words->count; i++)
		buffer_printf(&text, "%s%s", i > 0 ? "," : "", words->items[i]);
	return buffer_take(&text, arena);
}

static bool apply_claim(const ApplyContext *context, const PersistentVolumeClaim *claim,
			StoreChange *ret, Error *error)
{
	const Quantity *size = resource_list_get(&claim->spec.resources.requests, "storage");
	const VolumeClaim wanted = {
		.name = claim->metadata.name,
		.size_bytes = size ? (uint64_t)quantity_units(size) : 0,
		.access_modes = join(&claim->spec.access_modes, context->arena),
	};
	bool is_new = false;
	if (!volume_ensure(context->host, &wanted, context->arena, NULL, &is_new, error))
		return false;
	if (!is_new && context->options->must_not_exist)
		return error_set(error, ERROR_EXISTS,
				 "persistentvolumeclaims \"%s\" already exists", wanted.name);
	*ret = is_new ? STORE_CREATED : STORE_UNCHANGED;
	return true;
}

bool object_apply(const ApplyContext *context, const Object *object, ApplyChange *ret_change,
		  Error *error)
{
	StoreChange change = STORE_UNCHANGED;
	bool is_done = false;
	switch (object->kind) {
	case OBJECT_CONFIG_MAP:
		is_done = apply_config_map(context, object->config_map, &change, error);
		break;
	case OBJECT_SECRET:
		is_done = apply_secret(context, object->secret, &change, error);
		break;
	case OBJECT_PERSISTENT_VOLUME_CLAIM:
		is_done = apply_claim(context, object->claim, &change, error);
		break;
	case OBJECT_POD:
	case OBJECT_KIND_COUNT:
		return error_set(error, ERROR_UNSUPPORTED, "no object of the store");
	}
	if (is_done)
		*ret_change = change_of(change);
	return is_done;
}
