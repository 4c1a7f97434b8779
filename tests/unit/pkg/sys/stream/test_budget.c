#include "pkg/sys/stream/budget.h"
#include "pkg/sys/stream/inflate.h"
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

TEST(budget_is_shared)
{
	Budget budget = { .max_bytes = 10, .setting = "max_something" };
	BudgetSource first, second;
	budget_source_init(&first, source_of_bytes("123456", 6, 4, test->arena), &budget);
	budget_source_init(&second, source_of_bytes("12345", 5, 4, test->arena), &budget);
	const void *block = NULL;
	size_t length = 0;
	CHECK(source_drain(&first.source, &test->error));
	CHECK(source_read(&second.source, &block, &length, &test->error) && length == 4);
	CHECK_ERROR(source_read(&second.source, &block, &length, &test->error),
		    "unpacked, it has more than the 10 bytes allowed (max_something)");
}

TEST(budget_may_be_missing)
{
	BudgetSource source;
	const char *text = NULL;
	budget_source_init(&source, source_of_bytes("12345", 5, 0, test->arena), NULL);
	CHECK(source_read_all(&source.source, 10, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, "12345");
}

TEST(budget_stops_a_bomb)
{
	// 64 MiB of zeros in some kilobytes.
	const size_t size = (size_t)64 << 20;
	char *zeros = memory_resize(NULL, size);
	memset(zeros, 0, size);
	char *bomb = arena_alloc(test->arena, 100000);
	const size_t length = ZSTD_compress(bomb, 100000, zeros, size, 3);
	free(zeros);
	CHECK(!ZSTD_isError(length) && length < 10000);

	Budget budget = { .max_bytes = 1 << 20, .setting = "max_something" };
	CLEANUP_INFLATE inflate = inflate_open(source_of_bytes(bomb, length, 0, test->arena));
	BudgetSource source;
	budget_source_init(&source, inflate_source(inflate), &budget);
	CHECK(!source_drain(&source.source, &test->error));
	CHECK(test->error.code == ERROR_LIMIT);
	CHECK(budget.used_bytes < 2 << 20);
	error_clear(&test->error);
}
