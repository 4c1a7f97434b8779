// store/object/secret.h - Secrets: names to keys to bytes that only root of this host can read.
// secrets/NAME is one file per Secret, 0600 in a 0700 directory: a record whose values are sealed with AES-256-GCM under
// the host's key, bound to the Secret's name and the key's. Plain values exist in memory only, in a Secret, and
// secret_clear overwrites them.
#ifndef STORE_OBJECT_SECRET_H
#define STORE_OBJECT_SECRET_H

#include "pkg/base/error.h"
#include "pkg/sys/host.h"
#include "store/object/object.h"

// A Secret with its values. The names are arena memory; the values lie in `values` and nowhere else.
typedef struct StoredSecret {
	StoredObject object;
	void *values;
	size_t values_size;
} StoredSecret;

// Overwrites and releases the values; a zeroed one is accepted.
void secret_clear(StoredSecret *secret);
#define CLEANUP_SECRET CLEANUP(secret_clear) StoredSecret

// Stores the Secret: checked as a whole first, written as a whole by one rename. Takes the Secret's lock itself.
// ret_change may be NULL. Fails with ERROR_EXISTS (PUT_CREATE), ERROR_INVALID (Kubernetes' texts), ERROR_BUSY.
MUST_CHECK bool secret_put(const Host *host, const StoredObject *object, PutMode mode,
			   StoreChange *ret_change, Error *error);
// Loads and decrypts it. Fails with ERROR_NOT_FOUND, `secret "db" not found`.
MUST_CHECK bool secret_get(const Host *host, const char *name, Arena *arena,
			   StoredSecret *ret_secret, Error *error);
// The same without the values: every item has its key and its length, and no bytes.
MUST_CHECK bool secret_inspect(const Host *host, const char *name, Arena *arena,
			       StoredObject *ret_object, Error *error);
// All Secrets as secret_inspect gives them, by name.
MUST_CHECK bool secret_list(const Host *host, Arena *arena, StoredObjects *ret_objects,
			    Error *error);
MUST_CHECK bool secret_remove(const Host *host, const char *name, Error *error);

#endif
