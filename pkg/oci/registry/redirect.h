// pkg/oci/registry/redirect.h - where registries and their token servers may send us. For host.c and
// token.c only.
#ifndef PKG_OCI_REGISTRY_REDIRECT_H
#define PKG_OCI_REGISTRY_REDIRECT_H

#include "pkg/oci/registry/host.h"

// Where a request goes, and whether that is the server that was asked first: nobody else gets our credentials and our
// certificate.
typedef struct Hop {
	const char *url;
	bool is_ours;
	unsigned count; // redirects that led here
} Hop;

bool registry_is_redirect(const HttpResponse *response);
// From one hop to the next. origin: of the server that was asked first. Once a redirect has left it, one back does not
// bring our credentials with it. who: for messages. Fails with ERROR_DENIED for plain HTTP where it is not allowed, and
// with ERROR_NETWORK after ten redirects.
MUST_CHECK bool registry_redirect(const RegistryHost *host, const HttpResponse *response,
				  const char *origin, const char *who, Hop *hop, Error *error);

#endif
