#include "pkg/oci/docker_manifest.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"
#include "pkg/oci/manifest.h"
#include "pkg/oci/reference.h"
#include "pkg/sys/text/json_read.h"

#include <ctype.h>

// Names of one image.
#define TAGS_MAX 1000

// Names of files end up in messages.
static bool check_path(const char *path, Error *error)
{
	for (const char *c = path; *c; c++) {
		if (iscntrl((unsigned char)*c))
			return error_set(error, ERROR_INVALID,
					 "control characters in the name of a file");
	}
	return true;
}

static bool check_paths(const DockerImage *image, Error *error)
{
	for (size_t i = 0; i < image->layers.count; i++) {
		if (!check_path(image->layers.items[i], error))
			return false;
	}
	return check_path(image->config, error);
}

static bool read_docker_image(const JsonNode *node, Arena *arena, DockerImage *ret, Error *error)
{
	DockerImage image = { .config = json_read_text(node, "Config", "") };
	if (node->kind != JSON_NODE_OBJECT)
		return error_set(error, ERROR_INVALID, "%s, not an object",
				 json_node_kind_to_text(node->kind));
	if (!image.config[0])
		return error_set(error, ERROR_INVALID, "no Config");
	if (!json_read_texts(node, "RepoTags", arena, &image.tags, error) ||
	    !json_read_texts(node, "Layers", arena, &image.layers, error))
		return false;
	if (image.layers.count > MANIFEST_LAYERS_MAX)
		return error_set(error, ERROR_LIMIT, "Layers: more than %d", MANIFEST_LAYERS_MAX);
	if (image.tags.count > TAGS_MAX)
		return error_set(error, ERROR_LIMIT, "RepoTags: more than %d", TAGS_MAX);
	if (!check_paths(&image, error))
		return false;
	*ret = image;
	return true;
}

bool docker_manifest_parse(const char *bytes, size_t length, Arena *arena, DockerImages *ret,
			   Error *error)
{
	const JsonNode *root = NULL;
	if (length > MANIFEST_BYTES_MAX)
		return error_set(error, ERROR_LIMIT, "manifest.json: larger than %d bytes",
				 MANIFEST_BYTES_MAX);
	if (!json_read_parse(bytes, length, arena, &root, error))
		return error_wrap(error, "manifest.json");
	if (root->kind != JSON_NODE_ARRAY)
		return error_set(error, ERROR_INVALID, "manifest.json: %s, not an array",
				 json_node_kind_to_text(root->kind));
	if (root->item_count > DOCKER_IMAGES_MAX)
		return error_set(error, ERROR_LIMIT, "manifest.json: more than %d images",
				 DOCKER_IMAGES_MAX);
	for (size_t i = 0; i < root->item_count; i++) {
		if (!read_docker_image(root->items[i], arena, docker_images_push(arena, ret),
				       error))
			return error_wrap(error, "manifest.json: [%zu]", i);
	}
	return true;
}

// "one, two", or "@0" for an image without names.
static void list_names(const DockerImages *images, Buffer *ret)
{
	for (size_t i = 0; i < images->count; i++) {
		const Texts *tags = &images->items[i].tags;
		for (size_t j = 0; j < tags->count; j++) {
			buffer_add(ret, ret->length > 0 ? ", " : "");
			buffer_add_printable(ret, tags->items[j], strnlen(tags->items[j], 300));
		}
		if (tags->count == 0)
			buffer_printf(ret, "%s@%zu", ret->length > 0 ? ", " : "", i);
	}
}

static bool choose_index(const DockerImages *images, const char *name, const DockerImage **ret,
			 Error *error)
{
	uint64_t index = 0;
	if (!number_parse_u64(name + 1, "the number of the image", UINT32_MAX, &index, error))
		return false;
	if (index >= images->count)
		return error_set(error, ERROR_NOT_FOUND, "there is no image '%s', but %zu images",
				 name, images->count);
	*ret = &images->items[index];
	return true;
}

static bool has_tag(const DockerImage *image, const Reference *wanted, Arena *arena)
{
	for (size_t i = 0; i < image->tags.count; i++) {
		CLEANUP_ERROR is_no_name = { 0 };
		Reference tag;
		if (reference_parse(image->tags.items[i], NULL, arena, &tag, &is_no_name) &&
		    text_equal(tag.text, wanted->text))
			return true;
	}
	return false;
}

static bool choose_tag(const DockerImages *images, const char *name, const DockerImage **ret,
		       Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Reference wanted;
	if (!reference_parse(name, NULL, scratch, &wanted, error))
		return false;
	for (size_t i = 0; i < images->count; i++) {
		if (has_tag(&images->items[i], &wanted, scratch)) {
			*ret = &images->items[i];
			return true;
		}
	}
	CLEANUP_BUFFER names = { 0 };
	list_names(images, &names);
	return error_set(error, ERROR_NOT_FOUND, "there is no image '%s'; there is %s", wanted.text,
			 names.length > 0 ? buffer_text(&names) : "none at all");
}

bool docker_manifest_choose(const DockerImages *images, const char *name, const DockerImage **ret,
			    Error *error)
{
	if (name[0] == '@')
		return choose_index(images, name, ret, error);
	if (name[0])
		return choose_tag(images, name, ret, error);
	if (images->count == 1) {
		*ret = &images->items[0];
		return true;
	}
	if (images->count == 0)
		return error_set(error, ERROR_NOT_FOUND, "there is no image in it");
	CLEANUP_BUFFER names = { 0 };
	list_names(images, &names);
	return error_set(error, ERROR_INVALID,
			 "there is more than one image; add one of the names: %s",
			 buffer_text(&names));
}
