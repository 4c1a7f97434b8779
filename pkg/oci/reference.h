// pkg/oci/reference.h - the names of images: "nginx", "quay.io/a/b:1@sha256:…", "oci:DIR", "docker-archive:FILE:NAME".
// Spec: <https://github.com/distribution/reference/blob/v0.6.0/reference.go> and the transports of
// containers-transports(5).
#ifndef PKG_OCI_REFERENCE_H
#define PKG_OCI_REFERENCE_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

#define REFERENCE_DEFAULT_REGISTRY "docker.io"

typedef enum ReferenceKind {
	REFERENCE_REGISTRY,
	REFERENCE_OCI_DIRECTORY, // "oci:DIR[:TAG]": an OCI image layout
	REFERENCE_OCI_ARCHIVE,   // "oci-archive:FILE[:TAG]": the same as a tar archive
	REFERENCE_DOCKER_ARCHIVE, // "docker-archive:FILE[:NAME]" or ":@INDEX": what docker save writes
	REFERENCE_DIRECTORY,      // "dir:PATH": a manifest and its blobs, as skopeo writes them
} ReferenceKind;

typedef struct Reference {
	ReferenceKind kind;
	const char *text;       // normalised: "docker.io/library/nginx:latest", "oci:/srv/web:1"
	const char *registry;   // "docker.io", "localhost:5000"; "" for files
	const char *repository; // "library/nginx"; "" for files
	const char *
		tag; // "latest"; "" when there is a digest; of files, what stands behind the path, or ""
	const char *digest; // "sha256:…", or ""
	const char *path;   // of files and directories, else ""
} Reference;

// default_registry: for names without one ("nginx"); NULL or "" mean docker.io. Under docker.io single names get "library/".
// Without tag and digest the tag is "latest"; a digest wins over a tag. "docker://" in front is accepted.
// What `text` of the result says is parsed to the same again, whatever the default registry is then.
// Fails with ERROR_INVALID, and ERROR_UNSUPPORTED for digests that are not SHA-256 and transports that need a daemon.
MUST_CHECK bool reference_parse(const char *text, const char *default_registry, Arena *arena,
				Reference *ret, Error *error);

// True when the text names neither a registry nor a file: which registry it means is for pkg/oci/registry/registries.h to say.
bool reference_is_short(const char *text);
// True when the pull policy of an image that does not say is Always: tag "latest" and no digest.
bool reference_is_latest(const Reference *reference);
// "docker.io/library/nginx@sha256:…": the same repository at a digest. "" for files.
const char *reference_at_digest(const Reference *reference, const char *digest, Arena *arena);

#endif
