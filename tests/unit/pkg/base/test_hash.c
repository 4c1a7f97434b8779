#include "pkg/base/hash.h"

#include "tests/unit/test.h"

// Values of the authors' test vectors.
TEST(hash_is_fnv)
{
	CHECK(hash_add(HASH_EMPTY, "", 0) == HASH_EMPTY);
	CHECK(hash_add(HASH_EMPTY, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
	CHECK(hash_add(HASH_EMPTY, "foobar", 6) == UINT64_C(0x85944171f73967e8));
	CHECK(hash_add(hash_add(HASH_EMPTY, "foo", 3), "bar", 3) ==
	      hash_add(HASH_EMPTY, "foobar", 6));
}
