#include "store/object/data_source.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>

static const char *put(Test *test, const char *name, const char *bytes, size_t length)
{
	const char *path = path_join(test->arena, test_directory(test), name);
	return file_replace_volatile(AT_FDCWD, path, bytes, length, 0600, &test->error) ? path
											: NULL;
}

static const char *value_of(const StoredData *data, const char *key)
{
	const StoredItem *item = stored_data_get(data, key);
	return item ? item->value.bytes : NULL;
}

TEST(data_source_takes_literals)
{
	StoredData data = { 0 };
	CHECK(data_source_add_literal("user=me", test->arena, &data, &test->error));
	CHECK(data_source_add_literal("url=http://x?a=b", test->arena, &data, &test->error));
	CHECK(data_source_add_literal("empty=", test->arena, &data, &test->error));
	CHECK_TEXT(value_of(&data, "url"), "http://x?a=b");
	CHECK(stored_data_get(&data, "empty")->value.length == 0);
	CHECK_ERROR(data_source_add_literal("hunter2", test->arena, &data, &test->error),
		    "invalid literal: expected KEY=VALUE");
	CHECK_ERROR(data_source_add_literal("=x", test->arena, &data, &test->error),
		    "invalid literal: expected KEY=VALUE");
	CHECK_ERROR(data_source_add_literal("user=you", test->arena, &data, &test->error),
		    "the key 'user' is given twice");
	CHECK_ERROR(data_source_add_literal("..a=x", test->arena, &data, &test->error),
		    "'..a' cannot be a key: must not start with '..'");
}

TEST(data_source_takes_files)
{
	StoredData data = { 0 };
	const char *path = put(test, "app.conf", "a\0b", 3);
	CHECK(path);
	CHECK(data_source_add_file(path, test->arena, &data, &test->error));
	const char *renamed = arena_printf(test->arena, "other=%s", path);
	CHECK(data_source_add_file(renamed, test->arena, &data, &test->error));
	CHECK(stored_data_get(&data, "app.conf")->value.length == 3);
	CHECK(stored_data_get(&data, "other")->value.length == 3);
	CHECK_ERROR(data_source_add_file("k=/nonexistent", test->arena, &data, &test->error),
		    "read '/nonexistent': No such file or directory");
	CHECK_ERROR(data_source_add_file("k=", test->arena, &data, &test->error),
		    "invalid file source 'k=': expected PATH or KEY=PATH");
	CHECK_ERROR(data_source_add_file("k=a=b", test->arena, &data, &test->error),
		    "invalid file source 'k=a=b': expected PATH or KEY=PATH");
	CHECK(data.count == 2);
}

TEST(data_source_bounds_files)
{
	StoredData data = { 0 };
	char *large = arena_alloc(test->arena, STORED_BYTES_MAX + 1);
	const char *path = put(test, "large", large, STORED_BYTES_MAX + 1);
	CHECK(path);
	CHECK_ERROR(data_source_add_file(path, test->arena, &data, &test->error),
		    arena_printf(test->arena, "'%s': larger than 1048576 bytes", path));
	CHECK(!data_source_add_file("zero=/dev/zero", test->arena, &data, &test->error));
	CHECK(test->error.code == ERROR_LIMIT);
}

TEST(data_source_takes_directories)
{
	StoredData data = { 0 };
	CHECK(put(test, "a", "1", 1) && put(test, "not a key", "2", 1) && put(test, "b", "3", 1));
	CHECK(mkdir(path_join(test->arena, test_directory(test), "sub"), 0755) == 0);
	CHECK(data_source_add_file(test_directory(test), test->arena, &data, &test->error));
	CHECK(data.count == 2);
	CHECK_TEXT(value_of(&data, "b"), "3");
	const char *named = arena_printf(test->arena, "k=%s", test_directory(test));
	CHECK_ERROR(data_source_add_file(named, test->arena, &data, &test->error),
		    arena_printf(test->arena,
				 "'%s' is a directory: leave out the key, each file is one",
				 test_directory(test)));
}

TEST(data_source_takes_env_files)
{
	StoredData data = { 0 };
	static const char text[] =
		"# words\n\n  A=1\r\nB=two words # kept\nUNSET_BY_US\nHOME_OF_US\nC=\n";
	const char *path = put(test, "env", text, strlen(text));
	CHECK(path);
	setenv("HOME_OF_US", "here", 1);
	CHECK(data_source_add_env_file(path, test->arena, &data, &test->error));
	CHECK(data.count == 4);
	CHECK_TEXT(value_of(&data, "A"), "1");
	CHECK_TEXT(value_of(&data, "B"), "two words # kept");
	CHECK_TEXT(value_of(&data, "HOME_OF_US"), "here");
	CHECK_TEXT(value_of(&data, "C"), "");

	path = put(test, "bad", "A1=1\n1A=2\n", 10);
	CHECK_ERROR(data_source_add_env_file(path, test->arena, &data, &test->error),
		    arena_printf(test->arena,
				 "%s:2: '1A' is not the name of an environment variable", path));
}

TEST(data_source_tells_binary_and_wipes)
{
	StoredData data = { 0 };
	const char *path = put(test, "logo", "\x89PNG", 4);
	CHECK(path && data_source_add_file(path, test->arena, &data, &test->error));
	CHECK(data_source_add_literal("text=\xc3\xa4", test->arena, &data, &test->error));
	path = put(test, "nul", "a\0b", 3);
	CHECK(path && data_source_add_file(path, test->arena, &data, &test->error));
	data_source_mark_binary(&data);
	CHECK(stored_data_get(&data, "nul")->is_binary);
	CHECK(stored_data_get(&data, "logo")->is_binary &&
	      !stored_data_get(&data, "text")->is_binary);
	data_source_wipe(&data);
	CHECK_TEXT(value_of(&data, "text"), "");
}
