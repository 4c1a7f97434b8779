// pkg/oci/registry/origin.h - scheme, host and port of a URL: what decides whether two addresses are one server.
#ifndef PKG_OCI_REGISTRY_ORIGIN_H
#define PKG_OCI_REGISTRY_ORIGIN_H

#include "pkg/base/arena.h"

// "https://quay.io:443" of "HTTPS://Quay.io/v2/": one spelling for each server. NULL for what is not http or https, has a
// user in it ("https://quay.io@evil.test/"), or that two readers could take apart differently.
const char *origin_of_url(const char *url, Arena *arena);

#endif
