#include "pkg/oci/manifest.h"

#include "pkg/base/text.h"
#include "pkg/sys/stream/digest.h"
#include "pkg/sys/text/json_read.h"

#include <string.h>

#define INDEX_ENTRIES_MAX 1000
#define REFERENCE_NAME    "org.opencontainers.image.ref.name"
#define CONTAINERD_NAME   "io.containerd.image.name"

typedef enum Role {
	ROLE_INDEX,
	ROLE_MANIFEST,
	ROLE_SCHEMA_1,
	ROLE_CONFIG,
	ROLE_LAYER,
} Role;

static const struct {
	const char *media_type;
	Role role;
} media_types[] = {
	// clang-format off
	{ "application/vnd.oci.image.index.v1+json",                      ROLE_INDEX },
	{ "application/vnd.docker.distribution.manifest.list.v2+json",    ROLE_INDEX },
	{ "application/vnd.oci.image.manifest.v1+json",                   ROLE_MANIFEST },
	{ "application/vnd.docker.distribution.manifest.v2+json",         ROLE_MANIFEST },
	{ "application/vnd.docker.distribution.manifest.v1+json",         ROLE_SCHEMA_1 },
	{ "application/vnd.docker.distribution.manifest.v1+prettyjws",    ROLE_SCHEMA_1 },
	{ "application/vnd.oci.image.config.v1+json",                     ROLE_CONFIG },
	{ "application/vnd.docker.container.image.v1+json",               ROLE_CONFIG },
	{ "application/vnd.oci.image.layer.v1.tar",                       ROLE_LAYER },
	{ "application/vnd.oci.image.layer.v1.tar+gzip",                  ROLE_LAYER },
	{ "application/vnd.oci.image.layer.v1.tar+zstd",                  ROLE_LAYER },
	{ "application/vnd.oci.image.layer.nondistributable.v1.tar",      ROLE_LAYER },
	{ "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", ROLE_LAYER },
	{ "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", ROLE_LAYER },
	{ "application/vnd.docker.image.rootfs.diff.tar",                 ROLE_LAYER },
	{ "application/vnd.docker.image.rootfs.diff.tar.gzip",            ROLE_LAYER },
	{ "application/vnd.docker.image.rootfs.diff.tar.zstd",            ROLE_LAYER },
	{ "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",    ROLE_LAYER },
	// clang-format on
};

static bool find_role(const char *media_type, Role *ret)
{
	for (size_t i = 0; i < COUNT(media_types); i++) {
		if (text_equal(media_type, media_types[i].media_type)) {
			*ret = media_types[i].role;
			return true;
		}
	}
	return false;
}

static const char *printable(const char *text, Arena *arena)
{
	CLEANUP_BUFFER shown = { 0 };
	buffer_add_printable(&shown, text, strnlen(text, 200));
	return buffer_take(&shown, arena);
}

static Platform read_platform(const JsonNode *node)
{
	return (Platform){
		.os = json_read_text(node, "os", ""),
		.architecture = json_read_text(node, "architecture", ""),
		.variant = json_read_text(node, "variant", ""),
	};
}

static bool read_descriptor(const JsonNode *node, const char *what, Descriptor *ret, Error *error)
{
	const JsonNode *annotations = json_read_get(node, "annotations");
	const int64_t size = json_read_number(node, "size", -1);
	const Descriptor descriptor = {
		.media_type = json_read_text(node, "mediaType", ""),
		.digest = json_read_text(node, "digest", ""),
		.size_bytes = (uint64_t)size,
		.platform = read_platform(json_read_get(node, "platform")),
		.name = json_read_text(annotations, REFERENCE_NAME, ""),
		.image_name = json_read_text(annotations, CONTAINERD_NAME, ""),
		.is_attestation = json_read_get(annotations, "vnd.docker.reference.type") != NULL,
	};
	if (!node)
		return error_set(error, ERROR_INVALID, "%s: missing", what);
	if (!digest_check(descriptor.digest, what, error))
		return false;
	if (size < 0)
		return error_set(error, ERROR_INVALID, "%s: no size", what);
	*ret = descriptor;
	return true;
}

static bool read_descriptors(const JsonNode *root, const char *key, size_t max, Arena *arena,
			     Descriptors *ret, Error *error)
{
	const JsonNode *list = json_read_get(root, key);
	if (!list || list->kind != JSON_NODE_ARRAY)
		return error_set(error, ERROR_INVALID, "%s: no array", key);
	if (list->item_count > max)
		return error_set(error, ERROR_LIMIT, "%s: more than %zu", key, max);
	for (size_t i = 0; i < list->item_count; i++) {
		const char *what = arena_printf(arena, "%s[%zu]", key, i);
		if (!read_descriptor(list->items[i], what, descriptors_push(arena, ret), error))
			return false;
	}
	return true;
}

