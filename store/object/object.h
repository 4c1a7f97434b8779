// store/object/object.h - named maps of keys to bytes: what ConfigMaps and Secrets have in common.
// What they may hold: check.h.
#ifndef STORE_OBJECT_OBJECT_H
#define STORE_OBJECT_OBJECT_H

#include "pkg/base/pairs.h"

#include <stdint.h>

// Bytes of any kind; owned by whoever made the object.
typedef struct Blob {
	const void *bytes;
	size_t length;
} Blob;

typedef struct StoredItem {
	const char *key;
	Blob value;
	bool is_binary; // ConfigMap: under binaryData. envFrom leaves such keys out
} StoredItem;

VEC_DECLARE(StoredData, stored_data, StoredItem);

// The sum of all values, keys not counted.
#define STORED_BYTES_MAX (1024u * 1024)

typedef struct StoredObject {
	const char *name;
	const char *type; // Secret: "Opaque" and the like, NULL or "" means Opaque; ConfigMap: ""
	bool is_immutable;
	Pairs labels;
	Pairs annotations;
	StoredData data;     // sorted by key when it comes from the store
	int64_t created_at;  // seconds since the epoch; set by the store
	uint64_t generation; // counts replacements, from 1; set by the store
} StoredObject;

VEC_DECLARE(StoredObjects, stored_objects, StoredObject);

// How put treats an object of the same name.
typedef enum PutMode {
	PUT_CREATE,  // it is an error
	PUT_REPLACE, // replaced, or made when there is none: apply
} PutMode;

// What became of it, in kubectl's words.
typedef enum StoreChange {
	STORE_UNCHANGED,
	STORE_CREATED,
	STORE_CONFIGURED,
} StoreChange;

// "unchanged", "created", "configured".
const char *store_change_to_text(StoreChange change);

// The item, or NULL.
const StoredItem *stored_data_get(const StoredData *data, const char *key);
void stored_data_sort(StoredData *data);
// A sorted copy; keys and bytes are shared.
StoredData stored_data_sorted(const StoredData *data, Arena *arena);
// Same keys, bytes and kinds; both sorted.
bool stored_data_equal(const StoredData *left, const StoredData *right);
// The API server's words about `key` as a key of a ConfigMap or Secret; NULL when it is fine.
const char *stored_key_problem(const char *key);

#endif
