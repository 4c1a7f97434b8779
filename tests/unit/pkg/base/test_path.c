#include "pkg/base/path.h"

#include "tests/unit/test.h"

TEST(path_join_has_one_slash_at_the_seam)
{
	static const char *const rows[][3] = {
		{ "a", "b", "a/b" },   { "a/", "b", "a/b" },      { "a", "/b", "a/b" },
		{ "a/", "/b", "a/b" }, { "/", "b", "/b" },        { "/", "/b", "/b" },
		{ "", "b", "b" },      { "/a", "b/c", "/a/b/c" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(path_join(test->arena, rows[i][0], rows[i][1]), rows[i][2]);
}

TEST(path_name_and_parent)
{
	static const char *const rows[][3] = {
		{ "/a/b", "b", "/a" }, { "/a", "a", "/" }, { "a", "a", "." },
		{ "a/b", "b", "a" },   { "/", "", "/" },   { "a/", "", "a" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_TEXT(path_name(rows[i][0]), rows[i][1]);
		CHECK_TEXT(path_parent(test->arena, rows[i][0]), rows[i][2]);
	}
}

TEST(path_clean_drops_empty_and_dot_parts)
{
	static const char *const rows[][2] = {
		{ "/", "/" },
		{ "//", "/" },
		{ "", "." },
		{ ".", "." },
		{ "./", "." },
		{ "/.", "/" },
		{ "/./.", "/" },
		{ "/a", "/a" },
		{ "/a/", "/a" },
		{ "//a///b//", "/a/b" },
		{ "./a/./b/.", "a/b" },
		{ "a", "a" },
		{ "/a/../b", "/a/../b" },
		{ "..", ".." },
		{ "/..", "/.." },
		{ ".../a", ".../a" },
		{ ".a", ".a" },
		{ "/a/.b", "/a/.b" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(path_clean(test->arena, rows[i][0]), rows[i][1]);
}

TEST(path_has_dotdot_as_a_whole_part)
{
	static const char *const with[] = { "..",     "../a",     "/..", "/a/..",
					    "a/../b", "a//..//b", "//.." };
	static const char *const without[] = { "",    "/",       ".",      "...", "a..",
					       "..a", "/a..b/c", "/a/...", "/.",  ". ." };
	for (size_t i = 0; i < COUNT(with); i++)
		CHECK(path_has_dotdot(with[i]));
	for (size_t i = 0; i < COUNT(without); i++)
		CHECK(!path_has_dotdot(without[i]));
}

TEST(path_is_below_goes_by_parts)
{
	static const char *const below[][2] = {
		{ "/proc", "/proc" }, { "/proc/1", "/proc" }, { "/", "/" },
		{ "/a", "/" },        { "a/b", "a" },
	};
	static const char *const beside[][2] = {
		{ "/process", "/proc" }, { "/", "/proc" }, { "/pro", "/proc" },
		{ "proc", "/proc" },     { "a", "/" },
	};
	for (size_t i = 0; i < COUNT(below); i++)
		CHECK(path_is_below(below[i][0], below[i][1]));
	for (size_t i = 0; i < COUNT(beside); i++)
		CHECK(!path_is_below(beside[i][0], beside[i][1]));
}

TEST(path_is_name_of_one_file)
{
	char longest[257] = { 0 };
	memset(longest, 'a', 255);
	CHECK(path_is_name("a") && path_is_name("...") && path_is_name(".a") &&
	      path_is_name(longest));
	longest[255] = 'a';
	CHECK(!path_is_name(longest));
	CHECK(!path_is_name("") && !path_is_name(".") && !path_is_name("..") &&
	      !path_is_name("a/b") && !path_is_name("/"));
	CHECK(path_is_absolute("/a") && !path_is_absolute("a") && !path_is_absolute(""));
}