static bool read_image(const JsonNode *root, Arena *arena, Manifest *ret, Error *error)
{
	if (!read_descriptor(json_read_get(root, "config"), "config", &ret->config, error) ||
	    !read_descriptors(root, "layers", MANIFEST_LAYERS_MAX, arena, &ret->layers, error))
		return false;
	Role role = ROLE_CONFIG;
	if (!find_role(ret->config.media_type, &role) || role != ROLE_CONFIG)
		return error_set(error, ERROR_UNSUPPORTED,
				 "this is no container image: its config is of type '%s'",
				 printable(ret->config.media_type, arena));
	for (size_t i = 0; i < ret->layers.count; i++) {
		const char *media_type = ret->layers.items[i].media_type;
		if (!find_role(media_type, &role) || role != ROLE_LAYER)
			return error_set(error, ERROR_UNSUPPORTED,
					 "layers[%zu]: type '%s' is not known", i,
					 printable(media_type, arena));
	}
	return true;
}

// Transports may say nothing of use, or add parameters: "…+json; charset=utf-8".
static const char *clean_media_type(const char *media_type, Arena *arena)
{
	const char *clean = arena_strndup(arena, media_type, strcspn(media_type, "; \t"));
	Role role;
	return find_role(clean, &role) ? clean : "";
}

// What the document is, by what the transport says, by what it says, or by what it holds; these must agree.
static bool find_kind(const JsonNode *root, const char *media_type, Arena *arena, Role *ret,
		      Error *error)
{
	const bool has_manifests = json_read_get(root, "manifests");
	const bool has_layers = json_read_get(root, "layers") || json_read_get(root, "config");
	const char *outer = clean_media_type(media_type, arena);
	const char *inner = json_read_text(root, "mediaType", "");
	if (has_manifests && has_layers)
		return error_set(error, ERROR_INVALID, "it is both an index and a manifest");
	if (outer[0] && inner[0] && !text_equal(outer, inner))
		return error_set(error, ERROR_INVALID, "it says it is '%s', the server says '%s'",
				 printable(inner, arena), outer);

	Role role = has_manifests ? ROLE_INDEX : ROLE_MANIFEST;
	const char *said = outer[0] ? outer : inner;
	if (said[0] && (!find_role(said, &role) || role == ROLE_LAYER || role == ROLE_CONFIG))
		return error_set(error, ERROR_UNSUPPORTED, "type '%s' is not known",
				 printable(said, arena));
	if (role == ROLE_SCHEMA_1 || json_read_number(root, "schemaVersion", 0) == 1)
		return error_set(error, ERROR_UNSUPPORTED,
				 "Docker schema 1 is too old; push the image again with a current "
				 "tool");
	*ret = role;
	return true;
}

bool manifest_parse(const char *bytes, size_t length, const char *media_type, Arena *arena,
		    Manifest *ret, Error *error)
{
	if (length > MANIFEST_BYTES_MAX)
		return error_set(error, ERROR_LIMIT, "manifest: larger than %d bytes",
				 MANIFEST_BYTES_MAX);
	const JsonNode *root = NULL;
	Role role = ROLE_MANIFEST;
	if (!json_read_parse(bytes, length, arena, &root, error) ||
	    !find_kind(root, media_type, arena, &role, error))
		return error_wrap(error, "manifest");
	if (json_read_number(root, "schemaVersion", 0) != 2)
		return error_set(error, ERROR_INVALID, "manifest: schemaVersion is not 2");

	Manifest manifest = { .is_index = role == ROLE_INDEX };
	const bool is_done = manifest.is_index
				     ? read_descriptors(root, "manifests", INDEX_ENTRIES_MAX, arena,
							&manifest.manifests, error)
				     : read_image(root, arena, &manifest, error);
	if (!is_done)
		return error_wrap(error, "manifest");
	*ret = manifest;
	return true;
}

static bool no_platform(const Manifest *index, const Platform *platform, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_BUFFER there = { 0 };
	for (size_t i = 0; i < index->manifests.count; i++) {
		const Descriptor *entry = &index->manifests.items[i];
		if (!entry->is_attestation)
			buffer_printf(
				&there, "%s%s", there.length > 0 ? ", " : "",
				printable(platform_print(&entry->platform, scratch), scratch));
	}
	return error_set(error, ERROR_NOT_FOUND, "no image for %s; there is %s",
			 platform_print(platform, scratch),
			 there.length > 0 ? buffer_text(&there) : "none at all");
}

bool manifest_choose(const Manifest *index, const Platform *platform, const Descriptor **ret,
		     Error *error)
{
	const Descriptor *best = NULL;
	unsigned best_rank = 0;
	for (size_t i = 0; i < index->manifests.count; i++) {
		const Descriptor *entry = &index->manifests.items[i];
		Role role = ROLE_MANIFEST;
		const bool is_image = text_is_empty(entry->media_type) ||
				      (find_role(entry->media_type, &role) &&
				       (role == ROLE_MANIFEST || role == ROLE_INDEX));
		const unsigned rank = is_image && !entry->is_attestation
					      ? platform_rank(&entry->platform, platform)
					      : 0;
		if (rank > best_rank) {
			best = entry;
			best_rank = rank;
		}
	}
	if (!best)
		return no_platform(index, platform, error);
	*ret = best;
	return true;
}
