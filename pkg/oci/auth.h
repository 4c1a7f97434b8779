// pkg/oci/auth.h - who we are to a registry: containers-auth.json(5), Docker's config.json, dockerconfigjson Secrets.
// Credential helpers (credHelpers, credsStore) are programs of the user's session and are not run.
#ifndef PKG_OCI_AUTH_H
#define PKG_OCI_AUTH_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/oci/reference.h"

typedef struct Credential {
	const char *scope; // "quay.io", "quay.io/team/app": where it is for
	const char *user;  // "" with an identity token
	const char *password;
	const char *identity_token; // OAuth refresh token, or ""
} Credential;

VEC_DECLARE(Credentials, credentials, Credential);

#define AUTH_BYTES_MAX (1024 * 1024)

// Appends the credentials of {"auths": {…}}, and of the older form without "auths". `name` is for messages.
MUST_CHECK bool auth_parse(const char *name, const char *text, size_t length, Arena *arena,
			   Credentials *ret, Error *error);
// Reads such a file; one that does not exist has none.
MUST_CHECK bool auth_load(const char *path, Arena *arena, Credentials *ret, Error *error);

// The credential for the repository: the longest scope that covers it, of equal ones the first. NULL: anonymous.
const Credential *auth_find(const Credentials *credentials, const Reference *reference,
			    Arena *arena);

#endif
