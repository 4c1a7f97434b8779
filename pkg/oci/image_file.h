// pkg/oci/image_file.h - images in files and directories, whatever their format.
#ifndef PKG_OCI_IMAGE_FILE_H
#define PKG_OCI_IMAGE_FILE_H

#include "pkg/oci/file_set.h"
#include "pkg/oci/transport.h"

// reference: of any kind but REFERENCE_REGISTRY; must outlive the transport, as must the arena.
MUST_CHECK bool image_file_open(const Reference *reference, const FileSetOptions *options,
				Arena *arena, Transport **ret, Error *error);

// One image that a file holds.
typedef struct ImageFileEntry {
	const char *
		selector; // what to put behind the path, "docker-archive:PATH:SELECTOR"; "" for the only one
	const char *
		name; // the full name it was saved under, "docker.io/library/busybox:1"; "" when none is known
} ImageFileEntry;

VEC_DECLARE(ImageFileEntries, image_file_entries, ImageFileEntry);

// What there is to choose from at the reference's path, whatever its tag: every name of every image. An image of several
// platforms is one. Texts that are no names of images are left out as names.
MUST_CHECK bool image_file_list(const Reference *reference, const FileSetOptions *options,
				Arena *arena, ImageFileEntries *ret, Error *error);

#endif
