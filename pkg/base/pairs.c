#include "pkg/base/pairs.h"

#include "pkg/base/text.h"

#include <stdlib.h>

static Pair *find(const Pairs *pairs, const char *key)
{
	for (size_t i = 0; i < pairs->count; i++) {
		if (text_equal(pairs->items[i].key, key))
			return &pairs->items[i];
	}
	return NULL;
}

const char *pairs_get(const Pairs *pairs, const char *key)
{
	const Pair *pair = find(pairs, key);
	return pair ? pair->value : NULL;
}

const char *pairs_get_or(const Pairs *pairs, const char *key, const char *otherwise)
{
	const Pair *pair = find(pairs, key);
	return pair ? pair->value : otherwise;
}

void pairs_set(Arena *arena, Pairs *pairs, const char *key, const char *value)
{
	Pair *pair = find(pairs, key);
	if (!pair) {
		pair = pairs_push(arena, pairs);
		pair->key = key;
	}
	pair->value = value;
}

void pairs_remove(Pairs *pairs, const char *key)
{
	Pair *pair = find(pairs, key);
	if (!pair)
		return;
	const size_t index = (size_t)(pair - pairs->items);
	memmove(pair, pair + 1, (pairs->count - index - 1) * sizeof(*pair));
	pairs->count--;
}

bool pairs_equal(const Pairs *left, const Pairs *right)
{
	if (left->count != right->count)
		return false;
	for (size_t i = 0; i < left->count; i++) {
		const char *other = pairs_get(right, left->items[i].key);
		if (!other || !text_equal(left->items[i].value, other))
			return false;
	}
	return true;
}

static int compare(const void *left, const void *right)
{
	return strcmp(((const Pair *)left)->key, ((const Pair *)right)->key);
}

void pairs_sort(Pairs *pairs)
{
	if (pairs->count > 1)
		qsort(pairs->items, pairs->count, sizeof(pairs->items[0]), compare);
}
