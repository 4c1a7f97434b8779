#include "store/object/secret.h"

#include "pkg/base/base64.h"
#include "store/object/check.h"
#include "store/object/file.h"
#include "store/object/secret_key.h"

static const StoredKind secret_kind = { "secret", "secrets", LAYOUT_SECRETS, LOCK_SECRETS,
					object_check_secret };

#define VALUE_PREFIX "value."
#define TYPE_OPAQUE  "Opaque"

void secret_clear(StoredSecret *secret)
{
	if (secret->values)
		explicit_bzero(secret->values, secret->values_size);
	free(secret->values);
	*secret = (StoredSecret){ 0 };
}

// What a value is bound to: it opens under this Secret's name and key only.
static void print_context(const char *name, const char *key, Buffer *context)
{
	static const char format[] = "sdme secret 1"; // its NUL goes in as well
	buffer_add_bytes(context, format, sizeof(format));
	buffer_add_bytes(context, name, strlen(name) + 1);
	buffer_add(context, key);
}

static Span span_of_buffer(const Buffer *buffer)
{
	return (Span){ buffer_text(buffer), buffer->length };
}

static bool seal_item(const CryptoKey *key, const char *name, const StoredItem *item, Arena *arena,
		      Pairs *record, Error *error)
{
	CLEANUP_BUFFER context = { 0 };
	CLEANUP_BUFFER sealed = { 0 };
	CLEANUP_BUFFER text = { 0 };
	print_context(name, item->key, &context);
	const Span plain = { item->value.length > 0 ? item->value.bytes : "", item->value.length };
	if (!crypto_seal(key, span_of_buffer(&context), plain, &sealed, error))
		return false;
	base64_encode(&text, sealed.data, sealed.length);
	*pairs_push(arena, record) = (Pair){ arena_printf(arena, VALUE_PREFIX "%s", item->key),
					     buffer_take(&text, arena) };
	return true;
}

// A sealed value of the record.
typedef struct SealedItem {
	const char *key;
	Span sealed;
} SealedItem;

VEC_DECLARE(SealedItems, sealed_items, SealedItem);

static bool read_sealed(const Pairs *record, Arena *arena, SealedItems *ret_items, Error *error)
{
	for (size_t i = 0; i < record->count; i++) {
		const Pair *pair = &record->items[i];
		if (!text_starts_with(pair->key, VALUE_PREFIX))
			continue;
		CLEANUP_BUFFER sealed = { 0 };
		if (!base64_decode(&sealed, pair->value, strlen(pair->value), error))
			return error_wrap(error, "%s", pair->key);
		if (sealed.length < CRYPTO_OVERHEAD_BYTES)
			return error_set(error, ERROR_INVALID, "%s: it was cut short", pair->key);
		SealedItem *item = sealed_items_push(arena, ret_items);
		item->key = pair->key + strlen(VALUE_PREFIX);
		item->sealed.len = sealed.length;
		item->sealed.ptr = buffer_take(&sealed, arena);
	}
	return true;
}

// Loads all but the plain values.
static bool load(const Host *host, const char *name, Arena *arena, StoredObject *ret_object,
		 SealedItems *ret_items, Error *error)
{
	Pairs record = { 0 };
	StoredObject object = { 0 };
	if (!object_file_load(host, &secret_kind, name, arena, &record, &object, error))
		return false;
	if (!read_sealed(&record, arena, ret_items, error))
		return error_wrap(error, "load the secret \"%s\"", name);
	for (size_t i = 0; i < ret_items->count; i++) {
		StoredItem *item = stored_data_push(arena, &object.data);
		item->key = ret_items->items[i].key;
		item->value.length = ret_items->items[i].sealed.len - CRYPTO_OVERHEAD_BYTES;
	}
	*ret_object = object;
	return true;
}

bool secret_inspect(const Host *host, const char *name, Arena *arena, StoredObject *ret_object,
		    Error *error)
{
	SealedItems items = { 0 };
	StoredObject object = { 0 };
	if (!load(host, name, arena, &object, &items, error))
		return false;
	stored_data_sort(&object.data);
	*ret_object = object;
	return true;
}

// Opens all values into one block of memory, each with a NUL behind it.
static bool open_values(const CryptoKey *key, const SealedItems *items, StoredSecret *secret,
			Error *error)
{
	for (size_t i = 0; i < items->count; i++)
		secret->values_size += secret->object.data.items[i].value.length + 1;
	secret->values = memory_resize(NULL, secret->values_size + 1);

	char *plain = secret->values;
	for (size_t i = 0; i < items->count; i++) {
		CLEANUP_BUFFER context = { 0 };
		StoredItem *item = &secret->object.data.items[i];
		print_context(secret->object.name, item->key, &context);
		if (!crypto_open(key, span_of_buffer(&context), items->items[i].sealed, plain,
				 error))
			return error_wrap(error, "the key '%s'", item->key);
		plain[item->value.length] = '\0';
		item->value.bytes = plain;
		plain += item->value.length + 1;
	}
	return true;
}

bool secret_get(const Host *host, const char *name, Arena *arena, StoredSecret *ret_secret,
		Error *error)
{
	CLEANUP_SECRET secret = { 0 };
	CLEANUP_CRYPTO_KEY key = { { 0 } };
	SealedItems items = { 0 };
	if (!load(host, name, arena, &secret.object, &items, error))
		return false;
	if (!secret_key_load(host, &key, error) || !open_values(&key, &items, &secret, error))
		return error_wrap(error, "decrypt the secret \"%s\"", name);
	stored_data_sort(&secret.object.data);
	*ret_secret = secret;
	secret = (StoredSecret){ 0 }; // handed over
	return true;
}

static bool load_current_secret(const Host *host, const char *name, Arena *arena, StoredSecret *ret,
				Error *error)
{
	return secret_get(host, name, arena, ret, error) || error_forgive(error, ERROR_NOT_FOUND);
}

static bool append(const Host *host, const StoredObject *object, Arena *arena, Pairs *record,
		   Error *error)
{
	CLEANUP_CRYPTO_KEY key = { { 0 } };
	if (!secret_key_make(host, error) || !secret_key_load(host, &key, error))
		return false;
	for (size_t i = 0; i < object->data.count; i++) {
		const StoredItem *item = &object->data.items[i];
		if (!seal_item(&key, object->name, item, arena, record, error))
			return false;
	}
	return true;
}

bool secret_put(const Host *host, const StoredObject *object, PutMode mode, StoreChange *ret_change,
		Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_SECRET current = { 0 };
	StoredObject draft = *object;
	if (text_is_empty(draft.type))
		draft.type = TYPE_OPAQUE;
	return object_file_begin(host, &secret_kind, &draft, &lock, error) &&
	       load_current_secret(host, draft.name, scratch, &current, error) &&
	       object_file_put(host, &secret_kind, current.object.name ? &current.object : NULL,
			       &draft, mode, append, ret_change, error);
}

bool secret_list(const Host *host, Arena *arena, StoredObjects *ret_objects, Error *error)
{
	return object_file_list(host, &secret_kind, secret_inspect, arena, ret_objects, error);
}

bool secret_remove(const Host *host, const char *name, Error *error)
{
	return object_file_remove(host, &secret_kind, name, error);
}
