// store/image/load.h - a record of the image store as an Image. For store/image/ only.
#ifndef STORE_IMAGE_LOAD_H
#define STORE_IMAGE_LOAD_H

#include "store/image/record.h"

// NULL in *ret when something of the image is missing or damaged: it has to be pulled again.
MUST_CHECK bool image_load(const Host *host, int images, const ImageRecord *record, Arena *arena,
			   const Image **ret, Error *error);
// The layers, topmost first, each once. A layer that comes twice counts at its topmost place: below, the same entries
// are hidden by it anyway, and overlayfs refuses a directory that it already has. Nothing below a layer that hides the
// whole root counts; overlayfs does not look at that mark in roots itself. False when a layer is not there.
bool image_find_layers(const Host *host, const Texts *diff_ids, Arena *arena, Texts *ret,
		       uint64_t *ret_size_bytes);
// image_find for a reference that is parsed already.
MUST_CHECK bool image_find_reference(const Host *host, int images, const Reference *reference,
				     Arena *arena, const Image **ret, Error *error);

#endif
