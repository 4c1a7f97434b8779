// pkg/oci/registry/auth.h - who we are to a registry: containers-auth.json(5), Docker's config.json, dockerconfigjson Secrets.
// What such a file leaves to credential helpers (credHelpers, credsStore) is asked for by pkg/oci/registry/credential_helper.h.
#ifndef PKG_OCI_REGISTRY_AUTH_H
#define PKG_OCI_REGISTRY_AUTH_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/oci/reference.h"

typedef struct Credential {
	const char *scope; // "quay.io", "quay.io/team/app": where it is for; "": everywhere
	const char *user;  // "" with an identity token
	const char *password;
	const char *identity_token; // OAuth refresh token, or ""
	const char *helper;         // docker-credential-HELPER knows the rest; "": it is all here
	const char *
		fault; // why it cannot be used, which matters where it would be; "" or NULL: it can
} Credential;

VEC_DECLARE(Credentials, credentials, Credential);

#define AUTH_BYTES_MAX (1024 * 1024)

// Appends the credentials of {"auths": {…}}, and of the older form without "auths". `name` is for messages. Helpers are
// ignored: a text that came from a manifest does not choose programs to run. An entry that is damaged has a fault.
MUST_CHECK bool auth_parse(const char *name, const char *text, size_t length, Arena *arena,
			   Credentials *ret, Error *error);
// Reads such a file, with its helpers; one that does not exist has none.
MUST_CHECK bool auth_load(const char *path, Arena *arena, Credentials *ret, Error *error);
// Appends a helper that is asked about every registry when nothing else is known (credential-helpers in registries.conf).
void auth_add_helper(const char *helper, Arena *arena, Credentials *ret);

// Appends the credentials for the repository, the longest scope that covers it first, equal ones in their order.
void auth_list(const Credentials *credentials, const Reference *reference, Arena *arena,
	       Credentials *ret);

#endif
