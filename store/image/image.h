// store/image/image.h - images the host already has, and how it gets them.
// An image is a manifest, a config and layers; a reference ("debian:12") names one for a while, a digest for ever.
// DATADIR/images: format (a version), refs/HEX (one record per reference, HEX = SHA-256 of its text), blobs/sha256/HEX
// (manifests and configs, verified whenever they are read), layers (store/image/layer.h).
#ifndef STORE_IMAGE_IMAGE_H
#define STORE_IMAGE_IMAGE_H

#include "pkg/oci/config.h"
#include "pkg/oci/manifest.h"
#include "pkg/oci/reference.h"
#include "pkg/sys/host.h"

typedef struct Image {
	const char *reference; // normalised text: "docker.io/library/nginx:1"
	const char *
		repository_digest; // "docker.io/library/nginx@sha256:…": what the reference pointed to; status.imageID
	const char *manifest_digest; // of this platform's manifest
	const char *config_digest;   // Docker's image id
	ImageConfig config;
	Texts layers; // diff_ids, topmost first, each once: what an overlay needs. Empty for an empty image
	Texts layer_directories; // their trees, in the same order
	uint64_t size_bytes;     // unpacked
	int64_t pulled_s;        // when the reference was resolved, seconds since 1970
} Image;

VEC_DECLARE(Images, images, Image);

typedef enum ImagePull {
	IMAGE_PULL_ALWAYS, // ask the registry what the tag means now; blobs that are here are not fetched again
	IMAGE_PULL_IF_NOT_PRESENT, // no network when it is here
	IMAGE_PULL_NEVER,          // no network
} ImagePull;

typedef struct PullOptions {
	ImagePull policy;
	const char *default_registry; // for short names; NULL: docker.io
	Texts auth_texts; // contents of dockerconfigjson secrets (imagePullSecrets), tried first, in order
	Texts auth_files; // containers-auth.json(5) and Docker's config.json; missing ones are fine
	uint64_t answer_timeout_ms;  // until a server answers; 0: 30 s
	uint64_t body_timeout_ms;    // for each mebibyte of a download; 0: 300 s
	uint64_t download_bytes_max; // of one image's layers; 0: no bound but the disk's
	uint64_t image_bytes_max;    // of what is fetched of them, decompressed; 0: as above
	Platform platform;           // {0}: this host's
	bool has_verity;             // let the kernel check the files at each reading (fs-verity)
	bool is_nameless; // keep no name of it: where it comes from means nothing afterwards, or nothing to anybody
} PullOptions;

// What the host has under a name: a reference (short names get default_registry), or "sha256:…" of a manifest or config.
// Never uses the network. NULL in *ret when it is not there or not complete.
// Fails when the name is malformed or the store is damaged.
MUST_CHECK bool image_find(const Host *host, const char *name, const char *default_registry,
			   Arena *arena, const Image **ret, Error *error);

// Only what Image.repository_digest would be, as the name's record has it: whether the image is complete is not looked at.
// NULL when there is no such name.
MUST_CHECK bool image_find_digest(const Host *host, const char *name, const char *default_registry,
				  Arena *arena, const char **ret, Error *error);

// Gets the image that `name` means under the policy, unpacked and ready.
// Fails with ERROR_NOT_FOUND (the registry has no such image; not here and IMAGE_PULL_NEVER, in Kubernetes' words),
// ERROR_DENIED, ERROR_NETWORK, ERROR_INVALID (bad name; digests that do not match: nothing of it is kept),
// ERROR_UNSUPPORTED (another platform, not a container image).
MUST_CHECK bool image_pull(const Host *host, const char *name, const PullOptions *options,
			   Arena *arena, Image *ret, Error *error);

// One image of several.
typedef struct ImageRequest {
	const char *name;
	const PullOptions *options;
	// Afterwards: one of the two. The failure is the caller's to clear; a request that has one before is left alone.
	Image image;
	Error failure; // as of image_pull
} ImageRequest;

VEC_DECLARE(ImageRequests, image_requests, ImageRequest);

// As image_pull for several images: their manifests are asked for at once, and then their layers come together, each one
// once. Each has its own outcome. Fails when nothing can be fetched at all.
MUST_CHECK bool image_pull_all(const Host *host, ImageRequest *requests, size_t count, Arena *arena,
			       Error *error);

// All references, sorted by text. Damaged or incomplete ones are left out.
MUST_CHECK bool image_list(const Host *host, Arena *arena, Images *ret, Error *error);

#endif
