// pkg/oci/registry/token.h - answers a registry's challenge. For host.c only.
// Spec: <https://distribution.github.io/distribution/spec/auth/token/>, <…/auth/oauth/> (identity tokens)
#ifndef PKG_OCI_REGISTRY_TOKEN_H
#define PKG_OCI_REGISTRY_TOKEN_H

#include "pkg/oci/registry/host.h"

// Answers host->challenges: sets the authorization to "Bearer …" from the token server that they name, or to "Basic …",
// or to NULL when there is nothing to answer with. Finds out who we are, for which a credential helper may run.
// A token is for pulling the repository that is asked for here, and what else the challenge says is needed to pull it.
// Fails with ERROR_DENIED, or ERROR_NETWORK when the token server does not answer.
MUST_CHECK bool registry_token_answer(RegistryHost *host, Error *error);
// Forgets a credential that was refused, so that the next answer is with the next candidate. False when there is none:
// as Kubernetes does with several imagePullSecrets.
bool registry_token_give_up(RegistryHost *host);
// The same as soon as the token that is there expires.
MUST_CHECK bool registry_token_renew(RegistryHost *host, Error *error);

#endif
