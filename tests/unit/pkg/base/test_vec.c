#include "pkg/base/vec.h"

#include "tests/unit/test.h"

typedef struct Point {
	int x, y;
} Point;
VEC_DECLARE(Points, points, Point);

TEST(vec_keeps_items_when_it_grows)
{
	Points points = { 0 };
	for (int i = 0; i < 1000; i++) {
		Point *point = points_push(test->arena, &points);
		CHECK(point->x == 0 && point->y == 0);
		*point = (Point){ i, -i };
	}
	CHECK(points.count == 1000 && points.capacity >= 1000);
	for (int i = 0; i < 1000; i++)
		CHECK(points.items[i].x == i && points.items[i].y == -i);
}

TEST(vec_item_is_zeroed_where_an_older_one_was)
{
	Points points = { 0 };
	*points_push(test->arena, &points) = (Point){ 1, 2 };
	points.count = 0;
	CHECK(points_push(test->arena, &points)->y == 0);
}

TEST(texts_sort_search_and_join)
{
	Texts texts = { 0 };
	CHECK_TEXT(texts_join(&texts, ", ", test->arena), "");
	CHECK(!texts_contain(&texts, ""));
	texts_sort(&texts);
	static const char *const words[] = { "b", "a-b", "a/b", "B", "a" };
	for (size_t i = 0; i < COUNT(words); i++)
		texts_add(test->arena, &texts, words[i]);
	texts_sort(&texts);
	CHECK_TEXT(texts_join(&texts, ", ", test->arena), "B, a, a-b, a/b, b");
	CHECK(texts_contain(&texts, "a/b") && !texts_contain(&texts, "A"));
}
