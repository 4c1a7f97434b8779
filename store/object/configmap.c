#include "store/object/configmap.h"

#include "pkg/base/base64.h"
#include "store/object/check.h"
#include "store/object/file.h"

static const StoredKind configmap_kind = { "configmap", "configmaps", LAYOUT_CONFIGMAPS,
					   LOCK_CONFIGMAPS, object_check_configmap };

// How an item is written: text as it is; text with a NUL byte, which no record takes, in base64; binaryData in base64.
#define TEXT_PREFIX   "data."
#define BASE64_PREFIX "data64."
#define BINARY_PREFIX "binary."

static const char *to_base64(Blob value, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	base64_encode(&text, value.bytes, value.length);
	return buffer_take(&text, arena);
}

static Pair print_item(const StoredItem *item, Arena *arena)
{
	const Blob value = item->value;
	if (item->is_binary)
		return (Pair){ arena_printf(arena, BINARY_PREFIX "%s", item->key),
			       to_base64(value, arena) };
	if (value.length > 0 && memchr(value.bytes, '\0', value.length))
		return (Pair){ arena_printf(arena, BASE64_PREFIX "%s", item->key),
			       to_base64(value, arena) };
	return (Pair){ arena_printf(arena, TEXT_PREFIX "%s", item->key),
		       arena_strndup(arena, value.length > 0 ? value.bytes : "", value.length) };
}

static bool parse_base64(const char *text, Arena *arena, Blob *ret, Error *error)
{
	CLEANUP_BUFFER bytes = { 0 };
	if (!base64_decode(&bytes, text, strlen(text), error))
		return false;
	const size_t length = bytes.length; // buffer_take empties the buffer
	*ret = (Blob){ buffer_take(&bytes, arena), length };
	return true;
}

static bool parse_item(const Pair *pair, Arena *arena, StoredData *data, Error *error)
{
	if (text_starts_with(pair->key, TEXT_PREFIX)) {
		*stored_data_push(arena, data) = (StoredItem){
			.key = pair->key + strlen(TEXT_PREFIX),
			.value = { pair->value, strlen(pair->value) },
		};
		return true;
	}
	const bool is_binary = text_starts_with(pair->key, BINARY_PREFIX);
	if (!is_binary && !text_starts_with(pair->key, BASE64_PREFIX))
		return true;
	StoredItem item = {
		.key = pair->key + strlen(is_binary ? BINARY_PREFIX : BASE64_PREFIX),
		.is_binary = is_binary,
	};
	if (!parse_base64(pair->value, arena, &item.value, error))
		return error_wrap(error, "%s", pair->key);
	*stored_data_push(arena, data) = item;
	return true;
}

bool configmap_get(const Host *host, const char *name, Arena *arena, StoredObject *ret_object,
		   Error *error)
{
	Pairs record = { 0 };
	StoredObject object = { 0 };
	if (!object_file_load(host, &configmap_kind, name, arena, &record, &object, error))
		return false;
	for (size_t i = 0; i < record.count; i++) {
		if (!parse_item(&record.items[i], arena, &object.data, error))
			return error_wrap(error, "load the configmap \"%s\"", name);
	}
	stored_data_sort(&object.data);
	*ret_object = object;
	return true;
}

// The stored object that `draft` replaces; *ret_exists is false when there is none.
static bool load_current(const Host *host, const char *name, Arena *arena, StoredObject *ret,
			 bool *ret_exists, Error *error)
{
	*ret_exists = configmap_get(host, name, arena, ret, error);
	return *ret_exists || error_forgive(error, ERROR_NOT_FOUND);
}

static bool append(const Host *host, const StoredObject *object, Arena *arena, Pairs *record,
		   Error *error)
{
	(void)host, (void)error; // the signature of ObjectAppend
	for (size_t i = 0; i < object->data.count; i++)
		*pairs_push(arena, record) = print_item(&object->data.items[i], arena);
	return true;
}

bool configmap_put(const Host *host, const StoredObject *object, PutMode mode,
		   StoreChange *ret_change, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_LOCK lock = LOCK_NONE;
	StoredObject draft = *object, current = { 0 };
	draft.type = "";
	bool exists = false;
	return object_file_begin(host, &configmap_kind, &draft, &lock, error) &&
	       load_current(host, draft.name, scratch, &current, &exists, error) &&
	       object_file_put(host, &configmap_kind, exists ? &current : NULL, &draft, mode,
			       append, ret_change, error);
}

bool configmap_list(const Host *host, Arena *arena, StoredObjects *ret_objects, Error *error)
{
	return object_file_list(host, &configmap_kind, configmap_get, arena, ret_objects, error);
}

bool configmap_remove(const Host *host, const char *name, Error *error)
{
	return object_file_remove(host, &configmap_kind, name, error);
}
