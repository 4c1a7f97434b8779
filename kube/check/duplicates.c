#include "kube/check/duplicates.h"

#include <stdlib.h>

typedef struct Entry {
	const char *text;
	size_t index;
} Entry;

static int compare(const void *left, const void *right)
{
	const Entry *left_entry = left;
	const Entry *right_entry = right;
	const int order = strcmp(left_entry->text, right_entry->text);
	if (order != 0)
		return order;
	return left_entry->index < right_entry->index ? -1 : 1;
}

const size_t *duplicates_find(const Texts *texts, Arena *arena)
{
	size_t *first = arena_array(arena, texts->count, sizeof(size_t));
	Entry *sorted = arena_array(arena, texts->count, sizeof(Entry));
	size_t count = 0;
	for (size_t i = 0; i < texts->count; i++) {
		first[i] = i;
		if (texts->items[i])
			sorted[count++] = (Entry){ texts->items[i], i };
	}
	if (count > 1)
		qsort(sorted, count, sizeof(Entry), compare);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(sorted[i].text, sorted[i - 1].text) == 0)
			first[sorted[i].index] = first[sorted[i - 1].index];
	}
	return first;
}
