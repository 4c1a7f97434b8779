#include "pkg/base/pairs.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

static const char *print(const Pairs *pairs, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < pairs->count; i++)
		buffer_printf(&text, "%s%s=%s", i > 0 ? " " : "", pairs->items[i].key,
			      pairs->items[i].value);
	return buffer_take(&text, arena);
}

TEST(pairs_keep_the_order_of_first_insertion)
{
	Pairs pairs = { 0 };
	pairs_set(test->arena, &pairs, "z", "1");
	pairs_set(test->arena, &pairs, "a", "2");
	pairs_set(test->arena, &pairs, "", "3");
	pairs_set(test->arena, &pairs, "z", "4");
	CHECK_TEXT(print(&pairs, test->arena), "z=4 a=2 =3");
	CHECK_TEXT(pairs_get(&pairs, ""), "3");
	CHECK(!pairs_get(&pairs, "A"));
	CHECK_TEXT(pairs_get_or(&pairs, "A", "none"), "none");
	pairs_sort(&pairs);
	CHECK_TEXT(print(&pairs, test->arena), "=3 a=2 z=4");
}

TEST(pairs_remove_any_of_them)
{
	static const char *const keys[] = { "a", "b", "c" };
	static const char *const left[] = { "b=b c=c", "a=a c=c", "a=a b=b" };
	for (size_t gone = 0; gone < COUNT(keys); gone++) {
		Pairs pairs = { 0 };
		for (size_t i = 0; i < COUNT(keys); i++)
			pairs_set(test->arena, &pairs, keys[i], keys[i]);
		pairs_remove(&pairs, keys[gone]);
		pairs_remove(&pairs, "other");
		CHECK_TEXT(print(&pairs, test->arena), left[gone]);
	}
}

TEST(pairs_are_equal_in_any_order)
{
	Pairs left = { 0 }, right = { 0 };
	CHECK(pairs_equal(&left, &right));
	pairs_set(test->arena, &left, "a", "1");
	CHECK(!pairs_equal(&left, &right) && !pairs_equal(&right, &left));
	pairs_set(test->arena, &left, "b", "2");
	pairs_set(test->arena, &right, "b", "2");
	pairs_set(test->arena, &right, "a", "1");
	CHECK(pairs_equal(&left, &right));
	pairs_set(test->arena, &right, "a", "2");
	CHECK(!pairs_equal(&left, &right));
}
