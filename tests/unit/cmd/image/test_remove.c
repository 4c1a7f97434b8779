#include "pkg/base/text.h"
#include "pkg/sys/stream/digest.h"
#include "tests/unit/image_store.h"
#include "tests/unit/run_line.h"

TEST(image_rm)
{
	if (geteuid() != 0)
		SKIP("needs root");
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(&store, "web:1", "a", "");
	CHECK(id);
	CHECK_RUN("image rm", 2, "", "Error: give names, or --all (see 'sdme image rm --help')\n");
	CHECK_RUN("image tag web:1 app", 0, "docker.io/library/app:latest\n", "");
	CHECK_RUN(arena_printf(test->arena, "-q image rm %s", id), 1, "",
		  arena_printf(test->arena,
			       "error: %s: it has several names: docker.io/library/app:latest, "
			       "docker.io/library/web:1; give these, or --force\n"
			       "Error: some images could not be removed\n",
			       id));
	CHECK_RUN("image rm nothing web:1", 1, "web:1\n",
		  "removing 'nothing'\n"
		  "error: nothing: no image 'nothing'\n"
		  "removing 'web:1'\n"
		  "Error: some images could not be removed\n");
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 2, layers 1");
	CHECK_RUN(arena_printf(test->arena, "-q image rm -f %s", id), 0,
		  arena_printf(test->arena, "%s\n", id), "");
	CHECK_TEXT(image_store_count(&store), "refs 0, blobs 0, layers 0");
	CHECK_RUN("image rm --all", 0, "", "no images to remove\n");
}

TEST(image_rm_all)
{
	if (geteuid() != 0)
		SKIP("needs root");
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "web:1", "a", "") && image_store_add(&store, "app", "b", ""));
	CHECK_RUN("image rm --all", 2, "",
		  "Error: remove 2 images? nobody can be asked; use --force (see 'sdme image rm "
		  "--help')\n");
	CHECK_RUN("-q image rm --all --force", 0,
		  "docker.io/library/app:latest\ndocker.io/library/web:1\n", "");
	CHECK_TEXT(image_store_count(&store), "refs 0, blobs 0, layers 0");
}

TEST(image_prune)
{
	if (geteuid() != 0)
		SKIP("needs root");
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	CHECK_RUN("image prune", 0, "", "nothing to prune\n");
	const char *old = image_store_add(&store, "web:1", "base old", "");
	CHECK(old && image_store_add(&store, "web:1", "base new", ""));
	const char *line = arena_printf(test->arena, "%s\n", old);
	CHECK_RUN("image prune --dry-run", 0, line, "would remove 1 image and 1 layer, 4.0 KiB\n");
	CHECK_RUN(
		"image prune", 2, "",
		"Error: remove 1 image and 1 layer, 4.0 KiB? nobody can be asked; use --force (see "
		"'sdme image prune --help')\n");
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 4, layers 3");
	CHECK_RUN("image prune --force", 0, line, "removed 1 image and 1 layer, 4.0 KiB\n");
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 2, layers 2");
	CHECK_RUN("image prune -f", 0, "", "nothing to prune\n");
	const RunResult all = run_line(test, "image prune --all -f");
	CHECK(text_starts_with(all.output, "docker.io/library/web:1\nsha256:"));
	CHECK_TEXT(all.messages, "removed 1 image and 2 layers, 8.0 KiB\n");
	CHECK_TEXT(image_store_count(&store), "refs 0, blobs 0, layers 0");
}
