#include "pkg/oci/layer/tree.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>

static bool parse(Test *test, const char *text, TreePath *ret)
{
	return tree_path_parse(text, ret, &test->error);
}

TEST(tree_path_is_taken_apart)
{
	TreePath path;
	CHECK(parse(test, "//./usr/./lib//x/", &path) && path.count == 3);
	CHECK_TEXT(path.parts[0], "usr");
	CHECK_TEXT(path.parts[2], "x");
	CHECK(parse(test, "./", &path) && path.count == 0);
	CHECK(parse(test, "..a/b..", &path) && path.count == 2);
	CHECK_ERROR(parse(test, "a/../b", &path), "a path with '..'");
}

TEST(tree_path_is_bounded)
{
	char name[5000];
	TreePath path;
	memset(name, 'x', sizeof(name));
	name[256] = '\0';
	CHECK_ERROR(parse(test, name, &path), "a name of more than 255 bytes");
	name[256] = 'x';
	name[sizeof(name) - 1] = '\0';
	CHECK_ERROR(parse(test, name, &path), "a path of 4999 bytes");
}

TEST(tree_sets_modes_and_times_when_it_leaves)
{
	CLEANUP_FD root = -1;
	CHECK(file_open_directory(AT_FDCWD, test_directory(test), &root, &test->error));
	CLEANUP_TREE tree = tree_open(root, false, NULL, test->arena);
	TreePath path;
	struct stat status;
	CHECK(parse(test, "a/b", &path) && tree_enter(tree, &path, 2, &test->error));
	tree_set_attributes(tree, 0500, (struct timespec){ .tv_sec = 7 });
	CHECK(fstatat(root, "a/b", &status, 0) == 0 && status.st_mode == (S_IFDIR | 0755));
	CHECK(tree_enter(tree, &path, 1, &test->error));
	CHECK(fstatat(root, "a/b", &status, 0) == 0 && status.st_mode == (S_IFDIR | 0500));
	CHECK(status.st_mtim.tv_sec == 7);
	CHECK(tree_finish(tree, &test->error));
	CHECK(tree_directory(tree) == root);
}

TEST(tree_opens_parents_without_following_links)
{
	CLEANUP_FD root = -1;
	TreePath path;
	CHECK(file_open_directory(AT_FDCWD, test_directory(test), &root, &test->error));
	CHECK(mkdirat(root, "real", 0755) == 0 && symlinkat("real", root, "link") == 0);
	CLEANUP_TREE tree = tree_open(root, false, NULL, test->arena);
	CHECK(parse(test, "real/x", &path));
	CLEANUP_FD real = tree_open_parent(tree, &path);
	CHECK(real >= 0);
	CHECK(parse(test, "link/x", &path));
	CHECK(tree_open_parent(tree, &path) < 0);
}
