#include "store/image/layer_archive.h"

#include "pkg/oci/layer/frame.h"
#include "pkg/sys/file.h"
#include "store/image/layer.h"
#include "store/image/layer_files.h"

#include <errno.h>
#include <fcntl.h>

struct LayerArchive {
	int frame;
	int tree;
	int kept;
	FrameReader *reader;
};

static bool open_files(LayerArchive *self, int layer, Error *error)
{
	self->frame = openat(layer, LAYER_FRAME, O_RDONLY | O_CLOEXEC);
	if (self->frame < 0 && errno == ENOENT)
		return error_set(error, ERROR_UNSUPPORTED,
				 "an older sdme stored it without what its archive needs; pull the "
				 "image again");
	if (self->frame < 0)
		return error_set_errno(error, errno, "open '%s'", LAYER_FRAME);
	if (file_exists(layer, FRAME_KEPT_NAME) &&
	    !file_open_directory(layer, FRAME_KEPT_NAME, &self->kept, error))
		return false;
	return file_open_directory(layer, LAYER_TREE, &self->tree, error);
}

bool layer_archive_open(const Host *host, const char *diff_id, LayerArchive **ret, Error *error)
{
	CLEANUP_FD layer = -1;
	if (!layer_open(host, diff_id, &layer, error))
		return false;
	LayerArchive *self = memory_resize(NULL, sizeof(*self));
	*self = (LayerArchive){ .frame = -1, .tree = -1, .kept = -1 };
	if (!open_files(self, layer, error)) {
		layer_archive_close(&self);
		return false;
	}
	self->reader = frame_reader_open(self->frame, self->tree, self->kept);
	*ret = self;
	return true;
}

void layer_archive_close(LayerArchive **archive)
{
	LayerArchive *self = *archive;
	if (!self)
		return;
	frame_reader_close(&self->reader);
	file_close(&self->frame);
	file_close(&self->tree);
	file_close(&self->kept);
	free(self);
	*archive = NULL;
}

Source *layer_archive_source(LayerArchive *archive)
{
	return frame_reader_source(archive->reader);
}
