#include "pkg/base/clock.h"

#include "tests/unit/test.h"

TEST(clock_goes_on_in_both_units)
{
	const uint64_t before_us = clock_us();
	const uint64_t ms = clock_ms();
	const uint64_t after_us = clock_us();
	CHECK(before_us > 0 && before_us / 1000 <= ms && ms <= after_us / 1000);
}
