// store/image/layout.h - which files an exported image consists of. For store/*export* only.
#ifndef STORE_IMAGE_LAYOUT_H
#define STORE_IMAGE_LAYOUT_H

#include "store/image/export.h"
#include "store/image/export_target.h"

// Writes layers, config and what leads to them. `images`: the open directory of the store.
MUST_CHECK bool image_layout_write(const Host *host, int images, const ImageExport *export,
				   ExportTarget *target, Error *error);

#endif
