// store/object/configmap.h - ConfigMaps: names to keys to bytes that are no secret.
// configmaps/NAME is one record file per ConfigMap.
#ifndef STORE_OBJECT_CONFIGMAP_H
#define STORE_OBJECT_CONFIGMAP_H

#include "pkg/base/error.h"
#include "pkg/sys/host.h"
#include "store/object/object.h"

// Stores the ConfigMap: checked as a whole first, written as a whole by one rename. Takes its lock itself.
// ret_change may be NULL. Fails with ERROR_EXISTS (PUT_CREATE), ERROR_INVALID (Kubernetes' texts), ERROR_BUSY.
MUST_CHECK bool configmap_put(const Host *host, const StoredObject *object, PutMode mode,
			      StoreChange *ret_change, Error *error);
// Fails with ERROR_NOT_FOUND, `configmap "app" not found`.
MUST_CHECK bool configmap_get(const Host *host, const char *name, Arena *arena,
			      StoredObject *ret_object, Error *error);
// All ConfigMaps, by name.
MUST_CHECK bool configmap_list(const Host *host, Arena *arena, StoredObjects *ret_objects,
			       Error *error);
MUST_CHECK bool configmap_remove(const Host *host, const char *name, Error *error);

#endif
