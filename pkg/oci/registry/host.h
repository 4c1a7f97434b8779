// pkg/oci/registry/host.h - one host that serves a repository: requests, authentication, redirects. For registry.c only.
#ifndef PKG_OCI_REGISTRY_HOST_H
#define PKG_OCI_REGISTRY_HOST_H

#include "pkg/oci/registry/auth.h"
#include "pkg/oci/registry/challenge.h"
#include "pkg/oci/registry/registries.h"
#include "pkg/sys/http/retry.h"

// What is known of the host, before and since the first request.
typedef struct RegistryHost {
	Endpoint endpoint;
	HttpClient *client;
	HttpPatience patience; // none where another host can be asked instead
	HttpTls tls;
	uint64_t answer_timeout_ms; // as in HttpRequest
	uint64_t body_timeout_ms;
	Arena *arena;
	Credentials
		candidates; // that may be ours, the best first; credential helpers among them have not been asked
	const Credential *credential; // ours, once the host asked for it; NULL: anonymous
	bool is_plain;                // speaks HTTP without TLS
	bool is_reached;              // has answered before: is_plain is certain
	Challenges challenges;        // the last ones, to answer them anew in time
	const char *authorization;    // value of the header that was accepted last, or NULL
	uint64_t expires_ms;          // when that ends, by CLOCK_MONOTONIC; 0: never
} RegistryHost;

typedef struct RegistryRequest {
	const char *method;
	const char *path;   // behind /v2/REPOSITORY/: "manifests/latest"
	const char *accept; // media types, or NULL
	uint64_t offset;    // first byte wanted
} RegistryRequest;

// The answer, whatever its status, after authentication, redirects and a few tries of a busy server.
MUST_CHECK bool registry_host_request(RegistryHost *host, const RegistryRequest *request,
				      HttpResponse **ret, Error *error);

#endif
