#include "store/image/layer_archive.h"

#include "pkg/sys/stream/digest.h"
#include "store/image/layer.h"
#include "tests/unit/image_store.h"

#include <unistd.h>

static const char *read_digest(ImageStore *store, const char *diff_id)
{
	Test *test = store->test;
	CLEANUP_LAYER_ARCHIVE archive = NULL;
	CLEANUP_DIGEST_SOURCE digest = { 0 };
	if (!layer_archive_open(&store->host, diff_id, &archive, &test->error))
		return test->error.message;
	digest_source_init(&digest, layer_archive_source(archive));
	return source_drain(&digest.source, &test->error) ? arena_strdup(test->arena, digest.text)
							  : test->error.message;
}

TEST(layer_archive_is_what_was_unpacked)
{
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(&store, "web", "a b", "");
	CHECK(id);
	const Image *image = image_store_get(&store, id);
	for (size_t i = 0; i < image->layers.count; i++)
		CHECK_TEXT(read_digest(&store, image->layers.items[i]), image->layers.items[i]);
}

TEST(layer_archive_of_a_layer_without_a_frame)
{
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(&store, "web", "a", "");
	CHECK(id);
	const char *layer = image_store_get(&store, id)->layers.items[0];
	CHECK(unlink(arena_printf(test->arena, "%s/images/layers/sha256/%s/frame",
				  store.host.data_dir, digest_hex(layer))) == 0);
	CHECK_TEXT(read_digest(&store, layer),
		   "an older sdme stored it without what its archive needs; pull the image again");
	CHECK(test->error.code == ERROR_UNSUPPORTED);
	error_clear(&test->error);
	CHECK(layer_remove(&store.host, layer, &test->error));
	read_digest(&store, layer);
	CHECK(test->error.code == ERROR_NOT_FOUND);
}
