#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "tests/unit/image_store.h"
#include "tests/unit/run_line.h"

#include <fcntl.h>

TEST(image_verify_tells_what_is_damaged)
{
	if (geteuid() != 0)
		SKIP("needs root");
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	CHECK_RUN("image verify", 2, "",
		  "Error: give names, or --all (see 'sdme image verify --help')\n");
	CHECK_RUN("image verify --all", 0, "", "no images found\n");
	const char *id = image_store_add(&store, "web:1", "a", "");
	CHECK(id && image_store_add(&store, "app:1", "b", ""));
	CHECK_RUN("image verify -q web:1", 0,
		  "IMAGE                    FAULT\n"
		  "docker.io/library/web:1  OK\n",
		  "");
	const char *file = path_join(test->arena,
				     image_store_get(&store, id)->layer_directories.items[0], "a");
	CHECK(file_replace_volatile(AT_FDCWD, file, "x", 1, 0644, &test->error));
	const RunResult all = run_line(test, "-q image verify --all");
	CHECK(all.exit_status == 1);
	CHECK(strstr(all.output, "docker.io/library/app:1  OK\n"));
	CHECK(strstr(all.output, "docker.io/library/web:1  layer "));
	CHECK_TEXT(
		all.messages,
		"Error: 1 of 2 images are damaged; 'sdme image pull' fetches what is damaged again, "
		"and 'sdme image import' what came from a file\n");
	const RunResult json =
		run_line(test, arena_printf(test->arena, "-q image verify --json %.19s", id));
	CHECK(json.exit_status == 1);
	CHECK(text_starts_with(json.output,
			       "[{\"reference\":\"docker.io/library/web:1\",\"ok\":false,"
			       "\"faults\":[\"layer "));
	CHECK_RUN("image verify nothing", 1, "", "Error: no image 'nothing'\n");
}

TEST(image_verify_finds_what_has_lost_its_name)
{
	if (geteuid() != 0)
		SKIP("needs root");
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(&store, "web:1", "a", "");
	CHECK(id);
	const char *directory = image_store_get(&store, id)->layer_directories.items[0];
	CHECK(image_store_add(&store, "web:1", "b", ""));
	CHECK(file_replace_volatile(AT_FDCWD, path_join(test->arena, directory, "a"), "x", 1, 0644,
				    &test->error));
	const char *short_id = arena_printf(test->arena, "%.12s ", digest_hex(id));
	const RunResult all = run_line(test, "-q image verify --all");
	CHECK(all.exit_status == 1 && strstr(all.output, short_id));
	CHECK(strstr(all.output, "docker.io/library/web:1  OK\n"));
	const RunResult one =
		run_line(test, arena_printf(test->arena, "-q image verify %.12s", digest_hex(id)));
	CHECK(one.exit_status == 1 && strstr(one.output, short_id));
	CHECK(strstr(one.output, "its contents have the digest"));
}
