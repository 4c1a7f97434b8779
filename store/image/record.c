#include "store/image/record.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/state/layout.h"
#include "store/state/record.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define FORMAT_FILE      "format"
#define FORMAT           "1\n"
#define FORMAT_BYTES_MAX 32
#define REFERENCES       "refs"
#define BLOBS            "blobs/sha256"

#define KEY_REFERENCE  "REFERENCE"
#define KEY_REPOSITORY "REPOSITORY_DIGEST"
#define KEY_TARGET     "TARGET"
#define KEY_MANIFEST   "MANIFEST"
#define KEY_PULLED     "PULLED"

static bool check_format(int images, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *format = NULL;
	if (!file_exists(images, FORMAT_FILE))
		return file_replace(images, FORMAT_FILE, FORMAT, strlen(FORMAT), 0600, error);
	if (!file_read(images, FORMAT_FILE, FORMAT_BYTES_MAX, scratch, &format, NULL, error))
		return false;
	return text_equal(format, FORMAT) ||
	       error_set(error, ERROR_UNSUPPORTED,
			 "the images were stored by a newer sdme; use that, or remove them");
}

bool image_record_open(const Host *host, int *ret_images, Error *error)
{
	CLEANUP_FD images = -1;
	if (!layout_open(host, LAYOUT_IMAGES, &images, error) || !check_format(images, error) ||
	    !file_make_directories(images, REFERENCES, 0700, error) ||
	    !file_make_directories(images, BLOBS, 0700, error))
		return error_wrap(error, "open the images");
	*ret_images = steal_fd(&images);
	return true;
}

static const char *record_path(const char *reference, Arena *arena)
{
	const char *digest = digest_of_bytes(reference, strlen(reference), arena);
	return arena_printf(arena, REFERENCES "/%s", digest_hex(digest));
}

bool image_record_save(int images, const ImageRecord *record, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Pairs pairs = { 0 };
	pairs_set(scratch, &pairs, KEY_REFERENCE, record->reference);
	pairs_set(scratch, &pairs, KEY_REPOSITORY, record->repository_digest);
	pairs_set(scratch, &pairs, KEY_TARGET, record->target_digest);
	pairs_set(scratch, &pairs, KEY_MANIFEST, record->manifest_digest);
	record_set_u64(scratch, &pairs, KEY_PULLED, (uint64_t)record->pulled_s);
	return record_save(images, record_path(record->reference, scratch), &pairs, 0600, error);
}

// False for a record that this program did not write: a damaged one is as good as none.
static bool read_record(int images, const char *path, Arena *arena, ImageRecord *ret)
{
	CLEANUP_ERROR damaged = { 0 };
	Pairs pairs = { 0 };
	uint64_t pulled_s = 0;
	if (!record_load(images, path, arena, &pairs, &damaged) ||
	    !record_get_u64(&pairs, KEY_PULLED, 0, &pulled_s, &damaged))
		return false;
	const ImageRecord record = {
		.reference = pairs_get_or(&pairs, KEY_REFERENCE, ""),
		.repository_digest = pairs_get_or(&pairs, KEY_REPOSITORY, ""),
		.target_digest = pairs_get_or(&pairs, KEY_TARGET, ""),
		.manifest_digest = pairs_get_or(&pairs, KEY_MANIFEST, ""),
		.pulled_s = (int64_t)pulled_s,
	};
	if (!digest_is_valid(record.target_digest) || !digest_is_valid(record.manifest_digest) ||
	    !text_equal(record_path(record.reference, arena), path))
		return false;
	*ret = record;
	return true;
}

bool image_record_load(int images, const char *reference, Arena *arena, ImageRecord *ret)
{
	return read_record(images, record_path(reference, arena), arena, ret);
}

static int by_reference(const void *left, const void *right)
{
	return strcmp(((const ImageRecord *)left)->reference,
		      ((const ImageRecord *)right)->reference);
}

bool image_record_list(int images, Arena *arena, ImageRecords *ret, Error *error)
{
	Texts names = { 0 };
	if (!file_list(images, REFERENCES, arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		ImageRecord record;
		if (read_record(images, arena_printf(arena, REFERENCES "/%s", names.items[i]),
				arena, &record))
			*image_records_push(arena, ret) = record;
	}
	if (ret->count > 0)
		qsort(ret->items, ret->count, sizeof(ImageRecord), by_reference);
	return true;
}

static bool remove_file(int images, const char *path, Error *error)
{
	if (unlinkat(images, path, 0) < 0 && errno != ENOENT)
		return error_set_errno(error, errno, "remove '%s'", path);
	return true;
}

bool image_record_remove(int images, const char *reference, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return remove_file(images, record_path(reference, scratch), error);
}

static const char *blob_path(const char *digest, Arena *arena)
{
	return arena_printf(arena, BLOBS "/%s", digest_hex(digest));
}

bool image_blob_save(int images, const char *digest, const char *bytes, size_t length, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return file_replace(images, blob_path(digest, scratch), bytes, length, 0600, error);
}

bool image_blob_load(int images, const char *digest, size_t max, Arena *arena, const char **ret,
		     size_t *ret_length, Error *error)
{
	CLEANUP_ERROR failure = { 0 };
	const char *bytes = NULL;
	size_t length = 0;
	*ret = NULL;
	if (!file_read(images, blob_path(digest, arena), max, arena, &bytes, &length, &failure)) {
		if (failure.code == ERROR_NOT_FOUND || failure.code == ERROR_LIMIT)
			return true;
		return error_move(error, &failure);
	}
	if (text_equal(digest_of_bytes(bytes, length, arena), digest)) {
		*ret = bytes;
		*ret_length = length;
	}
	return true;
}

bool image_blob_list(int images, Arena *arena, Texts *ret, Error *error)
{
	Texts names = { 0 };
	if (!file_list(images, BLOBS, arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *digest = arena_printf(arena, "sha256:%s", names.items[i]);
		if (digest_is_valid(digest)) // not a temporary file
			texts_add(arena, ret, digest);
	}
	return true;
}

bool image_blob_remove(int images, const char *digest, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	return remove_file(images, blob_path(digest, scratch), error);
}

bool image_record_collect(int images, size_t *ret_count, Error *error)
{
	static const char *const places[] = { ".", REFERENCES, BLOBS };
	size_t total = 0;
	for (size_t i = 0; i < COUNT(places); i++) {
		CLEANUP_FD directory = -1;
		size_t count = 0;
		if (!file_open_directory(images, places[i], &directory, error) ||
		    !staging_collect_at(directory, &count, error))
			return false;
		total += count;
	}
	*ret_count = total;
	return true;
}
