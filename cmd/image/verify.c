// sdme image verify: whether images still are what they were when they came.
#include "store/image/verify.h"

#include "cmd/commands.h"
#include "cmd/image/images.h"
#include "pkg/base/text.h"
#include "pkg/cli/table.h"
#include "store/image/lock.h"
#include "store/state/config.h"
#include "store/state/layout.h"

typedef struct ImageVerifyOptions {
	bool is_all;
	bool json;
	bool json_pretty;
} ImageVerifyOptions;

static const Option options[] = {
	OPT_FLAG(ImageVerifyOptions, is_all, "all", 'a', "Verify all images"),
	OPT_JSON(ImageVerifyOptions, json, json_pretty),
};

static const Positional positionals[] = {
	{ "NAME", 0, POSITIONAL_MANY, COMPLETE_IMAGE, "References, ids or digests of images",
	  NULL },
};

static const Column columns[] = {
	{ .title = "IMAGE", .key = "reference" },
	{ .key = "ok" },
	{ .title = "FAULT" },
	{ .key = "faults" },
};

static void add_check(const CommandContext *context, const StoredImage *image,
		      const char *reference, ImageChecks *ret)
{
	*image_checks_push(context->arena, ret) = (ImageCheck){
		.name = reference ? reference : stored_image_name(image, context->arena),
		.manifest_digest = image->manifest_digest,
	};
}

// Those without a name, too: machines stand on them. An incomplete one is what a killed pull left.
static void add_all(const CommandContext *context, const ImageInventory *inventory,
		    ImageChecks *ret)
{
	for (size_t i = 0; i < inventory->images.count; i++) {
		const StoredImage *image = &inventory->images.items[i];
		if (image->references.count == 0 && image->is_complete)
			add_check(context, image, NULL, ret);
		for (size_t k = 0; k < image->references.count; k++)
			add_check(context, image, image->references.items[k], ret);
	}
}

static bool choose(const CommandContext *context, ImageChecks *ret, Error *error)
{
	ImageInventory inventory = { 0 };
	if (!images_load(context, &inventory, error))
		return false;
	if (context->arguments.count == 0)
		add_all(context, &inventory, ret);
	for (size_t i = 0; i < context->arguments.count; i++) {
		const StoredImage *image = NULL;
		const char *reference = NULL;
		if (!images_find(context, &inventory, context->arguments.items[i], &image,
				 &reference, error))
			return false;
		add_check(context, image, reference, ret);
	}
	return true;
}

// The table has one line per fault, JSON one object per image.
static void add_rows(Table *table, const ImageCheck *check, bool is_json)
{
	const size_t count = is_json || check->faults.count == 0 ? 1 : check->faults.count;
	for (size_t i = 0; i < count; i++) {
		table_add_text(table, check->name);
		table_add_bool(table, check->faults.count == 0);
		table_add_text(table, check->faults.count == 0 ? "OK" : check->faults.items[i]);
		table_add_texts(table, &check->faults);
	}
}

static void print(const CommandContext *context, const ImageChecks *checks)
{
	const ImageVerifyOptions *given = context->options;
	const OutputFormat format = output_format_of(given->json, given->json_pretty,
						     context->config->default_output_format);
	const bool is_json = format == OUTPUT_JSON || format == OUTPUT_JSON_PRETTY;
	Table table;
	if (checks->count == 0 && !is_json) {
		fprintf(context->messages, "no images found\n");
		return;
	}
	table_init(&table, context->arena, columns, COUNT(columns));
	for (size_t i = 0; i < checks->count; i++)
		add_rows(&table, &checks->items[i], is_json);
	table_write(&table, format, context->output);
}

static bool conclude(const ImageChecks *checks, Error *error)
{
	size_t damaged = 0;
	for (size_t i = 0; i < checks->count; i++)
		damaged += checks->items[i].faults.count > 0;
	return damaged == 0 ||
	       error_set(error, ERROR_INVALID,
			 "%zu of %zu images are damaged; 'sdme image pull' fetches what is damaged "
			 "again, and 'sdme image import' what came from a file",
			 damaged, checks->count);
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ImageVerifyOptions *given = context->options;
	CLEANUP_LOCK lock = LOCK_NONE;
	ImageChecks checks = { 0 };
	if (given->is_all == (context->arguments.count > 0))
		return error_set(error, ERROR_USAGE, "give names, or --all");
	if (!layout_prepare(context->host, error) ||
	    !image_lock_shared(context->host, &lock, error) || !choose(context, &checks, error) ||
	    !image_verify(context->host, context->arena, &checks, error))
		return false;
	print(context, &checks);
	return conclude(&checks, error);
}

const Command command_image_verify = {
	.name = "verify",
	.summary = "Check images for damage",
	.description =
		"Hashes manifests, configs and layers again, and compares owners, modes and attributes of the "
		"unpacked files with what their archives say. Nothing of sdme changes a layer once it is "
		"there; a disk or a person may. Exits with 1 when something is not as it was.\n"
		"\n"
		"Damaged layers are remembered: the next `sdme image pull` or `sdme image import` of an image that has "
		"one fetches it again and puts it in its place, for all images that share it. Machines that run go "
		"on with the old files until they are started again; these are deleted after the next boot of the "
		"host.",
	.examples = "sdme image verify nginx:1\n"
		    "sdme image verify --all\n",
	OPTIONS(ImageVerifyOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
