// pkg/oci/manifest.h - indexes and manifests: which blobs make an image, for which platform.
// OCI image spec and Docker schema 2; schema 1 is refused by name.
// Spec: <https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md>
#ifndef PKG_OCI_MANIFEST_H
#define PKG_OCI_MANIFEST_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"
#include "pkg/oci/platform.h"

#include <stdint.h>

#define MANIFEST_BYTES_MAX (4 * 1024 * 1024)
// overlayfs takes 500 lower directories; the rest is for the machine's own.
#define MANIFEST_LAYERS_MAX 400

// For the Accept header of a request.
#define MANIFEST_ACCEPT                                                                            \
	"application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "    \
	"application/vnd.docker.distribution.manifest.list.v2+json, "                              \
	"application/vnd.docker.distribution.manifest.v2+json"

typedef struct Descriptor {
	const char *media_type; // "" when it does not say
	const char *digest;     // valid: "sha256:" and 64 digits
	uint64_t size_bytes;
	Platform platform;      // of index entries; texts may be ""
	const char *name;       // annotation org.opencontainers.image.ref.name, or ""
	const char *image_name; // annotation io.containerd.image.name, a full name, or ""
	bool is_attestation;    // BuildKit's provenance, not an image
} Descriptor;

VEC_DECLARE(Descriptors, descriptors, Descriptor);

typedef struct Manifest {
	bool is_index;
	Descriptors manifests; // of an index
	Descriptor config;     // of a manifest
	Descriptors layers;    // of a manifest, bottom first
} Manifest;

// media_type: what the transport said (a Content-Type or a descriptor), "" when it did not. A document that says
// something else about itself is refused, and so is one that reads as both an index and a manifest (CVE-2021-41190).
MUST_CHECK bool manifest_parse(const char *bytes, size_t length, const char *media_type,
			       Arena *arena, Manifest *ret, Error *error);

// The entry of an index that fits the platform best (platform_rank); of equal ones the first. Fails with ERROR_NOT_FOUND, naming the platforms there are.
MUST_CHECK bool manifest_choose(const Manifest *index, const Platform *platform,
				const Descriptor **ret, Error *error);

#endif
