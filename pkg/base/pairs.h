// pkg/base/pairs.h - ordered key/value texts: labels, annotations, environments, records.
// The order of first insertion is kept, so that output is stable. Look-up is linear: these lists are short.
#ifndef PKG_BASE_PAIRS_H
#define PKG_BASE_PAIRS_H

#include "pkg/base/vec.h"

typedef struct Pair {
	const char *key;
	const char *value;
} Pair;

VEC_DECLARE(Pairs, pairs, Pair);

// The value of `key`, or NULL.
const char *pairs_get(const Pairs *pairs, const char *key);
// As pairs_get, with a value for absent keys.
const char *pairs_get_or(const Pairs *pairs, const char *key, const char *otherwise);
// Replaces the value of `key` in place, or appends the pair. Neither text is copied.
void pairs_set(Arena *arena, Pairs *pairs, const char *key, const char *value);
// Removes `key` if it is there.
void pairs_remove(Pairs *pairs, const char *key);
bool pairs_equal(const Pairs *left, const Pairs *right);
// Sorts by key, byte-wise; equal keys keep no particular order.
void pairs_sort(Pairs *pairs);

#endif
