#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/image.h"
#include "store/image/layer.h"
#include "store/state/layout.h"
#include "tests/unit/layout.h"
#include "tests/unit/tar.h"

#include <fcntl.h>
#include <sys/stat.h>

#define EMPTY "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

typedef struct Fixture {
	Host host;
	LayoutMaker layout;
	const char *name; // of the layout
} Fixture;

static void fixture_clear(Fixture *fixture)
{
	layout_clear(&fixture->layout);
}
#define FIXTURE CLEANUP(fixture_clear) Fixture

static bool prepare(Test *test, Fixture *ret)
{
	const char *directory = test_directory(test);
	ret->host = (Host){ .data_dir = path_join(test->arena, directory, "data"),
			    .config_dir = path_join(test->arena, directory, "etc") };
	ret->layout = (LayoutMaker){ .test = test,
				     .directory = path_join(test->arena, directory, "layout") };
	ret->name = arena_printf(test->arena, "oci:%s", ret->layout.directory);
	return layout_prepare(&ret->host, &test->error);
}

static void add_layer(Fixture *fixture, TarEntry entry)
{
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, entry);
	layout_add_layer(&fixture->layout, &tar);
}

static bool pull(Test *test, const Fixture *fixture, const char *name, ImagePull policy, Image *ret)
{
	const PullOptions options = { .policy = policy };
	return image_pull(&fixture->host, name, &options, test->arena, ret, &test->error);
}

static bool remove_layout(Test *test, const Fixture *fixture)
{
	return file_tree_remove_path(AT_FDCWD, fixture->layout.directory, &test->error);
}

TEST(image_is_pulled_once_and_needs_no_source_afterwards)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	add_layer(&fixture, TAR_FILE("a", "lower"));
	add_layer(&fixture, TAR_FILE("b", "upper"));
	layout_add_image(&fixture.layout, "v1", "\"Cmd\":[\"/a\"],\"User\":\"7\"");
	const char *manifest_digest = fixture.layout.last_digest;
	layout_finish(&fixture.layout);

	Image image;
	const Image *found = NULL;
	const char *name = arena_printf(test->arena, "%s:v1", fixture.name);
	CHECK(image_find(&fixture.host, name, NULL, test->arena, &found, &test->error) && !found);
	CHECK(pull(test, &fixture, name, IMAGE_PULL_ALWAYS, &image));
	CHECK_TEXT(image.reference, name);
	CHECK_TEXT(image.manifest_digest, manifest_digest);
	CHECK_TEXT(image.repository_digest, image.config_digest);
	CHECK_TEXT(image.config.user, "7");
	CHECK(image.layers.count == 2 && image.size_bytes == 10 && image.pulled_s > 0);
	CHECK_TEXT(image.layers.items[0], image.config.diff_ids.items[1]);
	CHECK_TEXT(image.layer_directories.items[1],
		   layer_path(&fixture.host, image.config.diff_ids.items[0], test->arena));

	const char *digest = NULL;
	CHECK(image_find_digest(&fixture.host, name, NULL, test->arena, &digest, &test->error));
	CHECK_TEXT(digest, image.repository_digest);
	CHECK(image_find_digest(&fixture.host, "elsewhere:1", NULL, test->arena, &digest,
				&test->error));
	CHECK(!digest);

	CHECK(remove_layout(test, &fixture));
	CHECK(pull(test, &fixture, name, IMAGE_PULL_IF_NOT_PRESENT, &image));
	CHECK(pull(test, &fixture, name, IMAGE_PULL_NEVER, &image));
	CHECK(!pull(test, &fixture, name, IMAGE_PULL_ALWAYS, &image));
	CHECK(test->error.code == ERROR_NOT_FOUND);
	error_clear(&test->error);
	CHECK(image_find(&fixture.host, image.config_digest, NULL, test->arena, &found,
			 &test->error));
	CHECK(found);
	CHECK_TEXT(found->reference, name);
}

TEST(image_that_is_not_here_is_told_in_the_words_of_kubernetes)
{
	FIXTURE fixture = { 0 };
	Image image;
	CHECK(prepare(test, &fixture));
	CHECK_ERROR(pull(test, &fixture, "busybox", IMAGE_PULL_NEVER, &image),
		    "Container image \"busybox\" is not present with pull policy of Never");
	CHECK_ERROR(pull(test, &fixture, "Busybox", IMAGE_PULL_NEVER, &image),
		    "image reference 'Busybox': the repository name must be lower case");
}

