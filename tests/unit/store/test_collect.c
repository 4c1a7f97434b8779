#include "store/collect.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>

TEST(collect_finds_what_is_stale_anywhere)
{
	const Host host = { .data_dir = path_join(test->arena, test_directory(test), "data") };
	size_t count = 99;
	CHECK(layout_prepare(&host, &test->error));
	CHECK(collect_stale(&host, &count, &test->error) && count == 0);

	const char *trash =
		path_join(test->arena, host.data_dir, "containers/.trash-4194399-1-00000000/x");
	const char *temporary = path_join(test->arena, host.data_dir, "state/.web.4194399.new");
	const char *layer = path_join(test->arena, host.data_dir,
				      "images/layers/sha256/.layer-4194399-1-00000000/fs");
	const char *whole = path_join(test->arena, host.data_dir, "containers/web");
	CHECK(file_make_directories(AT_FDCWD, trash, 0700, &test->error));
	CHECK(file_make_directories(AT_FDCWD, layer, 0700, &test->error));
	CHECK(file_make_directories(AT_FDCWD, whole, 0700, &test->error));
	CHECK(file_replace(AT_FDCWD, temporary, "", 0, 0600, &test->error));
	CHECK(symlinkat("never-finished", AT_FDCWD,
			path_join(test->arena, host.data_dir, "slots/0")) == 0);
	CHECK(symlinkat("web", AT_FDCWD, path_join(test->arena, host.data_dir, "slots/1")) == 0);
	CHECK(collect_stale(&host, &count, &test->error));
	CHECK(count == 4);
	CHECK(file_exists(AT_FDCWD, whole) && !file_exists(AT_FDCWD, temporary));
	CHECK(!file_exists(AT_FDCWD, layer));
	CHECK(collect_stale(&host, &count, &test->error) && count == 0);
}
