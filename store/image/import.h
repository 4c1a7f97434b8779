// store/image/import.h - images from files and directories into the store, under the names that they were saved with.
#ifndef STORE_IMAGE_IMPORT_H
#define STORE_IMAGE_IMPORT_H

#include "store/image/image.h"

typedef struct ImageImport {
	const char *
		source; // "oci:DIR:TAG", "docker-archive:FILE" …, or a path: then its content says what it is
	const char
		*name; // for the one image that there is or that is chosen; NULL: the names it has
	bool must_have_name; // the source is gone afterwards: an image without a name is refused
	const PullOptions *pull; // of the policy nothing counts
} ImageImport;

// Imports all images of the source, or the one that it chooses. What names no image stays under the source's own
// reference. ret_names: full references.
// Fails with ERROR_NOT_FOUND (no such path), ERROR_INVALID (nothing that holds images; a name for several; no name).
MUST_CHECK bool image_import(const Host *host, const ImageImport *import, Arena *arena,
			     Texts *ret_names, Error *error);

#endif
