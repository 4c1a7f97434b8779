// sdme image rm and sdme image prune: names, and what nothing needs.
#include "store/image/remove.h"

#include "cmd/commands.h"
#include "cmd/image/images.h"
#include "pkg/base/text.h"
#include "pkg/cli/batch.h"
#include "pkg/cli/confirm.h"
#include "pkg/cli/size.h"
#include "store/image/lock.h"
#include "store/state/layout.h"

// --- rm

typedef struct ImageRemoveOptions {
	bool is_all;
	bool is_forced;
} ImageRemoveOptions;

static const Option remove_options[] = {
	OPT_FLAG(ImageRemoveOptions, is_all, "all", 'a', "Remove all images"),
	OPT_FLAG(ImageRemoveOptions, is_forced, "force", 'f',
		 "Do not ask, and remove an image given by its id with all of its names"),
};

static const Positional remove_positionals[] = {
	{ "NAME", 0, POSITIONAL_MANY, COMPLETE_IMAGE, "References, ids or digests of images",
	  NULL },
};

// The names that go. By its id an image goes as a whole.
static bool list_references(const CommandContext *context, const StoredImage *image,
			    const char *reference, Texts *ret, Error *error)
{
	const ImageRemoveOptions *given = context->options;
	if (reference) {
		texts_add(context->arena, ret, reference);
		return true;
	}
	if (image->references.count > 1 && !given->is_forced)
		return error_set(error, ERROR_BUSY,
				 "it has several names: %s; give these, or --force",
				 texts_join(&image->references, ", ", context->arena));
	*ret = image->references;
	return true;
}

// One image at a time, each under the lock: pulls go on in between.
static bool remove_one(const CommandContext *context, const char *name, void *data, Error *error)
{
	(void)data; // nothing is shared between the items
	CLEANUP_LOCK lock = LOCK_NONE;
	ImageInventory inventory = { 0 };
	ImageRemoval removal = { 0 };
	const StoredImage *image = NULL;
	const char *reference = NULL;
	Texts references = { 0 };
	return image_lock_exclusive(context->host, &lock, error) &&
	       images_load_strictly(context, &inventory, error) &&
	       images_find(context, &inventory, name, &image, &reference, error) &&
	       list_references(context, image, reference, &references, error) &&
	       image_plan_removal(context->host, &inventory, image, &references, context->arena,
				  &removal, error) &&
	       image_remove(context->host, &lock, &removal, error);
}

// All of them, once the user has agreed.
static bool select_all(const CommandContext *context, Texts *ret, Error *error)
{
	const ImageRemoveOptions *given = context->options;
	ImageInventory inventory = { 0 };
	if (!images_load(context, &inventory, error))
		return false;
	for (size_t i = 0; i < inventory.images.count; i++) {
		const Texts *references = &inventory.images.items[i].references;
		for (size_t j = 0; j < references->count; j++)
			texts_add(context->arena, ret, references->items[j]);
	}
	if (ret->count == 0)
		fprintf(context->messages, "no images to remove\n");
	if (ret->count == 0 || given->is_forced)
		return true;
	const char *question = arena_printf(context->arena, "remove %zu images?", ret->count);
	return confirm(context, stdin, question, "--force", error);
}

static bool run_remove(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ImageRemoveOptions *given = context->options;
	const BatchVerb verb = { "removing", "removed", "images" };
	Texts names = context->arguments;
	if (given->is_all == (names.count > 0))
		return error_set(error, ERROR_USAGE, "give names, or --all");
	if (!layout_prepare(context->host, error) ||
	    (given->is_all && !select_all(context, &names, error)))
		return false;
	return batch_run(context, &verb, &names, remove_one, NULL, error);
}

const Command command_image_rm = {
	.name = "rm",
	.summary = "Remove images",
	.description =
		"Removes names. An image goes with its last name, and each of its layers when no other image "
		"has it. An image that a machine stands on stays, also one that the machine could go back to: "
		"remove the machine first.",
	.examples = "sdme image rm nginx:1\n",
	OPTIONS(ImageRemoveOptions, remove_options),
	POSITIONALS(remove_positionals),
	.needs_root = true,
	.run = run_remove,
};

