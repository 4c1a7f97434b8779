// pkg/oci/docker_manifest.h - manifest.json of an archive that docker save or podman save wrote.
// An array of images, each with the name of its config, its names (RepoTags) and the names of its layers. No digests:
// what the layers must be follows from the config alone.
// Spec: <https://github.com/moby/moby/blob/v28.0.0/image/spec/spec.md>
#ifndef PKG_OCI_DOCKER_MANIFEST_H
#define PKG_OCI_DOCKER_MANIFEST_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#define DOCKER_IMAGES_MAX 1000

typedef struct DockerImage {
	const char *config; // path in the archive
	Texts tags;         // "busybox:1", "quay.io/a/b:v1"; as they are written
	Texts layers;       // paths in the archive, bottom first
} DockerImage;

VEC_DECLARE(DockerImages, docker_images, DockerImage);

// The paths are texts of strangers. Fails with ERROR_INVALID, ERROR_LIMIT.
MUST_CHECK bool docker_manifest_parse(const char *bytes, size_t length, Arena *arena,
				      DockerImages *ret, Error *error);

// The image that `name` means: one of its tags ("busybox" is "docker.io/library/busybox:latest"), "@N", or "" when there
// is one image. Fails with ERROR_NOT_FOUND or ERROR_INVALID, listing what there is.
MUST_CHECK bool docker_manifest_choose(const DockerImages *images, const char *name,
				       const DockerImage **ret, Error *error);

#endif
