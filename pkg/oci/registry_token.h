// pkg/oci/registry_token.h - answers a registry's challenge. For registry_host.c only.
// Spec: <https://distribution.github.io/distribution/spec/auth/token/>, <…/auth/oauth/> (identity tokens)
#ifndef PKG_OCI_REGISTRY_TOKEN_H
#define PKG_OCI_REGISTRY_TOKEN_H

#include "pkg/oci/challenge.h"
#include "pkg/oci/registry_host.h"

// The value for the Authorization header: "Bearer …" from the token server that the challenge names, or "Basic …".
// NULL when there is nothing to answer with.
// Fails with ERROR_DENIED, or ERROR_NETWORK when the token server does not answer.
MUST_CHECK bool registry_token_answer(RegistryHost *host, const Challenges *challenges,
				      const char **ret, Error *error);

#endif
