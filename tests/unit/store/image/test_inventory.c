#include "store/image/inventory.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/export.h"
#include "store/image/layer.h"
#include "tests/unit/image_store.h"

#include <fcntl.h>

// What a small file takes on a disk.
#define BLOCK 4096

static const StoredImage *find(Test *test, const ImageInventory *inventory, const char *name)
{
	const StoredImage *image = NULL;
	const char *reference = NULL;
	return image_inventory_find(inventory, name, NULL, test->arena, &image, &reference,
				    &test->error)
		       ? image
		       : NULL;
}

TEST(inventory_knows_what_is_shared)
{
	ImageStore store;
	ImageInventory inventory = { 0 };
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_load(&store, &(ImageUses){ 0 }, &inventory));
	CHECK(inventory.images.count == 0);
	CHECK(image_store_add(&store, "one:1", "shared first", ""));
	CHECK(image_store_add(&store, "quay.io/two:2", "shared seconds", ""));
	CHECK(image_store_load(&store, &(ImageUses){ 0 }, &inventory));
	CHECK(inventory.images.count == 2 && inventory.layers.count == 3 &&
	      inventory.blobs.count == 4);
	const StoredImage *one = &inventory.images.items[0];
	const StoredImage *two = &inventory.images.items[1];
	CHECK_TEXT(one->references.items[0], "docker.io/library/one:1");
	CHECK_TEXT(two->references.items[0], "quay.io/two:2");
	CHECK(one->is_complete && one->size_bytes == 2 * BLOCK && one->own_bytes == BLOCK);
	CHECK(two->size_bytes == 2 * BLOCK && two->own_bytes == BLOCK);
	CHECK(one->users.count == 0 && one->layers.count == 2);
	CHECK_TEXT(one->layers.items[0], two->layers.items[0]);
	CHECK_TEXT(one->repository_digests.items[0],
		   arena_printf(test->arena, "docker.io/library/one@%s", one->manifest_digest));
}

TEST(inventory_has_one_image_for_all_its_names)
{
	ImageStore store;
	ImageInventory inventory = { 0 };
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "web:1", "a", ""));
	CHECK(image_store_add(&store, "app:1", "a", ""));
	CHECK(image_store_load(&store, &(ImageUses){ 0 }, &inventory));
	CHECK(inventory.images.count == 1 && inventory.images.items[0].own_bytes == BLOCK);
	CHECK_TEXT(texts_join(&inventory.images.items[0].references, " ", test->arena),
		   "docker.io/library/app:1 docker.io/library/web:1");
}

TEST(inventory_has_one_image_for_all_its_compressions)
{
	ImageStore store;
	ImageInventory inventory = { 0 };
	const PullOptions options = { .policy = IMAGE_PULL_ALWAYS };
	const char *path = path_join(test->arena, test_directory(test), "out");
	Image image = { 0 };
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "web:1", "aaa", ""));
	CHECK(image_store_load(&store, &(ImageUses){ 0 }, &inventory));
	const ImageExport export = { .image = &inventory.images.items[0],
				     .compression = COMPRESSION_GZIP };
	CHECK(image_export(&store.host, &export, path, false, &test->error));
	CHECK(image_pull(&store.host, arena_printf(test->arena, "oci-archive:%s", path), &options,
			 test->arena, &image, &test->error));
	CHECK(image_store_load(&store, &(ImageUses){ 0 }, &inventory));
	CHECK(inventory.images.count == 2);
	CHECK(inventory.images.items[0].own_bytes == BLOCK &&
	      inventory.images.items[1].own_bytes == BLOCK);
	CHECK(find(test, &inventory, image.config_digest));
}

TEST(inventory_has_what_a_tag_left_behind)
{
	ImageStore store;
	ImageInventory inventory = { 0 };
	CHECK(image_store_prepare(test, &store));
	const char *old = image_store_add(&store, "web:1", "a", "");
	CHECK(old && image_store_add(&store, "web:1", "a b", ""));
	CHECK(image_store_load(&store, &(ImageUses){ 0 }, &inventory));
	CHECK(inventory.images.count == 2);
	CHECK(inventory.images.items[0].references.count == 1);
	CHECK(inventory.images.items[1].references.count == 0);
	CHECK_TEXT(inventory.images.items[1].config_digest, old);
	CHECK(inventory.images.items[1].is_complete && inventory.images.items[1].own_bytes == 0);
}

