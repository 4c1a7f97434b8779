#include "store/image/layer_verify.h"

#include "pkg/base/text.h"
#include "pkg/oci/layer/frame.h"
#include "pkg/oci/layer/tree_compare.h"
#include "pkg/oci/layer/unpack.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/stream/digest.h"
#include "pkg/sys/stream/relay.h"
#include "store/image/layer.h"
#include "store/image/layer_archive.h"
#include "store/image/layer_files.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

// Of one layer.
#define DIFFERENCES_MAX 10

// What is wrong with the layer is a fault; what keeps us from looking is a failure.
static bool is_fault(const Error *error)
{
	return error->code == ERROR_INVALID || error->code == ERROR_NOT_FOUND ||
	       error->code == ERROR_UNSUPPORTED || error->code == ERROR_LIMIT;
}

static bool as_fault(const Error *failure, Arena *arena, Texts *faults, Error *error)
{
	if (!is_fault(failure))
		return error_set(error, failure->code, "%s", failure->message);
	texts_add(arena, faults, arena_strdup(arena, failure->message));
	return true;
}

static bool ignore(Sink *sink, const void *bytes, size_t length, Error *error)
{
	(void)sink, (void)bytes, (void)length, (void)error; // the frame is there already
	return true;
}

static bool unpack_entries(FrameWriter *frame, int skeleton, Error *error)
{
	CLEANUP_ARCHIVE archive = NULL;
	UnpackOptions options = unpack_layer;
	options.without_content = true;
	options.frame = frame;
	if (!archive_open(frame_writer_source(frame), ARCHIVE_PLAIN, &archive, error))
		return false;
	frame_writer_follow(frame, archive);
	return unpack_tar(archive, skeleton, &options, NULL, error) &&
	       frame_writer_finish(frame, error);
}

// With a frame as the layer was: what makes way is kept again, and so links to it count as they did.
static bool unpack_skeleton(Source *archive_bytes, int staged, int skeleton, Error *error)
{
	Sink nowhere = { .write = ignore };
	CLEANUP_FRAME_WRITER frame = frame_writer_open(archive_bytes, &nowhere, staged);
	return unpack_entries(frame, skeleton, error);
}

// The archive once more, into a tree of the same entries without their contents.
static bool rebuild(const Host *host, const char *diff_id, int staged, int skeleton, Arena *arena,
		    Texts *faults, Error *error)
{
	CLEANUP_LAYER_ARCHIVE archive = NULL;
	CLEANUP_DIGEST_SOURCE plain = { 0 };
	CLEANUP_RELAY relay = NULL;
	if (!layer_archive_open(host, diff_id, &archive, error))
		return false;
	digest_source_init(&plain, layer_archive_source(archive));
	if (!relay_open(&plain.source, &relay, error) ||
	    !unpack_skeleton(relay_source(relay), staged, skeleton, error))
		return false;
	relay_close(&relay);
	if (!text_equal(plain.text, diff_id))
		texts_add(arena, faults,
			  arena_printf(arena, "its contents have the digest %s", plain.text));
	return true;
}

static bool compare(const Host *host, const char *diff_id, int skeleton, Arena *arena,
		    Texts *faults, Error *error)
{
	CLEANUP_FD layer = -1;
	CLEANUP_FD tree = -1;
	return layer_open(host, diff_id, &layer, error) &&
	       file_open_directory(layer, LAYER_TREE, &tree, error) &&
	       tree_compare(tree, skeleton, faults->count + DIFFERENCES_MAX, arena, faults, error);
}

static bool verify(const Host *host, const char *diff_id, int staged, Arena *arena, Texts *faults,
		   Error *error)
{
	CLEANUP_FD skeleton = -1;
	CLEANUP_ERROR failure = { 0 };
	if (!file_make_directories(staged, LAYER_TREE, 0755, error) ||
	    !file_open_directory(staged, LAYER_TREE, &skeleton, error))
		return false;
	if (fchmod(skeleton, 0755) < 0) // whatever the umask
		return error_set_errno(error, errno, "set the mode of '%s'", LAYER_TREE);
	if (!rebuild(host, diff_id, staged, skeleton, arena, faults, &failure))
		return as_fault(&failure, arena, faults, error);
	return compare(host, diff_id, skeleton, arena, faults, error);
}

bool layer_verify(const Host *host, const char *diff_id, Arena *arena, Texts *ret_faults,
		  Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD layers = -1;
	CLEANUP_FD staged = -1;
	const char *name = NULL;
	if (!layer_open_all(host, &layers, error) ||
	    !staging_make_directory(layers, "verify", 0700, scratch, &name, &staged, error))
		return error_wrap(error, "verify a layer");
	Texts faults = { 0 };
	const bool is_done = verify(host, diff_id, staged, arena, &faults, error);
	CLEANUP_ERROR left_behind = { 0 }; // for layer_collect
	const bool is_removed = file_tree_remove(layers, name, &left_behind);
	if (!is_done || (!is_removed && left_behind.code == ERROR_INTERRUPTED))
		return is_done ? error_set(error, ERROR_INTERRUPTED, "interrupted") : false;
	if (!layer_mark(host, diff_id, faults.count > 0, error))
		return false;
	for (size_t i = 0; i < faults.count; i++)
		texts_add(arena, ret_faults, faults.items[i]);
	return true;
}
