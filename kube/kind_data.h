// kube/kind_data.h - what the actions of ConfigMaps and Secrets share: from a manifest to the store and back.
// For kind_config_map.c and kind_secret.c.
#ifndef KUBE_KIND_DATA_H
#define KUBE_KIND_DATA_H

#include "kube/kind_actions.h"
#include "pkg/machine/plan.h"

// What is stored of the object, but its data.
StoredObject kind_data_draft(const ObjectMeta *metadata, OptionalBool immutable);
void kind_data_add(Arena *arena, const DataItems *items, bool is_binary, StoredData *ret_data);
// Lets the Pods that run and have the object as a volume see the change.
MUST_CHECK bool kind_data_refresh(const KindContext *context, PlanVolumeKind kind, const char *name,
				  StoreChange change, Error *error);

ObjectMeta kind_data_metadata(const StoredObject *object);
OptionalBool kind_data_immutable(const StoredObject *object);
// The items of `data` that are binary, or those that are not.
DataItems kind_data_items(const StoredData *data, bool is_binary, Arena *arena);

#endif
