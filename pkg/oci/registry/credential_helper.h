// pkg/oci/registry/credential_helper.h - programs docker-credential-NAME, which know what is not written in files.
// Spec: <https://github.com/docker/docker-credential-helpers#development>
#ifndef PKG_OCI_REGISTRY_CREDENTIAL_HELPER_H
#define PKG_OCI_REGISTRY_CREDENTIAL_HELPER_H

#include "pkg/oci/registry/auth.h"

// Asks docker-credential-NAME, looked for in PATH, for what it has for the registry. It runs with our environment, for a
// minute at most. ret_found: false when it has nothing.
// Fails with ERROR_NOT_FOUND (no such program), ERROR_INVALID (not a name; an answer that is none), ERROR_FAILED,
// ERROR_TIMEOUT or ERROR_LIMIT. No message holds what it answered.
MUST_CHECK bool credential_helper_get(const char *name, const char *registry, Arena *arena,
				      Credential *ret, bool *ret_found, Error *error);

#endif
