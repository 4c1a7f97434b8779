// store/image/name.h - which image a name means on this host. Pull, find and remove all ask here, so that they agree.
#ifndef STORE_IMAGE_NAME_H
#define STORE_IMAGE_NAME_H

#include "pkg/oci/reference.h"
#include "pkg/sys/host.h"

// The reference that `name` means: aliases, the setting default_kube_registry (default_registry; NULL: docker.io) and
// registries.conf decide about names without a registry (pkg/oci/registry/short_name.h).
// Fails with ERROR_INVALID for a malformed or ambiguous name and for a faulty registries.conf.
MUST_CHECK bool image_name_parse(const Host *host, const char *name, const char *default_registry,
				 Arena *arena, Reference *ret, Error *error);

#endif
