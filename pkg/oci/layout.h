// pkg/oci/layout.h - an OCI image layout as a transport: "oci:DIR[:TAG]", "oci-archive:FILE[:TAG]".
// Spec: <https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md>
#ifndef PKG_OCI_LAYOUT_H
#define PKG_OCI_LAYOUT_H

#include "pkg/oci/file_set.h"
#include "pkg/oci/transport.h"

// reference: of one of the two kinds. A tag names an entry of index.json by its annotation; without one there must be
// one image, for one platform or several.
// Fails with ERROR_NOT_FOUND (no such path), ERROR_INVALID (no layout).
MUST_CHECK bool oci_layout_open(const Reference *reference, const FileSetOptions *options,
				Arena *arena, Transport **ret, Error *error);

// The entries of index.json that are images.
MUST_CHECK bool oci_layout_list(const Reference *reference, const FileSetOptions *options,
				Arena *arena, Descriptors *ret, Error *error);

#endif