TEST(image_always_sees_what_the_name_means_now)
{
	FIXTURE fixture = { 0 };
	Image first, second;
	CHECK(prepare(test, &fixture));
	add_layer(&fixture, TAR_FILE("a", "1"));
	layout_add_image(&fixture.layout, "x", "\"User\":\"1\"");
	layout_finish(&fixture.layout);
	CHECK(pull(test, &fixture, fixture.name, IMAGE_PULL_ALWAYS, &first));

	buffer_clear(&fixture.layout.manifests);
	add_layer(&fixture, TAR_FILE("a", "2"));
	layout_add_image(&fixture.layout, "x", "\"User\":\"2\"");
	layout_finish(&fixture.layout);
	CHECK(pull(test, &fixture, fixture.name, IMAGE_PULL_IF_NOT_PRESENT, &second));
	CHECK_TEXT(second.config.user, "1");
	CHECK(pull(test, &fixture, fixture.name, IMAGE_PULL_ALWAYS, &second));
	CHECK_TEXT(second.config.user, "2");

	Images list = { 0 };
	CHECK(image_list(&fixture.host, test->arena, &list, &test->error) && list.count == 1);
	CHECK_TEXT(list.items[0].config.user, "2");
}

TEST(image_layers_come_once_and_end_at_an_opaque_root)
{
	FIXTURE fixture = { 0 };
	Image image;
	CHECK(prepare(test, &fixture));
	add_layer(&fixture, TAR_FILE("hidden", "x"));
	add_layer(&fixture, TAR_FILE(".wh..wh..opq", ""));
	add_layer(&fixture, TAR_FILE("twice", "x"));
	add_layer(&fixture, TAR_FILE("between", "x"));
	add_layer(&fixture, TAR_FILE("twice", "x"));
	layout_add_image(&fixture.layout, "x", "");
	layout_finish(&fixture.layout);
	CHECK(pull(test, &fixture, fixture.name, IMAGE_PULL_ALWAYS, &image));
	CHECK(image.config.diff_ids.count == 5 && image.layers.count == 3);
	CHECK_TEXT(image.layers.items[0], image.config.diff_ids.items[4]);
	CHECK_TEXT(image.layers.items[1], image.config.diff_ids.items[3]);
	CHECK_TEXT(image.layers.items[2], image.config.diff_ids.items[1]);
}

TEST(image_with_a_false_layer_is_not_kept)
{
	FIXTURE fixture = { 0 };
	Image image;
	CHECK(prepare(test, &fixture));
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, TAR_FILE("a", "x"));
	tar_finish(&tar);
	layout_add_false_layer(&fixture.layout, &tar, EMPTY);
	layout_add_image(&fixture.layout, "x", "");
	layout_finish(&fixture.layout);
	CHECK(!pull(test, &fixture, fixture.name, IMAGE_PULL_ALWAYS, &image));
	CHECK(test->error.code == ERROR_INVALID);
	CHECK(strstr(test->error.message, "not the diff_id " EMPTY));
	error_clear(&test->error);

	Texts layers = { 0 };
	Images list = { 0 };
	CHECK(layer_list(&fixture.host, test->arena, &layers, &test->error) && layers.count == 0);
	CHECK(image_list(&fixture.host, test->arena, &list, &test->error) && list.count == 0);
}

TEST(image_blob_with_other_bytes_is_refused)
{
	FIXTURE fixture = { 0 };
	Image image;
	CHECK(prepare(test, &fixture));
	layout_add_image(&fixture.layout, "x", "");
	layout_finish(&fixture.layout);
	const char *digest = fixture.layout.last_digest;
	const char *path = arena_printf(test->arena, "%s/blobs/sha256/%s", fixture.layout.directory,
					digest_hex(digest));
	CHECK(file_replace_volatile(AT_FDCWD, path, "{}", 2, 0644, &test->error));
	CHECK(!pull(test, &fixture, fixture.name, IMAGE_PULL_ALWAYS, &image));
	CHECK_TEXT(test->error.message,
		   arena_printf(test->arena, "pull '%s': blob %s: its bytes have another digest",
				fixture.name, digest));
	error_clear(&test->error);
}

