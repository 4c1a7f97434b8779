// kube/kind/data.h - what the actions of ConfigMaps and Secrets share: from a manifest to the store and back.
// For config_map.c and secret.c.
#ifndef KUBE_KIND_DATA_H
#define KUBE_KIND_DATA_H

#include "kube/kind/actions.h"

// configmap_list, secret_list.
typedef bool StoredList(const Host *host, Arena *arena, StoredObjects *ret_objects, Error *error);
// The `list` of the kind. has_type: there is a column TYPE before DATA and AGE.
MUST_CHECK bool kind_data_list(const KindContext *context, StoredList *list, bool has_type,
			       KindItems *ret_items, Error *error);

// What is stored of the object, but its data.
StoredObject kind_data_draft(const ObjectMeta *metadata, OptionalBool immutable);
void kind_data_add(Arena *arena, const DataItems *items, bool is_binary, StoredData *ret_data);

ObjectMeta kind_data_metadata(const StoredObject *object);
OptionalBool kind_data_immutable(const StoredObject *object);
// The items of `data` that are binary, or those that are not.
DataItems kind_data_items(const StoredData *data, bool is_binary, Arena *arena);

#endif
