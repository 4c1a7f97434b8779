// pkg/oci/registries.h - registries.conf(5), version 2: mirrors, insecure and blocked registries.
// Understood: [[registry]] with prefix ("host/path", "*.host"), location, insecure, blocked, mirror-by-digest-only, and
// its [[registry.mirror]] with location, insecure, pull-from-mirror. Search lists and short names are ignored: which
// registry a short name means does not depend on the host (kube.md: docker.io, or the configured default).
// Spec: <https://github.com/containers/image/blob/v5.24.0/docs/containers-registries.conf.5.md>
#ifndef PKG_OCI_REGISTRIES_H
#define PKG_OCI_REGISTRIES_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/oci/reference.h"

typedef enum MirrorUse {
	MIRROR_ALL,
	MIRROR_DIGEST_ONLY,
	MIRROR_TAG_ONLY,
} MirrorUse;

typedef struct RegistryMirror {
	const char *location;
	bool is_insecure;
	MirrorUse use;
} RegistryMirror;

VEC_DECLARE(RegistryMirrors, registry_mirrors, RegistryMirror);

typedef struct RegistryRule {
	const char *prefix;
	const char *location; // what takes the place of the prefix
	bool is_insecure;
	bool is_blocked;
	RegistryMirrors mirrors;
} RegistryRule;

VEC_DECLARE(Registries, registries, RegistryRule);

// Where to ask for an image.
typedef struct Endpoint {
	const char *host;       // "registry-1.docker.io", "localhost:5000"
	const char *repository; // there
	const char *
		registry; // whose credentials and certificates count: "docker.io", "localhost:5000"
	bool is_insecure; // unverified certificates, and plain HTTP when the host speaks no TLS
} Endpoint;

VEC_DECLARE(Endpoints, endpoints, Endpoint);

// Appends the rules of one file; a rule of the same prefix takes the place of an earlier one. path: for messages.
MUST_CHECK bool registries_parse(const char *path, const char *text, size_t length, Arena *arena,
				 Registries *ret, Error *error);
// Reads registries.conf and registries.conf.d/*.conf of the directory; missing ones are fine.
MUST_CHECK bool registries_load(const char *directory, Arena *arena, Registries *ret, Error *error);

// The mirrors that may be asked, in order, then the place itself. Fails with ERROR_DENIED when it is blocked.
MUST_CHECK bool registries_resolve(const Registries *registries, const Reference *reference,
				   Arena *arena, Endpoints *ret, Error *error);

#endif
