// store/layer.h - layers of images, each unpacked once for ever.
// DATADIR/images/layers/sha256/HEX/fs is the tree of the layer whose uncompressed archive has the digest HEX (its
// diff_id). A directory of that name is complete: it is prepared under another one and renamed.
#ifndef STORE_LAYER_H
#define STORE_LAYER_H

#include "pkg/base/vec.h"
#include "pkg/sys/host.h"
#include "pkg/sys/source.h"

typedef struct LayerInfo {
	uint64_t size_bytes; // of all file contents
	bool is_root_opaque; // hides every layer below it
} LayerInfo;

// What is known of the layer before it is unpacked.
typedef struct LayerBlob {
	const char *digest;  // of the compressed blob
	const char *diff_id; // of the archive in it
	uint64_t size_bytes; // of the blob; exact
} LayerBlob;

// The directory of the layer's tree, whether it is there or not. diff_id must be valid (digest_is_valid).
const char *layer_path(const Host *host, const char *diff_id, Arena *arena);
// False when the layer is not there. ret may be NULL.
bool layer_find(const Host *host, const char *diff_id, LayerInfo *ret);

// Unpacks the blob that comes from `source` (gzip, zstd or plain) unless the layer is there. Two processes may do so at
// once: one of them wins, both are right. Nothing is kept unless size, digest and diff_id are what they should be
// (ERROR_INVALID). Progress goes to the host's, as item "layer HEX…".
MUST_CHECK bool layer_unpack(const Host *host, const LayerBlob *blob, Source *source, Error *error);

// Removes a layer that no image needs any more: first out of sight, then for good.
MUST_CHECK bool layer_remove(const Host *host, const char *diff_id, Error *error);
// The diff_ids of all layers, sorted.
MUST_CHECK bool layer_list(const Host *host, Arena *arena, Texts *ret, Error *error);
// Removes what killed processes left of layers that they were unpacking or removing. ret_count (may be NULL): how many.
MUST_CHECK bool layer_collect(const Host *host, size_t *ret_count, Error *error);

#endif
