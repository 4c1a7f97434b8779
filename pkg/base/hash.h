// pkg/base/hash.h - FNV-1a, 64 bits <http://www.isthe.com/chongo/tech/comp/fnv/>: spreads what nobody chose with a purpose.
// Where somebody may have, digests (pkg/sys/crypto.h) are what to compare.
#ifndef PKG_BASE_HASH_H
#define PKG_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

// The value before the first byte.
#define HASH_EMPTY UINT64_C(0xcbf29ce484222325)

// The value after `length` more bytes.
uint64_t hash_add(uint64_t hash, const void *bytes, size_t length);

#endif
