#include "pkg/sys/stream/peek.h"
#include "tests/unit/test.h"

#include <string.h>

static bool peek(Test *test, size_t want, size_t block, const char **ret_head, Source **ret)
{
	const void *head = NULL;
	size_t length = 0;
	if (!source_peek(source_of_bytes("hello", 5, block, test->arena), want, test->arena, ret,
			 &head, &length, &test->error))
		return false;
	*ret_head = arena_strndup(test->arena, head, length);
	return true;
}

TEST(peek_gives_the_whole_all_the_same)
{
	for (size_t block = 1; block <= 5; block++) {
		Source *source = NULL;
		const char *head = NULL;
		const char *all = NULL;
		CHECK(peek(test, 3, block, &head, &source));
		CHECK(strlen(head) >= 3 && strncmp(head, "hello", strlen(head)) == 0);
		CHECK(source_read_all(source, 10, test->arena, &all, NULL, &test->error));
		CHECK_TEXT(all, "hello");
	}
}

TEST(peek_is_content_with_less)
{
	Source *source = NULL;
	const char *head = NULL;
	CHECK(peek(test, 100, 2, &head, &source));
	CHECK_TEXT(head, "hello");
}

TEST(peek_skips_what_it_holds)
{
	Source *source = NULL;
	const char *head = NULL;
	const char *rest = NULL;
	uint64_t skipped = 0;
	CHECK(peek(test, 4, 2, &head, &source));
	CHECK(source->skip(source, 3, &skipped, &test->error) && skipped == 3);
	CHECK(source_read_all(source, 10, test->arena, &rest, NULL, &test->error));
	CHECK_TEXT(rest, "lo");
	// The source below cannot skip: what was not skipped is to be read.
	CHECK(peek(test, 4, 2, &head, &source));
	CHECK(source->skip(source, 5, &skipped, &test->error) && skipped == 4);
}
