#include "store/image/remove.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/image/layer.h"
#include "store/image/lock.h"
#include "tests/unit/image_store.h"

#include <fcntl.h>

static bool execute(ImageStore *store, const ImageRemoval *removal)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	return image_lock_exclusive(&store->host, &lock, &store->test->error) &&
	       image_remove(&store->host, &lock, removal, &store->test->error);
}

static bool remove_name(ImageStore *store, const ImageUses *uses, const char *name)
{
	Test *test = store->test;
	ImageInventory inventory = { 0 };
	ImageRemoval removal = { 0 };
	const StoredImage *image = NULL;
	const char *reference = NULL;
	Texts references = { 0 };
	if (!image_store_load(store, uses, &inventory) ||
	    !image_inventory_find(&inventory, name, NULL, test->arena, &image, &reference,
				  &test->error))
		return false;
	if (reference)
		texts_add(test->arena, &references, reference);
	return image_plan_removal(&store->host, &inventory, image, &references, test->arena,
				  &removal, &test->error) &&
	       execute(store, &removal);
}

static bool prune(ImageStore *store, const ImageUses *uses, bool is_all, ImageRemoval *ret)
{
	ImageInventory inventory = { 0 };
	if (!image_store_load(store, uses, &inventory))
		return false;
	image_plan_prune(&store->host, &inventory, is_all, store->test->arena, ret);
	return execute(store, ret);
}

TEST(image_remove_leaves_what_others_share)
{
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "one", "shared first", ""));
	const char *two = image_store_add(&store, "two", "shared second", "");
	CHECK_TEXT(image_store_count(&store), "refs 2, blobs 4, layers 3");
	CHECK(remove_name(&store, &(ImageUses){ 0 }, "one"));
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 2, layers 2");
	CHECK(two && image_store_get(&store, two));
	CHECK(remove_name(&store, &(ImageUses){ 0 }, "two"));
	CHECK_TEXT(image_store_count(&store), "refs 0, blobs 0, layers 0");
}

TEST(image_remove_takes_one_name_of_several)
{
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "one", "a", ""));
	CHECK(image_store_add(&store, "two", "a", ""));
	CHECK(remove_name(&store, &(ImageUses){ 0 }, "one"));
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 2, layers 1");
	CHECK_ERROR(remove_name(&store, &(ImageUses){ 0 }, "one"), "no image 'one'");
}

TEST(image_remove_refuses_what_a_machine_stands_on)
{
	ImageStore store;
	ImageUses uses = { 0 };
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(&store, "one", "a b", "");
	CHECK(id);
	image_store_use(&store, &uses, "web", id);
	image_store_use(&store, &uses, "db", id);
	CHECK_ERROR(remove_name(&store, &uses, "one"), "it is used by db, web");
	CHECK(image_store_add(&store, "two", "a b", ""));
	CHECK(remove_name(&store, &uses, "one"));
	CHECK_ERROR(remove_name(&store, &uses, "two"), "it is used by db, web");
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 2, layers 2");
	CHECK(remove_name(&store, &(ImageUses){ 0 }, "two"));
	CHECK_TEXT(image_store_count(&store), "refs 0, blobs 0, layers 0");
}

TEST(image_prune_takes_what_nothing_needs)
{
	ImageStore store;
	ImageUses uses = { 0 };
	ImageRemoval removal = { 0 };
	CHECK(image_store_prepare(test, &store));
	const char *oldest = image_store_add(&store, "web", "base oldest", "");
	const char *old = image_store_add(&store, "web", "base old", "");
	CHECK(oldest && old);
	image_store_use(&store, &uses, "pod", old);
	CHECK(image_store_add(&store, "web", "base new", ""));
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 6, layers 4");

	CHECK(prune(&store, &uses, false, &removal));
	CHECK_TEXT(texts_join(&removal.images, " ", test->arena), oldest);
	CHECK(removal.references.count == 0 && removal.layers.count == 1 &&
	      removal.size_bytes == 4096 && removal.blobs.count == 2);
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 4, layers 3");
	CHECK(prune(&store, &uses, false, &removal) && image_removal_is_empty(&removal));

	// The machine is gone.
	CHECK(prune(&store, &(ImageUses){ 0 }, false, &removal));
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 2, layers 2");
}

