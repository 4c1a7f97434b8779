#include "pkg/oci/config.h"

#include "pkg/base/text.h"
#include "pkg/sys/stream/digest.h"
#include "pkg/sys/text/json_read.h"

// Of one list: environment, labels, layers …
#define ITEMS_MAX 4096

// Objects whose keys are what counts: {"80/tcp": {}}.
static bool read_keys(const JsonNode *node, const char *key, Arena *arena, Texts *ret, Error *error)
{
	const JsonNode *object = json_read_get(node, key);
	if (!object)
		return true;
	if (object->kind != JSON_NODE_OBJECT)
		return error_set(error, ERROR_INVALID, "%s: %s, not an object", key,
				 json_node_kind_to_text(object->kind));
	for (size_t i = 0; i < object->item_count; i++)
		texts_add(arena, ret, object->items[i]->key);
	return true;
}

static bool read_labels(const JsonNode *node, Arena *arena, Pairs *ret, Error *error)
{
	const JsonNode *object = json_read_get(node, "Labels");
	if (!object)
		return true;
	if (object->kind != JSON_NODE_OBJECT)
		return error_set(error, ERROR_INVALID, "Labels: %s, not an object",
				 json_node_kind_to_text(object->kind));
	for (size_t i = 0; i < object->item_count; i++) {
		const JsonNode *label = object->items[i];
		*pairs_push(arena, ret) =
			(Pair){ label->key, label->kind == JSON_NODE_TEXT ? label->text : "" };
	}
	return true;
}

static bool read_diff_ids(const JsonNode *root, Arena *arena, Texts *ret, Error *error)
{
	const JsonNode *rootfs = json_read_get(root, "rootfs");
	const char *type = json_read_text(rootfs, "type", "layers");
	if (!text_equal(type, "layers")) {
		CLEANUP_BUFFER shown = { 0 };
		buffer_add_printable(&shown, type, strnlen(type, 100));
		return error_set(error, ERROR_UNSUPPORTED, "rootfs.type: '%s' is not 'layers'",
				 buffer_text(&shown));
	}
	if (!json_read_texts(rootfs, "diff_ids", arena, ret, error))
		return error_wrap(error, "rootfs");
	for (size_t i = 0; i < ret->count; i++) {
		if (!digest_check(ret->items[i], "rootfs.diff_ids", error))
			return false;
	}
	return true;
}

// So an image says that it has none of those below it: to Docker, podman and containerd one empty word is no entry point.
// With more words it is one that cannot be started. <https://github.com/containerd/containerd/issues/7229>
static void drop_empty_entrypoint(ImageConfig *config)
{
	if (config->entrypoint.count == 1 && text_is_empty(config->entrypoint.items[0]))
		config->entrypoint.count = 0;
}

static bool read_run_config(const JsonNode *node, Arena *arena, ImageConfig *ret, Error *error)
{
	ret->user = json_read_text(node, "User", "");
	ret->working_directory = json_read_text(node, "WorkingDir", "");
	ret->stop_signal = json_read_text(node, "StopSignal", "");
	const struct {
		const char *key;
		Texts *texts;
	} lists[] = {
		{ "Env", &ret->environment },
		{ "Entrypoint", &ret->entrypoint },
		{ "Cmd", &ret->command },
		{ "Shell", &ret->shell },
	};
	for (size_t i = 0; i < COUNT(lists); i++) {
		if (!json_read_texts(node, lists[i].key, arena, lists[i].texts, error))
			return false;
	}
	drop_empty_entrypoint(ret);
	return read_keys(node, "ExposedPorts", arena, &ret->exposed_ports, error) &&
	       read_keys(node, "Volumes", arena, &ret->volumes, error) &&
	       read_labels(node, arena, &ret->labels, error);
}

static bool check_bounds(const ImageConfig *config, Error *error)
{
	const struct {
		const char *name;
		size_t count;
	} lists[] = {
		{ "Env", config->environment.count },
		{ "Entrypoint", config->entrypoint.count },
		{ "Cmd", config->command.count },
		{ "Volumes", config->volumes.count },
		{ "Labels", config->labels.count },
		{ "ExposedPorts", config->exposed_ports.count },
		{ "Shell", config->shell.count },
		{ "rootfs.diff_ids", config->diff_ids.count },
	};
	for (size_t i = 0; i < COUNT(lists); i++) {
		if (lists[i].count > ITEMS_MAX)
			return error_set(error, ERROR_LIMIT, "%s: more than %d items",
					 lists[i].name, ITEMS_MAX);
	}
	return true;
}

bool image_config_parse(const char *bytes, size_t length, Arena *arena, ImageConfig *ret,
			Error *error)
{
	if (length > IMAGE_CONFIG_BYTES_MAX)
		return error_set(error, ERROR_LIMIT, "image config: larger than %d bytes",
				 IMAGE_CONFIG_BYTES_MAX);
	const JsonNode *root = NULL;
	if (!json_read_parse(bytes, length, arena, &root, error))
		return error_wrap(error, "image config");
	if (root->kind != JSON_NODE_OBJECT)
		return error_set(error, ERROR_INVALID, "image config: %s, not an object",
				 json_node_kind_to_text(root->kind));

	ImageConfig config = {
		.architecture = json_read_text(root, "architecture", ""),
		.variant = json_read_text(root, "variant", ""),
		.os = json_read_text(root, "os", ""),
		.created = json_read_text(root, "created", ""),
	};
	if (!read_run_config(json_read_get(root, "config"), arena, &config, error) ||
	    !read_diff_ids(root, arena, &config.diff_ids, error) || !check_bounds(&config, error))
		return error_wrap(error, "image config");
	*ret = config;
	return true;
}
