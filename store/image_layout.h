// store/image_layout.h - which files an exported image consists of. For store/*export* only.
#ifndef STORE_IMAGE_LAYOUT_H
#define STORE_IMAGE_LAYOUT_H

#include "store/export_target.h"
#include "store/image_export.h"

// Writes layers, config and what leads to them. `images`: the open directory of the store.
MUST_CHECK bool image_layout_write(const Host *host, int images, const ImageExport *export,
				   ExportTarget *target, Error *error);

#endif
