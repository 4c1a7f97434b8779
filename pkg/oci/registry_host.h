// pkg/oci/registry_host.h - one host that serves a repository: requests, authentication, redirects. For registry.c only.
#ifndef PKG_OCI_REGISTRY_HOST_H
#define PKG_OCI_REGISTRY_HOST_H

#include "pkg/oci/auth.h"
#include "pkg/oci/registries.h"
#include "pkg/sys/http.h"

// What is known of the host, before and since the first request.
typedef struct RegistryHost {
	Endpoint endpoint;
	HttpClient *client;
	const Credential *credential; // NULL: anonymous
	HttpTls tls;
	uint64_t answer_timeout_ms; // as in HttpRequest
	uint64_t body_timeout_ms;
	Arena *arena;
	bool is_plain;             // speaks HTTP without TLS
	bool is_reached;           // has answered before: is_plain is certain
	const char *authorization; // value of the header that was accepted last, or NULL
} RegistryHost;

typedef struct RegistryRequest {
	const char *method;
	const char *path;   // behind /v2/REPOSITORY/: "manifests/latest"
	const char *accept; // media types, or NULL
	uint64_t offset;    // first byte wanted
} RegistryRequest;

// Reads HOST's files in the directory certs.d: *.crt are authorities, *.cert and *.key are ours.
MUST_CHECK bool registry_host_load_certificates(RegistryHost *host, const char *directory,
						Error *error);

// The answer, whatever its status, after authentication, redirects and a few tries of a busy server.
MUST_CHECK bool registry_host_request(RegistryHost *host, const RegistryRequest *request,
				      HttpResponse **ret, Error *error);
// Sets the error for an answer that is not the one wanted, with the server's own words.
bool registry_host_refuse(const RegistryHost *host, HttpResponse *response, Error *error);

#endif