TEST(inventory_tells_images_of_equal_layers_apart)
{
	ImageStore store;
	ImageInventory inventory = { 0 };
	ImageUses uses = { 0 };
	CHECK(image_store_prepare(test, &store));
	const char *web = image_store_add(&store, "web:1", "a b", "\"User\":\"1\"");
	const char *app = image_store_add(&store, "app:1", "a b", "\"User\":\"2\"");
	CHECK(web && app);
	image_store_use(&store, &uses, "pod-of-web", web);
	image_store_use(&store, &uses, "another", web);
	image_store_use(&store, &uses, "another", web); // its previous generation
	CHECK(image_store_load(&store, &uses, &inventory));
	CHECK_TEXT(inventory.images.items[0].config_digest, app);
	CHECK(inventory.images.items[0].users.count == 0);
	CHECK_TEXT(texts_join(&inventory.images.items[1].users, " ", test->arena),
		   "another pod-of-web");

	// Under an id that is not known any more both count: one of them it is.
	uses.items[0].image_id = "docker.io/library/web@sha256:0";
	CHECK(image_store_load(&store, &uses, &inventory));
	CHECK_TEXT(texts_join(&inventory.images.items[0].users, " ", test->arena), "pod-of-web");
}

TEST(inventory_finds_by_name_id_and_digest)
{
	ImageStore store;
	ImageInventory inventory = { 0 };
	CHECK(image_store_prepare(test, &store));
	const char *web = image_store_add(&store, "web", "a", "");
	CHECK(web && image_store_add(&store, "app:1", "b", ""));
	CHECK(image_store_load(&store, &(ImageUses){ 0 }, &inventory));
	const StoredImage *wanted = &inventory.images.items[1];
	const char *names[] = {
		"web",
		"docker.io/library/web:latest",
		"docker://web",
		web,
		digest_hex(web),
		arena_strndup(test->arena, digest_hex(web), 4),
		arena_strndup(test->arena, web, 7 + 12),
		wanted->manifest_digest,
		arena_printf(test->arena, "web@%s", wanted->manifest_digest),
	};
	for (size_t i = 0; i < COUNT(names); i++)
		CHECK(find(test, &inventory, names[i]) == wanted);
	CHECK_TEXT(stored_image_name(wanted, test->arena), "docker.io/library/web:latest");
	CHECK_TEXT(stored_image_short_id(wanted, test->arena),
		   arena_strndup(test->arena, digest_hex(web), 12));

	CHECK_ERROR(find(test, &inventory, "db:2"), "no image 'db:2'");
	CHECK_ERROR(find(test, &inventory, "web:2"),
		    "no image 'web:2', but docker.io/library/web:latest");
	CHECK_ERROR(find(test, &inventory, "quay.io/shop/web"),
		    "no image 'quay.io/shop/web', but docker.io/library/web:latest");
	CHECK(!find(test, &inventory, "x\x1b[1m") && test->error.code == ERROR_INVALID);
	error_clear(&test->error);
	CHECK_ERROR(find(test, &inventory, arena_strndup(test->arena, digest_hex(web), 3)),
		    arena_printf(test->arena, "no image '%.3s'", digest_hex(web)));
}

TEST(inventory_names_ids_that_are_ambiguous)
{
	StoredImage images[] = { { .manifest_digest = "sha256:1", .config_digest = "sha256:abcd1" },
				 { .manifest_digest = "sha256:2",
				   .config_digest = "sha256:abcd2" } };
	const Host host = { .config_dir = test_directory(test) };
	const ImageInventory inventory = { .host = &host,
					   .images = { images, COUNT(images), COUNT(images) } };
	CHECK_ERROR(find(test, &inventory, "abcd"),
		    "'abcd' is ambiguous: it could be sha256:abcd1, sha256:abcd2");
	CHECK(find(test, &inventory, "abcd2") == &images[1]);
}

TEST(inventory_shows_what_is_damaged)
{
	ImageStore store;
	ImageInventory inventory = { 0 };
	CHECK(image_store_prepare(test, &store));
	const char *web = image_store_add(&store, "web", "a b", "");
	const char *app = image_store_add(&store, "app", "c", "");
	CHECK(web && app);
	CHECK(layer_remove(&store.host, image_store_get(&store, web)->layers.items[0],
			   &test->error));
	const char *config = arena_printf(test->arena, "%s/images/blobs/sha256/%s",
					  store.host.data_dir, digest_hex(app));
	CHECK(file_replace(AT_FDCWD, config, "{}", 2, 0600, &test->error));
	CHECK(image_store_load(&store, &(ImageUses){ 0 }, &inventory));
	CHECK(inventory.images.count == 2);
	CHECK(!inventory.images.items[0].is_complete);
	CHECK(!inventory.images.items[1].is_complete &&
	      inventory.images.items[1].size_bytes == BLOCK);
	CHECK(find(test, &inventory, "web") && find(test, &inventory, "app"));
}
