// pkg/oci/registry/registries.h - registries.conf(5), version 2: where images are asked for, and what short names mean.
// Understood: [[registry]] with prefix ("host/path", "host/path:tag", "*.host"), location, insecure, blocked,
// mirror-by-digest-only, and its [[registry.mirror]] with location, insecure, pull-from-mirror;
// unqualified-search-registries, short-name-mode, [aliases], credential-helpers. Other keys are left alone.
// What becomes of a short name: short_name.h.
// Spec: <https://github.com/containers/image/blob/v5.36.0/docs/containers-registries.conf.5.md>
#ifndef PKG_OCI_REGISTRY_REGISTRIES_H
#define PKG_OCI_REGISTRY_REGISTRIES_H

#include "pkg/base/error.h"
#include "pkg/base/pairs.h"
#include "pkg/oci/reference.h"
#include "pkg/sys/host.h"

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
	const char *prefix; // "host/path", "*.host"
	const char *
		selector; // ":tag" or "@digest" behind the prefix: the rule is for these only; or ""
	const char *location; // what takes the place of the prefix; "" = the name itself
	bool is_insecure;
	bool is_blocked;
	RegistryMirrors mirrors;
} RegistryRule;

VEC_DECLARE(RegistryRules, registry_rules, RegistryRule);

typedef enum ShortNameMode {
	SHORT_NAME_PERMISSIVE,
	SHORT_NAME_ENFORCING,
	SHORT_NAME_DISABLED,
} ShortNameMode;

// {0} is a host without any configuration.
typedef struct Registries {
	RegistryRules rules;
	Texts search;  // unqualified-search-registries
	Pairs aliases; // "name" to "host/repository"; both checked, neither has a tag
	ShortNameMode mode;
	Texts credential_helpers; // names as in docker-credential-NAME; checked to be plain words
} Registries;

// Where to ask for an image.
typedef struct Endpoint {
	const char *host;       // "registry-1.docker.io", "localhost:5000"
	const char *repository; // there
	const char *
		registry; // whose credentials and certificates count: "docker.io", "localhost:5000"
	bool is_insecure; // unverified certificates, and plain HTTP when the host speaks no TLS
} Endpoint;

VEC_DECLARE(Endpoints, endpoints, Endpoint);

// Adds what one file says to what earlier ones said: a rule of the same prefix and an alias of the same name take the
// place of earlier ones (an alias of "" is forgotten), the other settings replace theirs as a whole.
// path: for messages, must outlive the error. Fails with ERROR_INVALID at the place of the fault; also for version 1.
MUST_CHECK bool registries_parse(const char *path, const char *text, size_t length, Arena *arena,
				 Registries *ret, Error *error);
// Reads the host's files: registries.conf (the vendor's when there is none), registries.conf.d/*.conf in the order of
// their names, and the aliases that podman remembers. Missing ones are fine. Errors carry the place in their message.
MUST_CHECK bool registries_load(const Host *host, Arena *arena, Registries *ret, Error *error);

// The mirrors that may be asked, in order, then the place itself. Fails with ERROR_DENIED when it is blocked.
MUST_CHECK bool registries_resolve(const Registries *registries, const Reference *reference,
				   Arena *arena, Endpoints *ret, Error *error);

#endif
