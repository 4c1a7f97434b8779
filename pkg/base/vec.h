// pkg/base/vec.h - growing arrays, typed, in an arena.
// VEC_DECLARE(Ports, ports, Port) makes the type `Ports {items, count, capacity}` and ports_push(arena, &ports), which
// returns the new zeroed last item. A zeroed vector is empty and ready. Loops are plain `for`.
#ifndef PKG_BASE_VEC_H
#define PKG_BASE_VEC_H

#include "pkg/base/arena.h"

#include <string.h>

// Room for one more of `size` bytes; returns the items, moved when they had to grow.
void *vec_grow(Arena *arena, void *items, size_t count, size_t *capacity, size_t size);

#define VEC_DECLARE(Type, prefix, Item)                                                            \
	typedef struct Type {                                                                      \
		Item *items;                                                                       \
		size_t count;                                                                      \
		size_t capacity;                                                                   \
	} Type;                                                                                    \
	static inline Item *prefix##_push(Arena *arena, Type *vec)                                 \
	{                                                                                          \
		vec->items =                                                                       \
			vec_grow(arena, vec->items, vec->count, &vec->capacity, sizeof(Item));     \
		Item *item = &vec->items[vec->count++];                                            \
		memset(item, 0, sizeof(Item));                                                     \
		return item;                                                                       \
	}                                                                                          \
	struct Type

// Texts: the vector that most modules need.
VEC_DECLARE(Texts, texts, const char *);

static inline void texts_add(Arena *arena, Texts *texts, const char *text)
{
	*texts_push(arena, texts) = text;
}

bool texts_contain(const Texts *texts, const char *text);
// Sorts by bytes.
void texts_sort(Texts *texts);
// All texts with `separator` between them: "a, b".
const char *texts_join(const Texts *texts, const char *separator, Arena *arena);

#endif
