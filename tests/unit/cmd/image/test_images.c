#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "tests/unit/image_store.h"
#include "tests/unit/run_line.h"

#include <fcntl.h>

#define NEEDS_ROOT                                                                                 \
	do {                                                                                       \
		if (geteuid() != 0)                                                                \
			SKIP("needs root");                                                        \
	} while (0)

// Machine "bad" with a plan that nobody can read.
static bool damage_machine(Test *test)
{
	const char *path = path_join(test->arena, test_directory(test),
				     "data/containers/bad/generations/1/plan.json");
	return file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0700,
				     &test->error) &&
	       file_replace(AT_FDCWD, path, "7", 1, 0600, &test->error);
}

TEST(images_of_a_damaged_machine_are_not_known)
{
	NEEDS_ROOT;
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "web:1", "a", ""));
	CHECK(damage_machine(test));
	const RunResult list = run_line(test, "image ls");
	CHECK(list.exit_status == 0 && strstr(list.output, "docker.io/library/web"));
	CHECK_TEXT(list.messages, "Warning: which images these use is not known, their plans are "
				  "damaged: bad\n");
	CHECK_RUN(
		"-q image rm web:1", 1, "",
		"error: web:1: which images these use is not known, their plans are damaged: bad; "
		"remove them first ('sdme rm')\n"
		"Error: some images could not be removed\n");
	CHECK_RUN(
		"image prune -f", 1, "",
		"Error: which images these use is not known, their plans are damaged: bad; remove "
		"them first ('sdme rm')\n");
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 2, layers 1");
}

TEST(image_names_are_offered_to_shells)
{
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	CHECK_RUN("__complete images", 0, "", "");
	CHECK(image_store_add(&store, "web:1", "a", "") &&
	      image_store_add(&store, "quay.io/org/app", "b", ""));
	CHECK_RUN("__complete images", 0,
		  "web:1\ndocker.io/library/web:1\nquay.io/org/app:latest\n", "");
}
