// store/layer_fetch.h - gets the layers that are missing, several at once.
// Processes that want the same layer at the same time do its work once: whoever has its lock fetches it, the others wait
// and find it.
#ifndef STORE_LAYER_FETCH_H
#define STORE_LAYER_FETCH_H

#include "pkg/oci/transport.h"
#include "pkg/sys/budget.h"
#include "pkg/sys/host.h"

typedef struct WantedLayer {
	Transport *transport; // of its image; each thread works with a clone
	const Descriptor *descriptor;
	const char *diff_id; // no two alike in one call
	Budget *budget;      // of its image; NULL: none
	bool has_verity;     // as in PullOptions
	bool is_shared;      // another image needs it, too
	Error failure;       // afterwards: ERROR_NONE when the layer is here
} WantedLayer;

VEC_DECLARE(WantedLayers, wanted_layers, WantedLayer);

// Fetches, verifies and unpacks the layers, and has them on the disk. Each has its own outcome; of an image (a transport)
// that has lost one layer those that no other needs are given up. The caller holds the lock of the images, shared, and clears the
// failures.
void layer_fetch(const Host *host, WantedLayers *wanted);

#endif
