// store/image/layer_archive.h - the archive that a layer was unpacked from, made again from its tree and its frame.
#ifndef STORE_IMAGE_LAYER_ARCHIVE_H
#define STORE_IMAGE_LAYER_ARCHIVE_H

#include "pkg/sys/host.h"
#include "pkg/sys/stream/source.h"

typedef struct LayerArchive LayerArchive;

// Fails with ERROR_NOT_FOUND, and with ERROR_UNSUPPORTED for a layer that was stored without a frame.
MUST_CHECK bool layer_archive_open(const Host *host, const char *diff_id, LayerArchive **ret,
				   Error *error);
void layer_archive_close(LayerArchive **archive);
#define CLEANUP_LAYER_ARCHIVE CLEANUP(layer_archive_close) LayerArchive *
// The uncompressed archive. That it has the digest diff_id is for the reader to check. Fails with ERROR_INVALID when the
// layer is damaged so that there is no archive; the message names the file.
Source *layer_archive_source(LayerArchive *archive);

#endif
