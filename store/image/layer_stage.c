// A layer that arrives: hashed, unpacked and framed on the way, beside its place until all is right.
#include "pkg/base/text.h"
#include "pkg/oci/layer/unpack.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/stream/deflate.h"
#include "pkg/sys/stream/digest.h"
#include "pkg/sys/stream/inflate.h"
#include "pkg/sys/stream/relay.h"
#include "store/image/layer.h"
#include "store/image/layer_files.h"
#include "store/state/record.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// What one layer goes through. Each relay is a thread that does what stands before it:
// network or file → digest of the blob ‖ decompression → diff_id ‖ frame → tree
typedef struct Pipeline {
	Source counted; // reports progress
	Source *from;
	const Host *host;
	const LayerBlob *blob;
	const char *item;
	uint64_t done;
	DigestSource compressed;
	Relay *fetched;
	Inflate *inflate;
	BudgetSource bounded;
	DigestSource plain;
	Relay *inflated;
	bool is_wrong; // what came is not the blob
} Pipeline;

static void pipeline_clear(Pipeline *pipeline)
{
	relay_close(&pipeline->inflated);
	digest_source_clear(&pipeline->plain);
	relay_close(&pipeline->fetched);
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
	// A layer is there when it has been checked, and not before.
	if (*ret_length > 0 && self->done < self->blob->size_bytes)
		progress_report(self->host->progress, self->item, "pull", self->done,
				self->blob->size_bytes);
	return true;
}

static bool pipeline_start(Pipeline *pipeline, const Host *host, const LayerBlob *blob,
			   Source *source, Arena *arena, Error *error)
{
	*pipeline = (Pipeline){
		.counted.read = read_counted,
		.from = source,
		.host = host,
		.blob = blob,
		.item = arena_printf(arena, "layer %.*s", LAYER_SHORT_DIGEST,
				     digest_hex(blob->digest)),
	};
	digest_source_init(&pipeline->compressed, &pipeline->counted);
	if (!relay_open(&pipeline->compressed.source, &pipeline->fetched, error))
		return false;
	pipeline->inflate = inflate_open(relay_source(pipeline->fetched));
	inflate_share_memory(pipeline->inflate, blob->large);
	budget_source_init(&pipeline->bounded, inflate_source(pipeline->inflate), blob->budget);
	digest_source_init(&pipeline->plain, &pipeline->bounded.source);
	return relay_open(&pipeline->plain.source, &pipeline->inflated, error);
}

// Ends the threads once all has been read; then the digests are those of the whole.
static bool pipeline_finish(Pipeline *pipeline, Error *error)
{
	if (!source_drain(relay_source(pipeline->inflated), error))
		return false;
	relay_close(&pipeline->inflated);
	if (!source_drain(relay_source(pipeline->fetched), error))
		return false;
	relay_close(&pipeline->fetched);
	return true;
}