// --- prune

typedef struct ImagePruneOptions {
	bool is_all;
	bool is_dry_run;
	bool is_forced;
} ImagePruneOptions;

static const Option prune_options[] = {
	OPT_FLAG(ImagePruneOptions, is_all, "all", 'a',
		 "Remove images that have a name and no machine uses, too"),
	OPT_FLAG(ImagePruneOptions, is_dry_run, "dry-run", 0,
		 "Print what would go and change nothing"),
	OPT_FLAG(ImagePruneOptions, is_forced, "force", 'f', "Do not ask"),
};

static const char *describe(const CommandContext *context, const ImageRemoval *removal)
{
	return arena_printf(context->arena, "%zu image%s and %zu layer%s, %s",
			    removal->images.count, removal->images.count == 1 ? "" : "s",
			    removal->layers.count, removal->layers.count == 1 ? "" : "s",
			    size_print(removal->size_bytes, context->arena));
}

static void print_names(const CommandContext *context, const ImageRemoval *removal)
{
	for (size_t i = 0; i < removal->references.count; i++)
		fprintf(context->output, "%s\n", removal->references.items[i]);
	for (size_t i = 0; i < removal->images.count; i++)
		fprintf(context->output, "%s\n", removal->images.items[i]);
}

static bool plan_prune(const CommandContext *context, ImageRemoval *ret, Error *error)
{
	const ImagePruneOptions *given = context->options;
	ImageInventory inventory = { 0 };
	if (!images_load_strictly(context, &inventory, error))
		return false;
	image_plan_prune(context->host, &inventory, given->is_all, context->arena, ret);
	return true;
}

// Asks about what there is before the lock is taken: somebody may think for long.
static bool agree(const CommandContext *context, const ImageRemoval *planned, Error *error)
{
	const ImagePruneOptions *given = context->options;
	if (given->is_forced)
		return true;
	const char *question =
		arena_printf(context->arena, "remove %s?", describe(context, planned));
	return confirm(context, stdin, question, "--force", error);
}

static bool prune(const CommandContext *context, Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	ImageRemoval removal = { 0 };
	size_t stale = 0;
	if (!image_lock_exclusive(context->host, &lock, error) ||
	    !plan_prune(context, &removal, error) ||
	    !image_remove(context->host, &lock, &removal, error) ||
	    !image_collect(context->host, &stale, error))
		return false;
	print_names(context, &removal);
	fprintf(context->messages, "removed %s\n", describe(context, &removal));
	return true;
}

static bool run_prune(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	const ImagePruneOptions *given = context->options;
	ImageRemoval planned = { 0 };
	size_t stale = 0;
	if (!layout_prepare(context->host, error) || !plan_prune(context, &planned, error))
		return false;
	if (image_removal_is_empty(&planned)) {
		fprintf(context->messages, "nothing to prune\n");
		return given->is_dry_run || image_collect(context->host, &stale, error);
	}
	if (given->is_dry_run) {
		print_names(context, &planned);
		fprintf(context->messages, "would remove %s\n", describe(context, &planned));
		return true;
	}
	return agree(context, &planned, error) && prune(context, error);
}

const Command command_image_prune = {
	.name = "prune",
	.summary = "Remove what no image needs",
	.description =
		"Removes images that have lost their name because a tag moved on, and layers of no image; with "
		"--all also images that have a name and that no machine stands on. What a machine uses stays, "
		"running or not, and what it could go back to. Prints what went, names first, and how much "
		"room that made.",
	.examples = "sdme image prune --dry-run\n"
		    "# everything but what the Pods need\n"
		    "sdme image prune --all --force\n",
	OPTIONS(ImagePruneOptions, prune_options),
	.needs_root = true,
	.run = run_prune,
};
