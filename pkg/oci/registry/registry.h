// pkg/oci/registry/registry.h - a registry as a transport: the OCI distribution protocol, read-only.
// One endpoint after the other is asked, mirrors first; the one that had the manifest serves the blobs. Bearer tokens
// and basic authentication as the registry asks for. Credentials go to the registry and to the token server that it
// names, over TLS; a redirect to another host never gets them. Plain HTTP only to registries that registries.conf calls
// insecure. A busy or broken server is asked again for a while; an interrupted blob goes on where it stopped, or from
// the next endpoint. Blobs are checked by the caller, who asks for the next endpoint (transport_leave_sender) when one is
// wrong.
// Spec: <https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md>
#ifndef PKG_OCI_REGISTRY_REGISTRY_H
#define PKG_OCI_REGISTRY_REGISTRY_H

#include "pkg/oci/registry/auth.h"
#include "pkg/oci/registry/registries.h"
#include "pkg/oci/transport.h"

typedef struct RegistryOptions {
	const Registries *registries;
	const Credentials *credentials;
	Texts certificates_directories; // certs.d: as for certificates_load
	uint64_t answer_timeout_ms;     // until a server answers; 0: 30 s
	uint64_t body_timeout_ms;       // for each mebibyte; 0: 300 s
} RegistryOptions;

// reference: of REFERENCE_REGISTRY. Nothing is asked yet. All of it lives in the arena or until it is closed.
// Fails with ERROR_DENIED (blocked), ERROR_UNSUPPORTED (no libcurl).
MUST_CHECK bool registry_open(const Reference *reference, const RegistryOptions *options,
			      Arena *arena, Transport **ret, Error *error);

#endif
