// pkg/oci/docker_archive.h - an archive of docker save or podman save as a transport: "docker-archive:FILE[:NAME]".
// It has no manifest of the usual kind; one is made of what it says and holds. A plain layer's digest is its diff_id; a
// compressed layer is hashed when the archive is opened. So what arrives is verified like the layers of a registry.
// The file `repositories` of old archives is not read.
#ifndef PKG_OCI_DOCKER_ARCHIVE_H
#define PKG_OCI_DOCKER_ARCHIVE_H

#include "pkg/oci/docker_manifest.h"
#include "pkg/oci/file_set.h"
#include "pkg/oci/transport.h"

// Fails with ERROR_NOT_FOUND (no such file, no such image in it), ERROR_INVALID (several images and no name; no archive of
// images).
MUST_CHECK bool docker_archive_open(const Reference *reference, const FileSetOptions *options,
				    Arena *arena, Transport **ret, Error *error);

// All images of the archive.
MUST_CHECK bool docker_archive_list(const Reference *reference, const FileSetOptions *options,
				    Arena *arena, DockerImages *ret, Error *error);

#endif
