// pkg/oci/registry/refusal.h - what a registry's answer means that is not the one wanted. For registry.c only.
#ifndef PKG_OCI_REGISTRY_REFUSAL_H
#define PKG_OCI_REGISTRY_REFUSAL_H

#include "pkg/oci/registry/host.h"

// Sets the error: what it says, with the server's own words made safe, and what to do about it.
bool registry_refusal(const RegistryHost *host, HttpResponse *response, Error *error);

#endif
