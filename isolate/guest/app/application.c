#include "isolate/guest/app/application.h"

#include "isolate/guest/base/line.h"

typedef struct Image {
	const char *bytes;
	uint32_t size;
} Image;

// The list's items lie inside the image, behind the header, aligned.
static bool is_list_inside(const Image *image, SpecList list, uint32_t item_bytes,
			   uint32_t item_align, uint32_t max)
{
	if (list.count == 0)
		return true;
	if (list.count > max || list.offset < sizeof(SpecHeader) || list.offset % item_align != 0)
		return false;
	return (uint64_t)list.offset + (uint64_t)list.count * item_bytes <= image->size;
}

// The last byte of the image is a NUL, so that a text that begins inside ends inside.
static const char *text_at(const Image *image, uint32_t offset)
{
	if (offset < sizeof(SpecHeader) || offset >= image->size)
		return NULL;
	return image->bytes + offset;
}

static const char *const *texts_at(const Image *image, SpecList list)
{
	if (!is_list_inside(image, list, sizeof(uint32_t), sizeof(uint32_t), SPEC_TEXTS_MAX))
		return NULL;
	const char **texts = sys_allocate((list.count + 1) * sizeof(*texts));
	if (sys_is_error(texts))
		return NULL;

	const uint32_t *offsets = (const uint32_t *)(const void *)(image->bytes + list.offset);
	for (uint32_t i = 0; i < list.count; i++) {
		texts[i] = text_at(image, offsets[i]);
		if (!texts[i])
			return NULL;
	}
	return texts;
}

static bool are_mounts_valid(const Image *image, SpecList list)
{
	if (!is_list_inside(image, list, sizeof(SpecMount), sizeof(uint32_t), SPEC_MOUNTS_MAX))
		return false;
	const SpecMount *mounts = (const SpecMount *)(const void *)(image->bytes + list.offset);
	for (uint32_t i = 0; i < list.count; i++) {
		const char *source = text_at(image, mounts[i].source);
		const char *target = text_at(image, mounts[i].target);
		if (!source || !target || source[0] != '/' || target[0] != '/')
			return false;
	}
	return true;
}

static int map(int fd, Image *ret)
{
	struct statx found;
	const long result = CALL5(statx, fd, "", AT_EMPTY_PATH, STATX_SIZE, &found);
	if (result < 0)
		return (int)result;
	if (found.stx_size <= sizeof(SpecHeader) || found.stx_size > SPEC_BYTES_MAX)
		return -EINVAL;

	const char *bytes =
		(const char *)CALL6(mmap, 0, found.stx_size, MEMORY_READ, MAP_OF_OWN, fd, 0);
	if (sys_is_error(bytes))
		return (int)(intptr_t)bytes;
	*ret = (Image){ bytes, (uint32_t)found.stx_size };
	return 0;
}

static bool is_header_valid(const SpecHeader *header, const Image *image)
{
	return header->magic == SPEC_MAGIC && header->version == SPEC_VERSION &&
	       header->total_bytes == image->size && image->bytes[image->size - 1] == '\0' &&
	       header->kind >= SPEC_KIND_APPLICATION && header->kind <= SPEC_KIND_EXEC &&
	       header->arguments.count > 0 && are_mounts_valid(image, header->mounts) &&
	       is_list_inside(image, header->groups, sizeof(uint32_t), sizeof(uint32_t),
			      SPEC_GROUPS_MAX) &&
	       is_list_inside(image, header->filter, SPEC_FILTER_BYTES, SPEC_FILTER_BYTES,
			      SPEC_FILTER_MAX);
}

int application_load(int fd, Application *ret)
{
	Image image = { 0 };
	const int result = map(fd, &image);
	if (result < 0)
		return result;
	const SpecHeader *header = (const SpecHeader *)(const void *)image.bytes;
	if (!is_header_valid(header, &image))
		return -EINVAL;

	const Application application = {
		.header = header,
		.identifier = text_at(&image, header->identifier),
		.working_directory = text_at(&image, header->working_directory),
		.arguments = texts_at(&image, header->arguments),
		.environment = texts_at(&image, header->environment),
		.masked_paths = texts_at(&image, header->masked_paths),
		.read_only_paths = texts_at(&image, header->read_only_paths),
		.mounts = (const SpecMount *)(const void *)(image.bytes + header->mounts.offset),
		.groups = (const uint32_t *)(const void *)(image.bytes + header->groups.offset),
		.filter = image.bytes + header->filter.offset,
	};
	if (!application.identifier || !application.working_directory || !application.arguments ||
	    !application.environment || !application.masked_paths || !application.read_only_paths ||
	    text_length(application.identifier) > SPEC_IDENTIFIER_MAX)
		return -EINVAL;
	*ret = application;
	return 0;
}

const char *environment_get(const char *const *environment, const char *name)
{
	for (size_t i = 0; environment[i]; i++) {
		const char *rest = text_after(environment[i], name);
		if (rest && *rest == '=')
			return rest + 1;
	}
	return NULL;
}
