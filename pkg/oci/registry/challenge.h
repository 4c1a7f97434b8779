// pkg/oci/registry/challenge.h - the WWW-Authenticate header: how a registry wants to be asked.
// Spec: RFC 9110, section 11.6.1; <https://distribution.github.io/distribution/spec/auth/token/>
#ifndef PKG_OCI_REGISTRY_CHALLENGE_H
#define PKG_OCI_REGISTRY_CHALLENGE_H

#include "pkg/base/pairs.h"
#include "pkg/sys/http/http.h"

typedef struct Challenge {
	const char *scheme; // lower case: "bearer", "basic"
	Pairs parameters;   // names in lower case: realm, service, scope
} Challenge;

VEC_DECLARE(Challenges, challenges, Challenge);

// Appends all challenges of one header value. What breaks the grammar ends the reading; what was understood stays.
void challenge_parse(const char *value, Arena *arena, Challenges *ret);
// All challenges of an answer, in place of those in `ret`.
void challenge_list(const HttpResponse *response, Arena *arena, Challenges *ret);
// The first challenge of that scheme, or NULL.
const Challenge *challenge_find(const Challenges *challenges, const char *scheme);

#endif