static bool check_digests(Pipeline *pipeline, Error *error)
{
	const LayerBlob *blob = pipeline->blob;
	pipeline->is_wrong = pipeline->compressed.size_bytes != blob->size_bytes ||
			     !text_equal(pipeline->compressed.text, blob->digest);
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

// Whether other bytes than those of the blob may have led here. When the disk is full or the budget used up the rest of
// the blob is not waited for.
static bool may_be_damage(const Error *error)
{
	return error->code != ERROR_INTERRUPTED && error->code != ERROR_LIMIT &&
	       error->os_errno != ENOSPC && error->os_errno != EDQUOT;
}

// A blob that is not what it should be makes no good archive, either; then the digest is what to tell about.
static bool blame_digest(Pipeline *pipeline, Error *error)
{
	CLEANUP_ERROR unread = { 0 };
	relay_close(&pipeline->inflated);
	if (!pipeline->fetched || !may_be_damage(error))
		return false;
	if (!source_drain(relay_source(pipeline->fetched), &unread)) {
		pipeline->is_wrong = unread.code == ERROR_INVALID; // too long
		return false;
	}
	relay_close(&pipeline->fetched);
	if (text_equal(pipeline->compressed.text, pipeline->blob->digest))
		return false;
	pipeline->is_wrong = true;
	return error_wrap(error, "the bytes of the blob have the digest %s",
			  pipeline->compressed.text);
}

static bool unpack_archive(const Pipeline *pipeline, FrameWriter *frame, int tree,
			   UnpackResult *ret, Error *error)
{
	CLEANUP_ARCHIVE archive = NULL;
	UnpackOptions options = unpack_layer;
	options.frame = frame;
	// The stream is bounded; sparse files need little of it to be large.
	const Budget *budget = pipeline->blob->budget;
	if (budget && budget->max_bytes < options.bytes_max)
		options.bytes_max = budget->max_bytes;
	options.has_verity = pipeline->blob->has_verity;
	if (!archive_open(frame_writer_source(frame), ARCHIVE_PLAIN, &archive, error))
		return false;
	frame_writer_follow(frame, archive);
	return unpack_tar(archive, tree, &options, ret, error) && frame_writer_finish(frame, error);
}

// The archive as a tree and a frame.
static bool unpack_framed(const Pipeline *pipeline, int staged, int tree, UnpackResult *ret,
			  Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD file =
		openat(staged, LAYER_FRAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return error_set_errno(error, errno, "make the frame");
	CLEANUP_DEFLATE deflate =
		deflate_open(COMPRESSION_ZSTD, DEFLATE_FAST, sink_of_fd(file, scratch));
	CLEANUP_FRAME_WRITER frame =
		frame_writer_open(relay_source(pipeline->inflated), deflate_sink(deflate), staged);
	return unpack_archive(pipeline, frame, tree, ret, error) && deflate_finish(deflate, error);
}

static bool save_record(int staged, const LayerBlob *blob, const UnpackResult *result, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Pairs record = { 0 };
	pairs_set(scratch, &record, LAYER_KEY_DIFF_ID, blob->diff_id);
	record_set_u64(scratch, &record, LAYER_KEY_BYTES, result->size_bytes);
	record_set_u64(scratch, &record, LAYER_KEY_DISK, result->disk_bytes);
	record_set_u64(scratch, &record, LAYER_KEY_ENTRIES, result->entries);
	record_set_bool(scratch, &record, LAYER_KEY_OPAQUE, result->is_root_opaque);
	return record_save(staged, LAYER_RECORD, &record, 0600, error);
}

// The whole layer in the staging directory.
static bool fill(int staged, Pipeline *pipeline, Error *error)
{
	CLEANUP_FD tree = -1;
	UnpackResult result = { 0 };
	if (!file_make_directories(staged, LAYER_TREE, 0755, error) ||
	    !file_open_directory(staged, LAYER_TREE, &tree, error))
		return false;
	if (fchmod(tree, 0755) < 0) // whatever the umask
		return error_set_errno(error, errno, "set the mode of '%s'", LAYER_TREE);
	if (!unpack_framed(pipeline, staged, tree, &result, error) ||
	    !pipeline_finish(pipeline, error))
		return blame_digest(pipeline, error);
	return check_digests(pipeline, error) &&
	       save_record(staged, pipeline->blob, &result, error);
}

// The failure that led here is the one to tell about; what stays is for layer_collect.
static void remove_staged(int layers, const char *staged)
{
	CLEANUP_ERROR left_behind = { 0 };
	if (!file_tree_remove(layers, staged, &left_behind))
		return;
}

static bool stage_as(const Host *host, int layers, const LayerBlob *blob, Source *source,
		     Arena *arena, const char **ret, bool *ret_is_wrong, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP(pipeline_clear) Pipeline pipeline = { 0 };
	const char *staged = NULL;
	CLEANUP_FD fd = -1;
	if (!staging_make_directory(layers, "layer", 0700, arena, &staged, &fd, error))
		return false;
	if (pipeline_start(&pipeline, host, blob, source, scratch, error) &&
	    fill(fd, &pipeline, error)) {
		progress_report(host->progress, pipeline.item, "pull", blob->size_bytes,
				blob->size_bytes);
		*ret = staged;
		return true;
	}
	pipeline_clear(&pipeline);
	budget_source_give_back(&pipeline.bounded);
	*ret_is_wrong = pipeline.is_wrong;
	remove_staged(layers, staged);
	return false;
}

bool layer_stage(const Host *host, const LayerBlob *blob, Source *source, Arena *arena,
		 StagedLayer *ret, bool *ret_is_wrong, Error *error)
{
	CLEANUP_FD layers = -1;
	const char *name = NULL;
	*ret_is_wrong = false;
	if (!layer_open_all(host, &layers, error))
		return error_wrap(error, "open the layers");
	if (!stage_as(host, layers, blob, source, arena, &name, ret_is_wrong, error))
		return error_wrap(error, "layer %.*s", LAYER_SHORT_DIGEST,
				  digest_hex(blob->digest));
	*ret = (StagedLayer){ arena_strdup(arena, blob->diff_id), name };
	return true;
}
