// store/image/record.h - what the image store keeps on disk beside the layers. For store/image/ only.
// images/format holds the version of this layout, images/refs/HEX one record per reference (HEX: SHA-256 of its text),
// images/blobs/sha256/HEX manifests and configs.
#ifndef STORE_IMAGE_RECORD_H
#define STORE_IMAGE_RECORD_H

#include "store/image/image.h"

typedef struct ImageRecord {
	const char *reference;         // normalised text
	const char *repository_digest; // "docker.io/library/nginx@sha256:…"; "" for layouts
	const char
		*target_digest; // of the document that the reference led to: an index or a manifest
	const char *manifest_digest;
	int64_t pulled_s;
} ImageRecord;

VEC_DECLARE(ImageRecords, image_records, ImageRecord);

// Opens images/ and makes what is in it. Fails with ERROR_UNSUPPORTED when a newer sdme made it.
MUST_CHECK bool image_record_open(const Host *host, int *ret_images, Error *error);

MUST_CHECK bool image_record_save(int images, const ImageRecord *record, Error *error);
// The record of the reference. False when there is no good one.
bool image_record_load(int images, const char *reference, Arena *arena, ImageRecord *ret);
// All good records, sorted by reference.
MUST_CHECK bool image_record_list(int images, Arena *arena, ImageRecords *ret, Error *error);
// A missing one is fine.
MUST_CHECK bool image_record_remove(int images, const char *reference, Error *error);

// digest: of the bytes, valid.
MUST_CHECK bool image_blob_save(int images, const char *digest, const char *bytes, size_t length,
				Error *error);
// The bytes, checked against their name. NULL when there are none, or others.
MUST_CHECK bool image_blob_load(int images, const char *digest, size_t max, Arena *arena,
				const char **ret, size_t *ret_length, Error *error);
// The digests of all blobs, sorted.
MUST_CHECK bool image_blob_list(int images, Arena *arena, Texts *ret, Error *error);
// A missing one is fine.
MUST_CHECK bool image_blob_remove(int images, const char *digest, Error *error);
// Deletes what killed processes left of records and blobs.
MUST_CHECK bool image_record_collect(int images, size_t *ret_count, Error *error);

#endif
