#include "store/image/tag.h"

#include "tests/unit/image_store.h"

static bool tag(ImageStore *store, const char *source, const char *name, const char **ret)
{
	Test *test = store->test;
	ImageInventory inventory = { 0 };
	const StoredImage *image = NULL;
	const char *reference = NULL;
	return image_store_load(store, &(ImageUses){ 0 }, &inventory) &&
	       image_inventory_find(&inventory, source, NULL, test->arena, &image, &reference,
				    &test->error) &&
	       image_tag(&store->host, image, name, "quay.io", test->arena, ret, &test->error);
}

TEST(image_tag_is_one_more_name)
{
	ImageStore store;
	const Image *image = NULL;
	const char *reference = NULL;
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(&store, "web:1", "a", "");
	CHECK(id && tag(&store, "web:1", "org/web:stable", &reference));
	CHECK_TEXT(reference, "quay.io/org/web:stable");
	CHECK(image_find(&store.host, "quay.io/org/web:stable", NULL, test->arena, &image,
			 &test->error));
	CHECK(image);
	CHECK_TEXT(image->config_digest, id);
	CHECK_TEXT(image->repository_digest,
		   arena_printf(test->arena, "quay.io/org/web@%s", image->manifest_digest));
	CHECK(image_find(&store.host, "web:1", NULL, test->arena, &image, &test->error) && image);
}

TEST(image_tag_of_what_has_lost_its_name)
{
	ImageStore store;
	const char *reference = NULL;
	CHECK(image_store_prepare(test, &store));
	const char *old = image_store_add(&store, "web:1", "a", "");
	CHECK(old && image_store_add(&store, "web:1", "b", ""));
	CHECK(tag(&store, old, "docker.io/web:old", &reference));
	const Image *image = image_store_get(&store, old);
	CHECK(image && image->pulled_s > 0);
	CHECK_TEXT(image->reference, "docker.io/library/web:old");
}

TEST(image_tag_is_a_name_as_of_a_registry)
{
	ImageStore store;
	const char *reference = NULL;
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "web", "a", ""));
	CHECK_ERROR(
		tag(&store, "web", "oci:/srv/web", &reference),
		"'oci:/srv/web' is a place, not a name: give a name as of a registry, NAME[:TAG]");
	CHECK(!tag(&store, "web", "Web", &reference) && test->error.code == ERROR_INVALID);
	error_clear(&test->error);
	CHECK(!tag(&store, "web",
		   "web@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		   &reference));
	CHECK(test->error.code == ERROR_INVALID);
}
