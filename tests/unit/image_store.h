// tests/unit/image_store.h - an image store with images of a test's own making.
#ifndef TESTS_UNIT_IMAGE_STORE_H
#define TESTS_UNIT_IMAGE_STORE_H

#include "store/image/inventory.h"
#include "tests/unit/test.h"

typedef struct ImageStore {
	Test *test;
	Host host; // data_dir is DIRECTORY/data, as for run_line
	unsigned layout_count;
} ImageStore;

bool image_store_prepare(Test *test, ImageStore *ret);
// Adds an image under the name. layers: words, bottom first; each is one layer with a file of that name and content.
// config: members of the "config" object. Returns the image's id; NULL with the test's error set.
const char *image_store_add(ImageStore *store, const char *name, const char *layers,
			    const char *config);
// The layers of the image that has the id.
const Image *image_store_get(ImageStore *store, const char *id);
// What is in the store; machines "web" … stand on images as `uses` says.
bool image_store_load(ImageStore *store, const ImageUses *uses, ImageInventory *ret);
// A use of the image with the id.
void image_store_use(ImageStore *store, ImageUses *uses, const char *user, const char *id);
// How many files there are below DATADIR/images: "refs 1, blobs 2, layers 3".
const char *image_store_count(ImageStore *store);

#endif
