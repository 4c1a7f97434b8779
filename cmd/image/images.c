#include "cmd/image/images.h"

#include "isolate/machine/image_use.h"
#include "pkg/cli/message.h"
#include "store/state/config.h"
#include "store/state/layout.h"

static bool load(const CommandContext *context, ImageInventory *ret, Texts *damaged, Error *error)
{
	ImageUses uses = { 0 };
	return layout_prepare(context->host, error) &&
	       machine_list_image_uses(context->host, context->arena, &uses, damaged, error) &&
	       image_inventory_load(context->host, &uses, context->arena, ret, error);
}

bool images_load(const CommandContext *context, ImageInventory *ret, Error *error)
{
	Texts damaged = { 0 };
	if (!load(context, ret, &damaged, error))
		return false;
	if (damaged.count > 0)
		message_print(context->messages, "Warning: ",
			      arena_printf(context->arena,
					   "which images these use is not known, their plans are "
					   "damaged: %s",
					   texts_join(&damaged, ", ", context->arena)));
	return true;
}

bool images_load_strictly(const CommandContext *context, ImageInventory *ret, Error *error)
{
	Texts damaged = { 0 };
	if (!load(context, ret, &damaged, error))
		return false;
	return damaged.count == 0 ||
	       error_set(error, ERROR_BUSY,
			 "which images these use is not known, their plans are damaged: %s; remove "
			 "them first ('sdme rm')",
			 texts_join(&damaged, ", ", context->arena));
}

bool images_find(const CommandContext *context, const ImageInventory *inventory, const char *name,
		 const StoredImage **ret, const char **ret_reference, Error *error)
{
	return image_inventory_find(inventory, name, context->config->default_kube_registry,
				    context->arena, ret, ret_reference, error);
}
