// store/image/layer.h - layers of images, each unpacked once for ever.
// DATADIR/images/layers/sha256/HEX is the layer whose uncompressed archive has the digest HEX (its diff_id):
//   fs/      the tree
//   frame    what the archive is beside the contents of files (pkg/oci/layer/frame.h), compressed
//   kept/    contents that the frame needs and the tree has no more; mostly there is none
//   record   sizes, and whether it was found to be damaged
// A directory of that name is complete: it is prepared under another one and renamed. Nothing but the record changes in it.
#ifndef STORE_IMAGE_LAYER_H
#define STORE_IMAGE_LAYER_H

#include "pkg/base/vec.h"
#include "pkg/sys/host.h"
#include "pkg/sys/stream/budget.h"

#include <semaphore.h>

typedef struct LayerInfo {
	uint64_t size_bytes; // of all file contents
	uint64_t disk_bytes; // what the tree takes on a disk, about
	bool is_root_opaque; // hides every layer below it
	// So it was found, or it has no frame, as what the first versions of sdme stored: used on, and replaced by the next.
	bool is_damaged;
} LayerInfo;

// What is known of the layer before it is unpacked.
typedef struct LayerBlob {
	const char *digest;  // of the compressed blob
	const char *diff_id; // of the archive in it
	uint64_t size_bytes; // of the blob; exact
	Budget *budget;      // for its decompressed bytes; NULL: no bound
	bool has_verity;     // as in PullOptions
	sem_t *large;        // as for inflate_share_memory; NULL: none
} LayerBlob;

// A layer that was unpacked and has no name yet.
typedef struct StagedLayer {
	const char *diff_id;
	const char *name; // of its hidden directory
} StagedLayer;

VEC_DECLARE(StagedLayers, staged_layers, StagedLayer);

// The directory of the layer's tree, whether it is there or not. diff_id must be valid (digest_is_valid).
const char *layer_path(const Host *host, const char *diff_id, Arena *arena);
// False when the layer is not there. ret may be NULL.
bool layer_find(const Host *host, const char *diff_id, LayerInfo *ret);

// Unpacks the blob that comes from `source` (gzip, zstd or plain), in several threads. Nothing is kept unless size,
// digest and diff_id are what they should be (ERROR_INVALID). *ret_is_wrong: it failed, and what came is not the blob at
// all; another place may have the right one. Progress goes to the host's, as item "layer HEX…".
MUST_CHECK bool layer_stage(const Host *host, const LayerBlob *blob, Source *source, Arena *arena,
			    StagedLayer *ret, bool *ret_is_wrong, Error *error);
// Gives the layers their names, once all of them are on the disk for sure. A layer that another process published
// meanwhile is the same: ours goes. One that is damaged makes way, but machines that run go on with it: it is deleted after
// the next boot. On failure all go that have no name yet. layers: from layer_open_all before the
// first of them was staged, as it tells of failed writes since it was opened only.
MUST_CHECK bool layer_publish(int layers, const StagedLayers *staged, Error *error);
// The directory of all layers.
MUST_CHECK bool layer_open_all(const Host *host, int *ret_fd, Error *error);

// Remembers that the layer is damaged, or that it is not. One that is not there is nothing to remember of.
MUST_CHECK bool layer_mark(const Host *host, const char *diff_id, bool is_damaged, Error *error);
// True when the layer is there and not damaged, as far as is known.
bool layer_is_good(const Host *host, const char *diff_id);

// Removes a layer that no image needs any more: first out of sight, then for good.
MUST_CHECK bool layer_remove(const Host *host, const char *diff_id, Error *error);
// The diff_ids of all layers, sorted.
MUST_CHECK bool layer_list(const Host *host, Arena *arena, Texts *ret, Error *error);
// Removes what killed processes left of layers that they were unpacking or removing. ret_count (may be NULL): how many.
MUST_CHECK bool layer_collect(const Host *host, size_t *ret_count, Error *error);
// The same, but what cannot be removed is no failure.
MUST_CHECK bool layer_tidy(const Host *host, Error *error);
// The directory of the layer. Fails with ERROR_NOT_FOUND.
MUST_CHECK bool layer_open(const Host *host, const char *diff_id, int *ret_fd, Error *error);

#endif
