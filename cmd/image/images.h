// cmd/image/images.h - what the commands about images share.
#ifndef CMD_IMAGE_IMAGES_H
#define CMD_IMAGE_IMAGES_H

#include "pkg/cli/command.h"
#include "store/image/inventory.h"

// What is in the store, and which machines use it. Machines with a plan that cannot be read are warned about.
MUST_CHECK bool images_load(const CommandContext *context, ImageInventory *ret, Error *error);
// The same for whoever removes something: such a machine is an ERROR_BUSY.
MUST_CHECK bool images_load_strictly(const CommandContext *context, ImageInventory *ret,
				     Error *error);
// The image that `name` means; see image_inventory_find.
MUST_CHECK bool images_find(const CommandContext *context, const ImageInventory *inventory,
			    const char *name, const StoredImage **ret, const char **ret_reference,
			    Error *error);

#endif
