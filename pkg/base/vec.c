#include "pkg/base/vec.h"

#include "pkg/base/text.h"

#include <stdint.h>
#include <stdlib.h>

void *vec_grow(Arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return items;
	if (*capacity > SIZE_MAX / 2)
		memory_exhausted();

	const size_t doubled = *capacity > 0 ? *capacity * 2 : 4;
	void *grown = arena_array(arena, doubled, size);
	if (count > 0)
		memcpy(grown, items, count * size);
	*capacity = doubled;
	return grown;
}

bool texts_contain(const Texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (strcmp(texts->items[i], text) == 0)
			return true;
	}
	return false;
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

void texts_sort(Texts *texts)
{
	if (texts->count > 1)
		qsort(texts->items, texts->count, sizeof(texts->items[0]), compare);
}

const char *texts_join(const Texts *texts, const char *separator, Arena *arena)
{
	CLEANUP_BUFFER joined = { 0 };
	for (size_t i = 0; i < texts->count; i++) {
		buffer_add(&joined, i > 0 ? separator : "");
		buffer_add(&joined, texts->items[i]);
	}
	return buffer_take(&joined, arena);
}
