#include "pkg/base/path.h"
#include "tests/unit/image_store.h"
#include "tests/unit/layout.h"
#include "tests/unit/run_line.h"
#include "tests/unit/tar.h"

static void make_layout(Test *test)
{
	CLEANUP_LAYOUT layout = { .test = test,
				  .directory =
					  path_join(test->arena, test_directory(test), "layout") };
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, TAR_FILE("a", "b"));
	layout_add_layer(&layout, &tar);
	layout_add_image(&layout, "one", "");
	layout_finish(&layout);
}

TEST(image_pull_prints_references)
{
	if (geteuid() != 0)
		SKIP("needs root");
	make_layout(test);
	const char *reference =
		arena_printf(test->arena, "oci:%s/layout:one\n", test_directory(test));
	CHECK_RUN("-q image pull oci:@/layout:one", 0, reference, "");
	CHECK_RUN("-q image pull --policy never oci:@/layout:one", 0, reference, "");
	CHECK_RUN("-q image pull --policy never busybox oci:@/layout:one", 1, reference,
		  "error: Container image \"busybox\" is not present with pull policy of Never\n"
		  "Error: some images could not be pulled\n");
	CHECK_RUN(
		"-q image pull --policy sometimes busybox", 2, "",
		"Error: --policy: 'sometimes' is not one of always, missing, never (see 'sdme image "
		"pull --help')\n");
}

TEST(image_pull_for_another_platform)
{
	if (geteuid() != 0)
		SKIP("needs root");
	make_layout(test);
	const RunResult result =
		run_line(test, "-q image pull --platform linux/s390x oci:@/layout:one");
	CHECK(result.exit_status == 1 && strstr(result.messages, "linux/s390x"));
	CHECK(run_line(test, "image pull --platform plan9 x").exit_status == 1);
}
