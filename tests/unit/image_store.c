#include "tests/unit/image_store.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/image/record.h"
#include "store/image/tag.h"
#include "store/state/layout.h"
#include "tests/unit/layout.h"
#include "tests/unit/tar.h"

bool image_store_prepare(Test *test, ImageStore *ret)
{
	const char *directory = test_directory(test);
	*ret = (ImageStore){ .test = test,
			     .host = { .data_dir = path_join(test->arena, directory, "data"),
				       .run_dir = path_join(test->arena, directory, "run"),
				       .config_dir = path_join(test->arena, directory, "etc") } };
	return layout_prepare(&ret->host, &test->error);
}

static void add_layers(LayoutMaker *layout, const char *layers)
{
	while (*layers) {
		const size_t length = strcspn(layers, " ");
		const char *word = arena_strndup(layout->test->arena, layers, length);
		CLEANUP_BUFFER tar = { 0 };
		tar_add(&tar, TAR_FILE(word, word));
		layout_add_layer(layout, &tar);
		layers += length + (layers[length] ? 1 : 0);
	}
}

// The image gets its name, and loses that of the layout it came from.
static bool rename_image(ImageStore *store, const Image *image, const char *name)
{
	Test *test = store->test;
	CLEANUP_FD images = -1;
	ImageInventory inventory = { 0 };
	const StoredImage *stored = NULL;
	const char *reference = NULL;
	return image_inventory_load(&store->host, &(ImageUses){ 0 }, test->arena, &inventory,
				    &test->error) &&
	       image_inventory_find(&inventory, image->config_digest, NULL, test->arena, &stored,
				    &reference, &test->error) &&
	       image_tag(&store->host, stored, name, NULL, test->arena, &reference, &test->error) &&
	       image_record_open(&store->host, &images, &test->error) &&
	       image_record_remove(images, image->reference, &test->error);
}

const char *image_store_add(ImageStore *store, const char *name, const char *layers,
			    const char *config)
{
	Test *test = store->test;
	CLEANUP_LAYOUT layout = { .test = test,
				  .directory = arena_printf(test->arena, "%s/layout%u",
							    test_directory(test),
							    store->layout_count++) };
	Image image = { 0 };
	const PullOptions options = { .policy = IMAGE_PULL_ALWAYS };
	add_layers(&layout, layers);
	layout_add_image(&layout, "x", config);
	layout_finish(&layout);
	if (!image_pull(&store->host, arena_printf(test->arena, "oci:%s", layout.directory),
			&options, test->arena, &image, &test->error) ||
	    !rename_image(store, &image, name))
		return NULL;
	return image.config_digest;
}

const Image *image_store_get(ImageStore *store, const char *id)
{
	const Image *image = NULL;
	Test *test = store->test;
	return image_find(&store->host, id, NULL, test->arena, &image, &test->error) ? image : NULL;
}

bool image_store_load(ImageStore *store, const ImageUses *uses, ImageInventory *ret)
{
	return image_inventory_load(&store->host, uses, store->test->arena, ret,
				    &store->test->error);
}

void image_store_use(ImageStore *store, ImageUses *uses, const char *user, const char *id)
{
	const Image *image = image_store_get(store, id);
	if (image)
		*image_uses_push(store->test->arena, uses) =
			(ImageUse){ user, image->repository_digest, image->layers };
}

static size_t count(ImageStore *store, const char *directory)
{
	Texts names = { 0 };
	CLEANUP_FD images = -1;
	return layout_open(&store->host, LAYOUT_IMAGES, &images, &store->test->error) &&
			       file_list(images, directory, store->test->arena, &names,
					 &store->test->error)
		       ? names.count
		       : 999;
}

const char *image_store_count(ImageStore *store)
{
	return arena_printf(store->test->arena, "refs %zu, blobs %zu, layers %zu",
			    count(store, "refs"), count(store, "blobs/sha256"),
			    count(store, "layers/sha256"));
}