TEST(image_prune_all_keeps_what_machines_use)
{
	ImageStore store;
	ImageUses uses = { 0 };
	ImageRemoval removal = { 0 };
	CHECK(image_store_prepare(test, &store));
	const char *used = image_store_add(&store, "used", "base used", "");
	CHECK(used && image_store_add(&store, "idle", "base idle", ""));
	image_store_use(&store, &uses, "pod", used);
	CHECK(prune(&store, &uses, true, &removal));
	CHECK_TEXT(texts_join(&removal.references, " ", test->arena),
		   "docker.io/library/idle:latest");
	CHECK_TEXT(image_store_count(&store), "refs 1, blobs 2, layers 2");
	CHECK(image_store_get(&store, used));
}

// A machine's layers stay, whatever became of its image: a damaged manifest, or none.
TEST(image_prune_keeps_layers_of_machines_without_an_image)
{
	ImageStore store;
	ImageUses uses = { 0 };
	ImageRemoval removal = { 0 };
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(&store, "web", "a b", "");
	CHECK(id);
	image_store_use(&store, &uses, "pod", id);
	const Image *image = image_store_get(&store, id);
	const char *blob = arena_printf(test->arena, "%s/images/blobs/sha256/%s",
					store.host.data_dir, image->manifest_digest + 7);
	CHECK(unlink(blob) == 0);
	CHECK(prune(&store, &uses, true, &removal));
	CHECK_TEXT(image_store_count(&store), "refs 0, blobs 0, layers 2");
	CHECK(layer_find(&store.host, image->layers.items[0], NULL));
}

// Killed after the names, or after the manifests: the next one does the rest.
TEST(image_prune_finishes_what_was_cut_short)
{
	ImageStore store;
	ImageRemoval removal = { 0 };
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "one", "a b", ""));
	const char *two = image_store_add(&store, "two", "a c", "");
	ImageInventory inventory = { 0 };
	CHECK(two && image_store_load(&store, &(ImageUses){ 0 }, &inventory));
	image_plan_prune(&store.host, &inventory, true, test->arena, &removal);
	CHECK(removal.layers.count == 3 && removal.blobs.count == 4);
	const ImageRemoval names = { .references = removal.references };
	const ImageRemoval half = { .references = removal.references,
				    .blobs = { removal.blobs.items, 3, 3 } };
	CHECK(execute(&store, &names));
	CHECK(execute(&store, &half));
	CHECK_TEXT(image_store_count(&store), "refs 0, blobs 1, layers 3");
	CHECK(prune(&store, &(ImageUses){ 0 }, false, &removal));
	CHECK_TEXT(image_store_count(&store), "refs 0, blobs 0, layers 0");
}

TEST(image_collect_takes_what_killed_pulls_left)
{
	static const char *const left[] = { "layers/sha256/.layer-4194399-1-00000000/fs/x",
					    "layers/sha256/.trash-4194399-1-00000000/fs/x",
					    "refs/.e3b0.4194399.new" };
	ImageStore store;
	size_t count = 0;
	CHECK(image_store_prepare(test, &store));
	for (size_t i = 0; i < COUNT(left); i++) {
		const char *path =
			arena_printf(test->arena, "%s/images/%s", store.host.data_dir, left[i]);
		CHECK(file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0700,
					    &test->error));
		CHECK(file_replace(AT_FDCWD, path, "", 0, 0600, &test->error));
	}
	CHECK(image_collect(&store.host, &count, &test->error) && count == 3);
	CHECK(image_collect(&store.host, &count, &test->error) && count == 0);
}
