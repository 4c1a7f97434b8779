// store/image/export.h - an image as a file or directory that podman, skopeo and docker read.
// Layers become the archives again that they came from, byte for byte (store/image/layer_archive.h), so the image keeps its id.
// They are compressed anew: the digests of blobs and of the manifest are others than in the registry. The same image
// gives the same bytes.
#ifndef STORE_IMAGE_EXPORT_H
#define STORE_IMAGE_EXPORT_H

#include "pkg/sys/stream/inflate.h"
#include "store/image/inventory.h"

typedef enum ImageExportFormat {
	IMAGE_EXPORT_OCI_ARCHIVE,    // an OCI image layout as a tar archive
	IMAGE_EXPORT_OCI,            // the same as a directory
	IMAGE_EXPORT_DOCKER_ARCHIVE, // as docker save writes it
} ImageExportFormat;

typedef struct ImageExport {
	const StoredImage *image;
	const char *reference; // the name it will have; NULL: none
	ImageExportFormat format;
	Compression compression; // of layers; NONE for docker's
} ImageExport;

// Writes to `path`, which appears when all of it is on the disk. An existing file is replaced when is_forced, else
// ERROR_EXISTS; a directory never is. The lock of the images must be held.
// Fails with ERROR_INVALID when a layer does not give the archive it came from: it is damaged.
MUST_CHECK bool image_export(const Host *host, const ImageExport *export, const char *path,
			     bool is_forced, Error *error);
// Writes an archive to a descriptor, a pipe for example, once it is complete.
MUST_CHECK bool image_export_to(const Host *host, const ImageExport *export, int fd, Error *error);

#endif
