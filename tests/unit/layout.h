// tests/unit/layout.h - OCI image layouts made for a test.
#ifndef TESTS_UNIT_LAYOUT_H
#define TESTS_UNIT_LAYOUT_H

#include "pkg/base/text.h"
#include "tests/unit/test.h"

// Layers collect until layout_add_image makes an image of them. {.test, .directory} is ready.
typedef struct LayoutMaker {
	Test *test;
	const char *directory;
	const char *architecture; // NULL: this host's
	Buffer layers;
	Buffer diff_ids;
	Buffer manifests;
	const char *last_digest; // of the last layer, config or manifest that was written
} LayoutMaker;

// Takes the archive (tar_finish is called on it) as an uncompressed layer.
void layout_add_layer(LayoutMaker *layout, Buffer *tar);
// The same with a diff_id of the caller's making.
void layout_add_false_layer(LayoutMaker *layout, Buffer *tar, const char *diff_id);
// config: members of the "config" object, "\"Cmd\":[\"/a\"]".
void layout_add_image(LayoutMaker *layout, const char *tag, const char *config);
// Writes index.json and oci-layout. Can be called again after more images.
void layout_finish(LayoutMaker *layout);

void layout_clear(LayoutMaker *layout);
#define CLEANUP_LAYOUT CLEANUP(layout_clear) LayoutMaker

#endif
