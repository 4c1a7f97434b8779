// store/image/verify.h - whether the images on disk still are what they were when they came.
#ifndef STORE_IMAGE_VERIFY_H
#define STORE_IMAGE_VERIFY_H

#include "store/image/image.h"

// What is wrong with one image. Lines name the part: "config: …", "layer 3f2a…: 'etc/motd': mode 666, not 644".
typedef struct ImageCheck {
	const char *name; // for messages: a reference, or the id of an image without one
	const char *manifest_digest;
	Texts faults; // none: all is well
} ImageCheck;

VEC_DECLARE(ImageChecks, image_checks, ImageCheck);

// Hashes manifests, configs and layers again and compares what is in the trees (store/image/layer_verify.h); a layer that
// several images share is read once. Adds the faults of each image in `checks`.
// Fails when it cannot find out; what is damaged is no failure.
MUST_CHECK bool image_verify(const Host *host, Arena *arena, ImageChecks *checks, Error *error);

#endif
