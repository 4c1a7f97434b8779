#include "store/image/tag.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/image/name.h"
#include "store/image/record.h"

#include <time.h>

static bool parse_name(const Host *host, const char *name, const char *default_registry,
		       Arena *arena, Reference *ret, Error *error)
{
	if (!image_name_parse(host, name, default_registry, arena, ret, error))
		return false;
	if (ret->kind != REFERENCE_REGISTRY)
		return error_set(
			error, ERROR_INVALID,
			"'%s' is a place, not a name: give a name as of a registry, NAME[:TAG]",
			ret->text);
	if (ret->digest[0])
		return error_set(error, ERROR_INVALID,
				 "'%s' has a digest: that is the image's to have, give NAME[:TAG]",
				 ret->text);
	return true;
}

// What the other names led to holds for this one, too: it may have been an index.
static void fill_record(int images, const StoredImage *image, Arena *arena, ImageRecord *ret)
{
	*ret = (ImageRecord){ .target_digest = image->manifest_digest,
			      .manifest_digest = image->manifest_digest,
			      .pulled_s = image->pulled_s > 0 ? image->pulled_s : time(NULL) };
	ImageRecord first;
	if (image->references.count > 0 &&
	    image_record_load(images, image->references.items[0], arena, &first))
		*ret = first;
}

bool image_tag(const Host *host, const StoredImage *image, const char *name,
	       const char *default_registry, Arena *arena, const char **ret_reference, Error *error)
{
	CLEANUP_FD images = -1;
	Reference reference;
	ImageRecord record;
	if (!parse_name(host, name, default_registry, arena, &reference, error) ||
	    !image_record_open(host, &images, error))
		return false;
	fill_record(images, image, arena, &record);
	record.reference = reference.text;
	record.repository_digest = reference_at_digest(&reference, record.target_digest, arena);
	if (!image_record_save(images, &record, error))
		return false;
	*ret_reference = reference.text;
	return true;
}
