#include "store/object/object.h"

#include "pkg/base/text.h"

#include <assert.h>

static const char *const change_words[] = {
	[STORE_UNCHANGED] = "unchanged",
	[STORE_CREATED] = "created",
	[STORE_CONFIGURED] = "configured",
};

#define DATA_KEY_MAX 253

const char *store_change_to_text(StoreChange change)
{
	return change_words[change];
}

const StoredItem *stored_data_get(const StoredData *data, const char *key)
{
	for (size_t i = 0; i < data->count; i++) {
		if (text_equal(data->items[i].key, key))
			return &data->items[i];
	}
	return NULL;
}

static int compare_items(const void *left, const void *right)
{
	const StoredItem *a = left;
	const StoredItem *b = right;
	return strcmp(a->key, b->key);
}

void stored_data_sort(StoredData *data)
{
	if (data->count > 1)
		qsort(data->items, data->count, sizeof(StoredItem), compare_items);
}

StoredData stored_data_sorted(const StoredData *data, Arena *arena)
{
	StoredData copy = { arena_array(arena, data->count, sizeof(StoredItem)), data->count,
			    data->count };
	if (data->count > 0)
		memcpy(copy.items, data->items, data->count * sizeof(StoredItem));
	stored_data_sort(&copy);
	return copy;
}

static bool items_equal(const StoredItem *left, const StoredItem *right)
{
	return text_equal(left->key, right->key) && left->is_binary == right->is_binary &&
	       left->value.length == right->value.length &&
	       (left->value.length == 0 ||
		memcmp(left->value.bytes, right->value.bytes, left->value.length) == 0);
}

bool stored_data_equal(const StoredData *left, const StoredData *right)
{
	if (left->count != right->count)
		return false;
	for (size_t i = 0; i < left->count; i++) {
		if (!items_equal(&left->items[i], &right->items[i]))
			return false;
	}
	return true;
}

// IsConfigMapKey of apimachinery.
const char *stored_key_problem(const char *key)
{
	if (strlen(key) > DATA_KEY_MAX)
		return "must be no more than 253 characters";
	if (key[0] == '\0' ||
	    !text_has_only(key,
			   "-._0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		return "a valid config key must consist of alphanumeric characters, '-', '_' or '.' "
		       "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
		       "'[-._a-zA-Z0-9]+')";
	if (text_equal(key, "."))
		return "must not be '.'";
	if (text_equal(key, ".."))
		return "must not be '..'";
	return text_starts_with(key, "..") ? "must not start with '..'" : NULL;
}
