// pkg/oci/registry/certificates.h - whom to trust and what to show at a registry: containers-certs.d(5), also Docker's.
// DIRECTORY/HOST[:PORT]/ has *.crt (authorities, trusted beside the system's) and pairs NAME.cert, NAME.key (ours).
#ifndef PKG_OCI_REGISTRY_CERTIFICATES_H
#define PKG_OCI_REGISTRY_CERTIFICATES_H

#include "pkg/base/vec.h"
#include "pkg/sys/http/http.h"

// Fills in what the first of the directories that knows the registry ("quay.io", "localhost:5000") has; none is fine.
// Of several pairs the first by name is ours.
// Fails with ERROR_INVALID when a certificate has no key or a key no certificate.
MUST_CHECK bool certificates_load(const Texts *directories, const char *registry, Arena *arena,
				  HttpTls *ret, Error *error);

#endif
