#include "kube/kind/data.h"

bool kind_data_list(const KindContext *context, StoredList *list, bool has_type,
		    KindItems *ret_items, Error *error)
{
	Arena *arena = context->arena;
	StoredObjects objects = { 0 };
	if (!list(context->host, arena, &objects, error))
		return false;
	for (size_t i = 0; i < objects.count; i++) {
		const StoredObject *object = &objects.items[i];
		KindItem *item = kind_items_push(arena, ret_items);
		*item = (KindItem){ .name = object->name,
				    .labels = object->labels,
				    .generation = object->generation,
				    .source = object };
		if (has_type)
			texts_add(arena, &item->cells, object->type);
		texts_add(arena, &item->cells, arena_printf(arena, "%zu", object->data.count));
		texts_add(arena, &item->cells, kind_age(context, object->created_at));
	}
	return true;
}

StoredObject kind_data_draft(const ObjectMeta *metadata, OptionalBool immutable)
{
	return (StoredObject){
		.name = metadata->name,
		.type = "",
		.is_immutable = immutable.is_set && immutable.value,
		.labels = metadata->labels,
		.annotations = metadata->annotations,
	};
}

void kind_data_add(Arena *arena, const DataItems *items, bool is_binary, StoredData *ret_data)
{
	for (size_t i = 0; i < items->count; i++) {
		StoredItem *item = stored_data_push(arena, ret_data);
		item->key = items->items[i].key;
		item->value = (Blob){ items->items[i].bytes, items->items[i].length };
		item->is_binary = is_binary;
	}
}

ObjectMeta kind_data_metadata(const StoredObject *object)
{
	return (ObjectMeta){
		.name = object->name,
		.namespace = "default",
		.labels = object->labels,
		.annotations = object->annotations,
	};
}

OptionalBool kind_data_immutable(const StoredObject *object)
{
	return (OptionalBool){ .is_set = object->is_immutable, .value = object->is_immutable };
}

DataItems kind_data_items(const StoredData *data, bool is_binary, Arena *arena)
{
	DataItems items = { 0 };
	for (size_t i = 0; i < data->count; i++) {
		const StoredItem *item = &data->items[i];
		if (item->is_binary == is_binary)
			*data_items_push(arena, &items) = (DataItem){
				.key = item->key,
				.bytes = item->value.bytes,
				.length = item->value.length,
			};
	}
	return items;
}
