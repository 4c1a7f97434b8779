#include "pkg/base/arena.h"

#include "tests/unit/test.h"

#include <stdalign.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_zeroed(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

TEST(arena_values_are_zeroed_and_aligned_for_any_type)
{
	for (size_t size = 0; size < 100; size++) {
		char *value = arena_alloc(test->arena, size);
		CHECK((uintptr_t)value % alignof(max_align_t) == 0);
		CHECK(is_zeroed(value, size));
		memset(value, 0xff, size);
	}
}

TEST(arena_values_do_not_overlap)
{
	// Around the size of a chunk, below and far above it.
	static const size_t sizes[] = { 1,           16 * 1024, 7, 16 * 1024 - 64,
					1024 * 1024, 8 * 1024,  3, 16 * 1024 + 1 };
	unsigned char *values[COUNT(sizes)] = { NULL };
	for (size_t i = 0; i < COUNT(sizes); i++) {
		values[i] = arena_alloc(test->arena, sizes[i]);
		CHECK(is_zeroed((const char *)values[i], sizes[i]));
		memset(values[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < COUNT(sizes); i++) {
		for (size_t j = 0; j < sizes[i]; j++)
			CHECK(values[i][j] == i + 1);
	}
}

TEST(arena_copies_texts_and_bytes)
{
	CHECK_TEXT(arena_strdup(test->arena, ""), "");
	CHECK_TEXT(arena_strndup(test->arena, "web.service", 3), "web");
	CHECK_TEXT(arena_strndup(test->arena, NULL, 0), "");
	CHECK(memcmp(arena_strndup(test->arena, "a\0b", 3), "a\0b", 4) == 0);
	CHECK_TEXT(arena_printf(test->arena, "%s-%d", "web", 42), "web-42");
	const char *wide = arena_printf(test->arena, "%20000d", 1);
	CHECK(strlen(wide) == 20000 && wide[19999] == '1');
}

// Runs in a child, because it ends the process.
static int status_of_overflow(void (*overflow)(Arena *))
{
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		fclose(stderr);
		overflow(arena_new());
		_exit(0);
	}
	int status = 0;
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status)
		       ? WEXITSTATUS(status)
		       : -1;
}

static void overflow_product(Arena *arena)
{
	(void)arena_array(arena, SIZE_MAX / 2, 3);
}

static void overflow_rounding(Arena *arena)
{
	(void)arena_alloc(arena, SIZE_MAX);
}

static void overflow_length(Arena *arena)
{
	(void)arena_strndup(arena, "", SIZE_MAX);
}

TEST(arena_overflow_ends_the_process_with_status_70)
{
	CHECK(status_of_overflow(overflow_product) == EXIT_OUT_OF_MEMORY);
	CHECK(status_of_overflow(overflow_rounding) == EXIT_OUT_OF_MEMORY);
	CHECK(status_of_overflow(overflow_length) == EXIT_OUT_OF_MEMORY);
}

TEST(arena_array_of_nothing_is_fine)
{
	CHECK(arena_array(test->arena, 0, 100) != NULL);
	CHECK(arena_array(test->arena, 100, 0) != NULL);
	arena_free(NULL);
	Arena *arena = arena_new();
	arena_cleanup(&arena);
	CHECK(arena == NULL);
}

TEST(arena_wipe_takes_an_arena_and_nothing)
{
	Arena *arena = arena_new();
	char *text = arena_strdup(arena, "secret");
	CHECK_TEXT(text, "secret");
	arena_wipe(&arena);
	CHECK(!arena);
	arena_wipe(&arena);
}
