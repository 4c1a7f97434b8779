#include "pkg/oci/image_file.h"

#include "pkg/base/text.h"
#include "pkg/oci/docker_archive.h"
#include "pkg/oci/image_directory.h"
#include "pkg/oci/layout.h"

#include <assert.h>

bool image_file_open(const Reference *reference, const FileSetOptions *options, Arena *arena,
		     Transport **ret, Error *error)
{
	switch (reference->kind) {
	case REFERENCE_OCI_DIRECTORY:
	case REFERENCE_OCI_ARCHIVE:
		return oci_layout_open(reference, options, arena, ret, error);
	case REFERENCE_DOCKER_ARCHIVE:
		return docker_archive_open(reference, options, arena, ret, error);
	case REFERENCE_DIRECTORY:
		return image_directory_open(reference, arena, ret, error);
	case REFERENCE_REGISTRY:
		break;
	}
	assert(reference->kind != REFERENCE_REGISTRY);
	return false;
}

// "docker.io/library/busybox:1" for "busybox:1". "" for what is no name, and for a bare tag ("1.36"), which does not say
// of what.
static const char *full_name(const char *text, Arena *arena)
{
	CLEANUP_ERROR is_no_name = { 0 };
	Reference reference;
	if (!strpbrk(text, "/:") || !reference_parse(text, NULL, arena, &reference, &is_no_name) ||
	    reference.kind != REFERENCE_REGISTRY)
		return "";
	return reference.text;
}

static bool list_docker(const Reference *reference, const FileSetOptions *options, Arena *arena,
			ImageFileEntries *ret, Error *error)
{
	DockerImages images = { 0 };
	if (!docker_archive_list(reference, options, arena, &images, error))
		return false;
	for (size_t i = 0; i < images.count; i++) {
		const Texts *tags = &images.items[i].tags;
		for (size_t j = 0; j < tags->count; j++) {
			const char *name = full_name(tags->items[j], arena);
			*image_file_entries_push(arena, ret) =
				(ImageFileEntry){ name[0] ? name : arena_printf(arena, "@%zu", i),
						  name };
		}
		if (tags->count == 0)
			*image_file_entries_push(arena, ret) =
				(ImageFileEntry){ arena_printf(arena, "@%zu", i), "" };
	}
	return true;
}

static bool is_listed(const ImageFileEntries *entries, const char *selector)
{
	for (size_t i = 0; i < entries->count; i++) {
		if (text_equal(entries->items[i].selector, selector))
			return true;
	}
	return false;
}

static bool list_layout(const Reference *reference, const FileSetOptions *options, Arena *arena,
			ImageFileEntries *ret, Error *error)
{
	Descriptors images = { 0 };
	if (!oci_layout_list(reference, options, arena, &images, error))
		return false;
	for (size_t i = 0; i < images.count; i++) {
		const Descriptor *image = &images.items[i];
		const char *name = full_name(image->image_name, arena);
		if (!is_listed(ret, image->name))
			*image_file_entries_push(arena, ret) =
				(ImageFileEntry){ image->name,
						  name[0] ? name : full_name(image->name, arena) };
	}
	return true;
}

bool image_file_list(const Reference *reference, const FileSetOptions *options, Arena *arena,
		     ImageFileEntries *ret, Error *error)
{
	switch (reference->kind) {
	case REFERENCE_OCI_DIRECTORY:
	case REFERENCE_OCI_ARCHIVE:
		return list_layout(reference, options, arena, ret, error);
	case REFERENCE_DOCKER_ARCHIVE:
		return list_docker(reference, options, arena, ret, error);
	case REFERENCE_DIRECTORY:
		*image_file_entries_push(arena, ret) = (ImageFileEntry){ "", "" };
		return true;
	case REFERENCE_REGISTRY:
		break;
	}
	assert(reference->kind != REFERENCE_REGISTRY);
	return false;
}
