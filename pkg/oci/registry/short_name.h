// pkg/oci/registry/short_name.h - which image a name without a registry means: "nginx", "team/app:1".
// One meaning or none: it follows from files alone, so that pull, find and remove agree, and no registry is tried after
// another (whoever owned a name on the first would own everybody's). In this order:
//  1. an alias of registries.conf, its drop-ins (Debian's shortnames.conf), or podman's memory
//  2. the setting default_kube_registry, where it is not docker.io
//  3. the one registry in unqualified-search-registries; several are an error that lists them, in every short-name-mode
//     (there is nobody to ask while a manifest is applied, and to try them all is what enforcing forbids)
//  4. docker.io, as Kubernetes has it
// Manifests say nothing of it: on a host without registries.conf "nginx" is docker.io/library/nginx.
#ifndef PKG_OCI_REGISTRY_SHORT_NAME_H
#define PKG_OCI_REGISTRY_SHORT_NAME_H

#include "pkg/oci/registry/registries.h"

// The image that `text` means, short or not. default_registry: the setting; NULL or "" mean docker.io.
// Fails as reference_parse, and with ERROR_INVALID for an ambiguous name.
MUST_CHECK bool short_name_parse(const Registries *registries, const char *text,
				 const char *default_registry, Arena *arena, Reference *ret,
				 Error *error);

#endif
