#include "store/image/import.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/image/export.h"
#include "store/state/layout.h"
#include "tests/unit/image_store.h"
#include "tests/unit/layout.h"
#include "tests/unit/tar.h"

#include <fcntl.h>

static const char *in(Test *test, const char *name)
{
	return path_join(test->arena, test_directory(test), name);
}

// A layout with the tags; image N has a file with the content N.
static void make_layout(Test *test, const char *name, const char *const *tags, size_t count)
{
	CLEANUP_LAYOUT layout = { .test = test, .directory = in(test, name) };
	for (size_t i = 0; i < count; i++) {
		CLEANUP_BUFFER tar = { 0 };
		tar_add(&tar, TAR_FILE("a", arena_printf(test->arena, "%zu", i)));
		layout_add_layer(&layout, &tar);
		layout_add_image(&layout, tags[i], "");
	}
	layout_finish(&layout);
}

// The names that came, or the error.
static const char *take(ImageStore *store, const char *source, const char *name,
			bool must_have_name)
{
	Test *test = store->test;
	const PullOptions pull = { .policy = IMAGE_PULL_NEVER };
	const ImageImport import = {
		.source = source, .name = name, .must_have_name = must_have_name, .pull = &pull
	};
	Texts names = { 0 };
	if (image_import(&store->host, &import, test->arena, &names, &test->error))
		return texts_join(&names, " ", test->arena);
	const char *message = arena_strdup(test->arena, test->error.message);
	error_clear(&test->error);
	return message;
}

// All references of the store.
static const char *names_of(ImageStore *store)
{
	Test *test = store->test;
	Images images = { 0 };
	Texts names = { 0 };
	if (!image_list(&store->host, test->arena, &images, &test->error))
		return test->error.message;
	for (size_t i = 0; i < images.count; i++)
		texts_add(test->arena, &names, images.items[i].reference);
	return texts_join(&names, " ", test->arena);
}

TEST(image_import_keeps_saved_names)
{
	static const char *const tags[] = { "quay.io/org/web:1", "docker.io/library/app:2" };
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	make_layout(test, "both", tags, 2);
	CHECK_TEXT(take(&store, in(test, "both"), NULL, true),
		   "quay.io/org/web:1 docker.io/library/app:2");
	CHECK_TEXT(names_of(&store), "docker.io/library/app:2 quay.io/org/web:1");
	CHECK_TEXT(image_store_count(&store), "refs 2, blobs 4, layers 2");
}

TEST(image_import_under_another_name)
{
	static const char *const tags[] = { "one", "two" };
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	make_layout(test, "one", tags, 1);
	make_layout(test, "both", tags, 2);
	const char *both = arena_printf(test->arena, "oci:%s", in(test, "both"));
	CHECK_TEXT(take(&store, in(test, "one"), "mine", false), "docker.io/library/mine:latest");
	CHECK_TEXT(names_of(&store), "docker.io/library/mine:latest");
	CHECK_TEXT(take(&store, both, "mine", false),
		   arena_printf(
			   test->arena,
			   "it holds several images, for one NAME: choose one as %s:…, of one, two",
			   both));
	CHECK_TEXT(take(&store, arena_printf(test->arena, "%s:two", both), "localhost/x:y", false),
		   "localhost/x:y");
	CHECK_TEXT(names_of(&store), "docker.io/library/mine:latest localhost/x:y");
}

TEST(image_import_without_a_name)
{
	static const char *const tags[] = { "" };
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	make_layout(test, "one", tags, 1);
	const char *place = arena_printf(test->arena, "oci:%s", in(test, "one"));
	CHECK_TEXT(take(&store, in(test, "one"), NULL, true),
		   "it does not say what its image is called: give a NAME");
	CHECK_TEXT(take(&store, in(test, "one"), NULL, false), place);
	// Was that a name before, it stays one.
	CHECK_TEXT(take(&store, place, "mine", false), "docker.io/library/mine:latest");
	CHECK_TEXT(names_of(&store),
		   arena_printf(test->arena, "docker.io/library/mine:latest %s", place));
}

TEST(image_import_tells_files_by_their_content)
{
	static const ImageExportFormat formats[] = { IMAGE_EXPORT_OCI_ARCHIVE, IMAGE_EXPORT_OCI,
						     IMAGE_EXPORT_DOCKER_ARCHIVE };
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(&store, "quay.io/org/web:1", "a b", "\"User\":\"7\"");
	CHECK(id);
	for (size_t i = 0; i < COUNT(formats); i++) {
		ImageInventory inventory = { 0 };
		ImageStore other = { .test = test, .host = store.host };
		const char *path = in(test, arena_printf(test->arena, "a:strange name%zu", i));
		CHECK(image_store_load(&store, &(ImageUses){ 0 }, &inventory));
		const ImageExport export = { .image = &inventory.images.items[0],
					     .reference = "quay.io/org/web:1",
					     .format = formats[i] };
		CHECK(image_export(&store.host, &export, path, false, &test->error));
		other.host.data_dir = in(test, arena_printf(test->arena, "other%zu", i));
		CHECK(layout_prepare(&other.host, &test->error));
		CHECK_TEXT(take(&other, path, NULL, true), "quay.io/org/web:1");
		const Image *image = image_store_get(&other, id);
		CHECK(image);
		CHECK_TEXT(image->reference, "quay.io/org/web:1");
		CHECK_TEXT(names_of(&other), "quay.io/org/web:1");
	}
}

TEST(image_import_of_what_holds_none)
{
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	const char *missing = in(test, "missing");
	CHECK_TEXT(
		take(&store, missing, NULL, false),
		arena_printf(test->arena,
			     "'%s': there is no such file; images of registries are pulled ('sdme "
			     "image pull')",
			     missing));
	const char *empty = in(test, "empty");
	CHECK(file_make_directories(AT_FDCWD, empty, 0755, &test->error));
	CHECK_TEXT(take(&store, empty, NULL, false),
		   arena_printf(
			   test->arena,
			   "'%s': it holds no images: neither 'manifest.json' nor 'oci-layout' is "
			   "in it",
			   empty));
	CHECK_TEXT(image_store_count(&store), "refs 0, blobs 0, layers 999");
}
