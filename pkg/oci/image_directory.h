// pkg/oci/image_directory.h - a directory of skopeo's as a transport: "dir:PATH".
// manifest.json as a registry sends it, and every blob in a file named by the digits of its digest; the manifests that an
// index lists are DIGITS.manifest.json.
// Spec: <https://github.com/containers/image/blob/v5.36.0/docs/containers-transports.5.md>
#ifndef PKG_OCI_IMAGE_DIRECTORY_H
#define PKG_OCI_IMAGE_DIRECTORY_H

#include "pkg/oci/reference.h"
#include "pkg/oci/transport.h"

// Fails with ERROR_NOT_FOUND: no such directory.
MUST_CHECK bool image_directory_open(const Reference *reference, Arena *arena, Transport **ret,
				     Error *error);

#endif
