// store/image/layer_fetch.h - gets the layers that are missing, several at once.
// Processes that want the same layer at the same time do its work once: whoever has its lock fetches it, the others wait
// and find it.
#ifndef STORE_IMAGE_LAYER_FETCH_H
#define STORE_IMAGE_LAYER_FETCH_H

#include "pkg/oci/transport.h"
#include "pkg/sys/host.h"
#include "pkg/sys/stream/budget.h"

// An image that a layer can come from.
typedef struct LayerOrigin {
	Transport *transport; // one for each image; each thread works with a clone
	const Descriptor *descriptor;
	Budget *budget; // of the image; NULL: none
} LayerOrigin;

VEC_DECLARE(LayerOrigins, layer_origins, LayerOrigin);

typedef struct WantedLayer {
	const char *diff_id;  // no two alike in one call
	LayerOrigins origins; // the images that need it: one or more, asked in this order
	bool has_verity;      // as in PullOptions
	Error failure;        // afterwards: ERROR_NONE when the layer is here
} WantedLayer;

VEC_DECLARE(WantedLayers, wanted_layers, WantedLayer);

// Fetches, verifies and unpacks the layers, and has them on the disk. Each has its own outcome: what one image's registry
// does not give is asked of the next image's; of an image that has lost one layer those that no other needs are given up.
// The caller holds the lock of the images, shared, and clears the failures.
void layer_fetch(const Host *host, WantedLayers *wanted);

#endif
