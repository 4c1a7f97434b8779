// store/image/tag.h - another name for an image that is here.
#ifndef STORE_IMAGE_TAG_H
#define STORE_IMAGE_TAG_H

#include "store/image/inventory.h"

// Gives the image the name, too; whatever had the name loses it. name: as a user writes it, of a registry's kind and
// without a digest (ERROR_INVALID). ret_reference: the name in full. The lock of the images must be held.
MUST_CHECK bool image_tag(const Host *host, const StoredImage *image, const char *name,
			  const char *default_registry, Arena *arena, const char **ret_reference,
			  Error *error);

#endif
