#include "store/layer.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/unpack.h"
#include "pkg/sys/digest.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/inflate.h"
#include "store/layout.h"
#include "store/record.h"
#include "store/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define LAYERS      "layers/sha256"
#define TREE        "fs"
#define RECORD      "record"
#define KEY_BYTES   "SIZE_BYTES"
#define KEY_ENTRIES "ENTRIES"
#define KEY_OPAQUE  "ROOT_OPAQUE"

// Digits of a digest that tell layers apart for people.
#define SHORT_DIGEST 12

const char *layer_path(const Host *host, const char *diff_id, Arena *arena)
{
	return arena_printf(arena, "%s/" LAYERS "/%s/" TREE,
			    layout_path(host, LAYOUT_IMAGES, arena), digest_hex(diff_id));
}

static bool open_layers(const Host *host, int *ret_fd, Error *error)
{
	CLEANUP_FD images = -1;
	return layout_open(host, LAYOUT_IMAGES, &images, error) &&
	       file_make_directories(images, LAYERS, 0700, error) &&
	       file_open_directory(images, LAYERS, ret_fd, error);
}

// A layer without a good record is none: it cannot come from layer_unpack.
static bool load_info(int layers, const char *diff_id, LayerInfo *ret)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR absent = { 0 };
	const char *path = arena_printf(scratch, "%s/" RECORD, digest_hex(diff_id));
	Pairs record = { 0 };
	LayerInfo info = { 0 };
	if (!record_load(layers, path, scratch, &record, &absent) ||
	    !record_get_u64(&record, KEY_BYTES, 0, &info.size_bytes, &absent) ||
	    !record_get_bool(&record, KEY_OPAQUE, false, &info.is_root_opaque, &absent))
		return false;
	if (ret)
		*ret = info;
	return true;
}

bool layer_find(const Host *host, const char *diff_id, LayerInfo *ret)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR absent = { 0 };
	CLEANUP_FD layers = -1;
	const char *path = layout_path_of(host, LAYOUT_IMAGES, LAYERS, scratch);
	return file_open_directory(AT_FDCWD, path, &layers, &absent) &&
	       load_info(layers, diff_id, ret);
}

// What one layer goes through: network or file → digest → decompression → diff_id → files.
typedef struct Pipeline {
	Source counted; // reports progress
	Source *from;
	const Host *host;
	const LayerBlob *blob;
	const char *item;
	uint64_t done;
	DigestSource compressed;
	Inflate *inflate;
	DigestSource plain;
	Archive *archive;
} Pipeline;

static void pipeline_clear(Pipeline *pipeline)
{
	archive_close(&pipeline->archive);
	digest_source_clear(&pipeline->plain);
	inflate_close(&pipeline->inflate);
	digest_source_clear(&pipeline->compressed);
}

static bool read_counted(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	Pipeline *self = (Pipeline *)source;
	if (!source_read(self->from, ret_block, ret_length, error))
		return false;
	self->done += *ret_length;
	if (self->done > self->blob->size_bytes)
		return error_set(error, ERROR_INVALID, "the blob is longer than its %ju bytes",
				 (uintmax_t)self->blob->size_bytes);
	if (*ret_length > 0)
		progress_report(self->host->progress, self->item, "pull", self->done,
				self->blob->size_bytes);
	return true;
}

static void pipeline_init(Pipeline *pipeline, const Host *host, const LayerBlob *blob,
			  Source *source, Arena *arena)
{
	*pipeline = (Pipeline){
		.counted.read = read_counted,
		.from = source,
		.host = host,
		.blob = blob,
		.item = arena_printf(arena, "layer %.*s", SHORT_DIGEST, digest_hex(blob->digest)),
	};
	digest_source_init(&pipeline->compressed, &pipeline->counted);
	pipeline->inflate = inflate_open(&pipeline->compressed.source);
	digest_source_init(&pipeline->plain, inflate_source(pipeline->inflate));
}

// Reads to the end, so that the digests are those of the whole.
static bool check_digests(Pipeline *pipeline, Error *error)
{
	const LayerBlob *blob = pipeline->blob;
	if (!source_drain(&pipeline->plain.source, error) ||
	    !source_drain(&pipeline->compressed.source, error))
		return false;
	if (pipeline->compressed.size_bytes != blob->size_bytes)
		return error_set(error, ERROR_INVALID, "the blob has %ju bytes, not %ju",
				 (uintmax_t)pipeline->compressed.size_bytes,
				 (uintmax_t)blob->size_bytes);
	if (!text_equal(pipeline->compressed.text, blob->digest))
		return error_set(error, ERROR_INVALID, "the bytes of the blob have the digest %s",
				 pipeline->compressed.text);
	if (!text_equal(pipeline->plain.text, blob->diff_id))
		return error_set(error, ERROR_INVALID,
				 "the unpacked bytes have the digest %s, not the diff_id %s",
				 pipeline->plain.text, blob->diff_id);
	return true;
}

