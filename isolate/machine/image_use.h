// isolate/machine/image_use.h - which images the machines stand on.
// Every plan counts that a machine has on disk: the current one, the one it can go back to, one that is being prepared,
// and the one it runs by, which may be older than all of these.
#ifndef ISOLATE_MACHINE_IMAGE_USE_H
#define ISOLATE_MACHINE_IMAGE_USE_H

#include "store/image/inventory.h"

// One use per container and plan. ret_damaged: machines of which a plan cannot be read; what they use is not known.
MUST_CHECK bool machine_list_image_uses(const Host *host, Arena *arena, ImageUses *ret,
					Texts *ret_damaged, Error *error);

#endif