TEST(image_that_lost_a_part_is_pulled_again)
{
	FIXTURE fixture = { 0 };
	Image image;
	CHECK(prepare(test, &fixture));
	add_layer(&fixture, TAR_FILE("a", "x"));
	layout_add_image(&fixture.layout, "x", "");
	layout_finish(&fixture.layout);
	CHECK(pull(test, &fixture, fixture.name, IMAGE_PULL_IF_NOT_PRESENT, &image));
	CHECK(layer_remove(&fixture.host, image.layers.items[0], &test->error));
	CHECK(!pull(test, &fixture, fixture.name, IMAGE_PULL_NEVER, &image));
	error_clear(&test->error);
	CHECK(pull(test, &fixture, fixture.name, IMAGE_PULL_IF_NOT_PRESENT, &image));

	const char *blob = layout_path_of(
		&fixture.host, LAYOUT_IMAGES,
		arena_printf(test->arena, "blobs/sha256/%s", digest_hex(image.config_digest)),
		test->arena);
	CHECK(file_replace_volatile(AT_FDCWD, blob, "{}", 2, 0600, &test->error));
	CHECK(!pull(test, &fixture, fixture.name, IMAGE_PULL_NEVER, &image));
	error_clear(&test->error);
	CHECK(pull(test, &fixture, fixture.name, IMAGE_PULL_IF_NOT_PRESENT, &image));
	CHECK(pull(test, &fixture, fixture.name, IMAGE_PULL_NEVER, &image));
}

TEST(image_for_another_platform_is_refused)
{
	FIXTURE fixture = { 0 };
	Image image;
	CHECK(prepare(test, &fixture));
	fixture.layout.architecture = "vax";
	layout_add_image(&fixture.layout, "x", "");
	layout_finish(&fixture.layout);
	const Platform host = platform_of_host(test->arena);
	CHECK_ERROR(pull(test, &fixture, fixture.name, IMAGE_PULL_ALWAYS, &image),
		    arena_printf(test->arena, "pull '%s': the image is for linux/vax, this is %s",
				 fixture.name, platform_print(&host, test->arena)));
}

TEST(image_layouts_ask_for_a_tag_when_there_are_several)
{
	FIXTURE fixture = { 0 };
	Image image;
	CHECK(prepare(test, &fixture));
	layout_add_image(&fixture.layout, "one", "");
	layout_add_image(&fixture.layout, "two", "\"User\":\"2\"");
	layout_finish(&fixture.layout);
	CHECK_ERROR(pull(test, &fixture, fixture.name, IMAGE_PULL_ALWAYS, &image),
		    arena_printf(test->arena,
				 "pull '%s': there is more than one image; add one of the tags: "
				 "one, two",
				 fixture.name));
	CHECK(pull(test, &fixture, arena_printf(test->arena, "%s:two", fixture.name),
		   IMAGE_PULL_ALWAYS, &image));
	CHECK_TEXT(image.config.user, "2");
	CHECK_ERROR(pull(test, &fixture, arena_printf(test->arena, "%s:no", fixture.name),
			 IMAGE_PULL_ALWAYS, &image),
		    arena_printf(test->arena, "pull '%s:no': there is no image with the tag 'no'",
				 fixture.name));
}

TEST(image_downloads_are_bounded)
{
	FIXTURE fixture = { 0 };
	Image image;
	CHECK(prepare(test, &fixture));
	add_layer(&fixture, TAR_FILE("a", "x"));
	layout_add_image(&fixture.layout, "x", "");
	layout_finish(&fixture.layout);
	const PullOptions options = { .download_bytes_max = 1000 };
	CHECK_ERROR(image_pull(&fixture.host, fixture.name, &options, test->arena, &image,
			       &test->error),
		    arena_printf(test->arena,
				 "pull '%s': the layers have more than the 1000 bytes allowed "
				 "(max_download_size)",
				 fixture.name));
}

TEST(image_store_of_a_newer_sdme_is_left_alone)
{
	FIXTURE fixture = { 0 };
	Images list = { 0 };
	CHECK(prepare(test, &fixture));
	const char *format = layout_path_of(&fixture.host, LAYOUT_IMAGES, "format", test->arena);
	CHECK(file_replace_volatile(AT_FDCWD, format, "2\n", 2, 0600, &test->error));
	CHECK_ERROR(image_list(&fixture.host, test->arena, &list, &test->error),
		    "open the images: the images were stored by a newer sdme; use that, or remove "
		    "them");
}