// A blob that is not what it should be makes no good archive, either; then the digest is what to tell about.
static bool blame_digest(Pipeline *pipeline, Error *error)
{
	CLEANUP_ERROR unread = { 0 };
	if (error->code != ERROR_INVALID || !source_drain(&pipeline->compressed.source, &unread) ||
	    text_equal(pipeline->compressed.text, pipeline->blob->digest))
		return false;
	return error_wrap(error, "the bytes of the blob have the digest %s",
			  pipeline->compressed.text);
}

static bool unpack_tree(Pipeline *pipeline, int tree, UnpackResult *ret, Error *error)
{
	UnpackOptions options = unpack_layer;
	const bool is_root = geteuid() == 0;
	options.owners = is_root;
	options.devices = is_root;
	if (!archive_open(&pipeline->plain.source, ARCHIVE_PLAIN, &pipeline->archive, error) ||
	    !unpack_tar(pipeline->archive, tree, &options, ret, error))
		return blame_digest(pipeline, error);
	return check_digests(pipeline, error);
}

static bool save_record(int staged, const UnpackResult *result, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Pairs record = { 0 };
	record_set_u64(scratch, &record, KEY_BYTES, result->size_bytes);
	record_set_u64(scratch, &record, KEY_ENTRIES, result->entries);
	record_set_bool(scratch, &record, KEY_OPAQUE, result->is_root_opaque);
	return record_save(staged, RECORD, &record, 0600, error);
}

// The whole layer in the staging directory, on the disk when it returns.
static bool fill(int staged, Pipeline *pipeline, Error *error)
{
	CLEANUP_FD tree = -1;
	UnpackResult result = { 0 };
	if (!file_make_directories(staged, TREE, 0755, error) ||
	    !file_open_directory(staged, TREE, &tree, error))
		return false;
	if (fchmod(tree, 0755) < 0) // whatever the umask
		return error_set_errno(error, errno, "set the mode of '%s'", TREE);
	if (!unpack_tree(pipeline, tree, &result, error))
		return false;
	// One call for all files. A name that appears before its content would be a broken layer after a power cut.
	if (syncfs(staged) < 0)
		return error_set_errno(error, errno, "sync the layer");
	return save_record(staged, &result, error);
}

// Gives the staged layer its name. Whoever comes second has unpacked the same and throws his away.
static bool publish(int layers, const char *staged, const char *diff_id, Error *error)
{
	CLEANUP_ERROR taken = { 0 };
	if (staging_publish(layers, staged, digest_hex(diff_id), &taken))
		return true;
	if (taken.code != ERROR_EXISTS)
		return error_set(error, taken.code, "%s", taken.message);
	return staging_discard(layers, staged, error);
}

// The failure that led here is the one to tell about; what stays is for layer_collect.
static void remove_staged(int layers, const char *staged)
{
	CLEANUP_ERROR left_behind = { 0 };
	if (!file_tree_remove(layers, staged, &left_behind))
		return;
}

static bool unpack(const Host *host, int layers, const LayerBlob *blob, Source *source,
		   Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP(pipeline_clear) Pipeline pipeline;
	pipeline_init(&pipeline, host, blob, source, scratch);
	const char *staged = NULL;
	CLEANUP_FD fd = -1;
	if (!staging_make_directory(layers, "layer", 0700, scratch, &staged, &fd, error))
		return false;
	if (fill(fd, &pipeline, error))
		return publish(layers, staged, blob->diff_id, error);
	remove_staged(layers, staged);
	return false;
}

bool layer_unpack(const Host *host, const LayerBlob *blob, Source *source, Error *error)
{
	CLEANUP_FD layers = -1;
	if (!open_layers(host, &layers, error))
		return error_wrap(error, "open the layers");
	if (load_info(layers, blob->diff_id, NULL))
		return true;
	if (file_exists(layers, digest_hex(blob->diff_id)) &&
	    !staging_discard(layers, digest_hex(blob->diff_id), error))
		return error_wrap(error, "remove a damaged layer");
	return unpack(host, layers, blob, source, error) ||
	       error_wrap(error, "layer %.*s", SHORT_DIGEST, digest_hex(blob->digest));
}

bool layer_remove(const Host *host, const char *diff_id, Error *error)
{
	CLEANUP_FD layers = -1;
	return open_layers(host, &layers, error) &&
	       staging_discard(layers, digest_hex(diff_id), error);
}

bool layer_list(const Host *host, Arena *arena, Texts *ret, Error *error)
{
	CLEANUP_FD layers = -1;
	Texts names = { 0 };
	if (!open_layers(host, &layers, error) || !file_list(layers, ".", arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *diff_id = arena_printf(arena, "sha256:%s", names.items[i]);
		if (digest_is_valid(diff_id) && load_info(layers, diff_id, NULL))
			texts_add(arena, ret, diff_id);
	}
	return true;
}

bool layer_collect(const Host *host, size_t *ret_count, Error *error)
{
	CLEANUP_FD layers = -1;
	return open_layers(host, &layers, error) && staging_collect_at(layers, ret_count, error);
}
