// sdme image inspect: everything that is known of an image, as JSON in podman's words.
#include "cmd/commands.h"
#include "cmd/image/images.h"
#include "pkg/base/json.h"
#include "pkg/base/moment.h"
#include "pkg/sys/stream/digest.h"

static const Positional positionals[] = {
	{ "NAME", 1, POSITIONAL_MANY, COMPLETE_IMAGE, "References, ids or digests of images",
	  NULL },
};

static void add_pairs(JsonWriter *json, const char *key, const Pairs *pairs)
{
	json_add_key(json, key);
	json_begin_object(json);
	for (size_t i = 0; i < pairs->count; i++)
		json_add_text_member(json, pairs->items[i].key, pairs->items[i].value);
	json_end_object(json);
}

// {"80/tcp": {}}: how the image specification writes sets.
static void add_set(JsonWriter *json, const char *key, const Texts *texts)
{
	json_add_key(json, key);
	json_begin_object(json);
	for (size_t i = 0; i < texts->count; i++) {
		json_add_key(json, texts->items[i]);
		json_begin_object(json);
		json_end_object(json);
	}
	json_end_object(json);
}

// The environment of an image is as public as the image.
static void add_config(JsonWriter *json, const ImageConfig *config)
{
	json_add_key(json, "Config");
	json_begin_object(json);
	json_add_text_member(json, "User", config->user);
	add_set(json, "ExposedPorts", &config->exposed_ports);
	json_add_texts_member(json, "Env", &config->environment);
	json_add_texts_member(json, "Entrypoint", &config->entrypoint);
	json_add_texts_member(json, "Cmd", &config->command);
	json_add_texts_member(json, "Shell", &config->shell);
	add_set(json, "Volumes", &config->volumes);
	json_add_text_member(json, "WorkingDir", config->working_directory);
	json_add_text_member(json, "StopSignal", config->stop_signal);
	add_pairs(json, "Labels", &config->labels);
	json_end_object(json);
}

static void add_file_system(JsonWriter *json, const StoredImage *image)
{
	json_add_key(json, "RootFS");
	json_begin_object(json);
	json_add_text_member(json, "Type", "layers");
	json_add_texts_member(json, "Layers", &image->config.diff_ids);
	json_end_object(json);
}

static void add_names(JsonWriter *json, const StoredImage *image)
{
	json_add_key(json, "RepoTags");
	json_begin_array(json);
	for (size_t i = 0; i < image->references.count; i++) {
		if (!strchr(image->references.items[i], '@'))
			json_add_text(json, image->references.items[i]);
	}
	json_end_array(json);
	json_add_texts_member(json, "RepoDigests", &image->repository_digests);
}

static void add_image(JsonWriter *json, const StoredImage *image, Arena *arena)
{
	json_begin_object(json);
	json_add_text_member(json, "Id", digest_hex(stored_image_id(image)));
	json_add_text_member(json, "Digest", image->manifest_digest);
	add_names(json, image);
	json_add_text_member(json, "Created", image->config.created);
	json_add_text_member(json, "Pulled",
			     image->pulled_s > 0
				     ? moment_print(arena, (uint64_t)image->pulled_s * 1000000)
				     : NULL);
	json_add_text_member(json, "Architecture", image->config.architecture);
	json_add_text_member(json, "Variant", image->config.variant);
	json_add_text_member(json, "Os", image->config.os);
	json_add_bool_member(json, "Complete", image->is_complete);
	json_add_u64_member(json, "Size", image->size_bytes);
	json_add_u64_member(json, "OwnSize", image->own_bytes);
	json_add_u64_member(json, "SharedSize", image->size_bytes - image->own_bytes);
	json_add_texts_member(json, "UsedBy", &image->users);
	add_config(json, &image->config);
	add_file_system(json, image);
	json_end_object(json);
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	ImageInventory inventory = { 0 };
	CLEANUP_BUFFER text = { 0 };
	if (!images_load(context, &inventory, error))
		return false;
	JsonWriter json = json_writer(&text, /* is_pretty= */ true);
	json_begin_array(&json);
	for (size_t i = 0; i < context->arguments.count; i++) {
		const StoredImage *image = NULL;
		const char *reference = NULL;
		if (!images_find(context, &inventory, context->arguments.items[i], &image,
				 &reference, error))
			return false;
		add_image(&json, image, context->arena);
	}
	json_end_array(&json);
	fprintf(context->output, "%s\n", buffer_text(&text));
	return true;
}

const Command command_image_inspect = {
	.name = "inspect",
	.summary = "Show what an image says about itself",
	.description =
		"Prints an array of JSON with the members of podman image inspect: names, digests, platform, "
		"layers, and the configuration that containers start with; and UsedBy, the machines that stand "
		"on it. Control characters in texts of the image are escaped.",
	.examples = "sdme image inspect nginx:1\n"
		    "sdme image inspect nginx:1 | jq -r '.[0].Config.Entrypoint'\n",
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
