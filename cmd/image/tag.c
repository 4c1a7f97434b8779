// sdme image tag: another name for an image.
#include "store/image/tag.h"
#include "cmd/commands.h"
#include "cmd/image/images.h"
#include "store/image/lock.h"
#include "store/state/config.h"
#include "store/state/layout.h"

static const Positional positionals[] = {
	{ "SOURCE", 1, 1, COMPLETE_IMAGE, "The image: a reference, an id or a digest", NULL },
	{ "NAME", 1, 1, COMPLETE_IMAGE, "The new name", NULL },
};

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	CLEANUP_LOCK lock = LOCK_NONE;
	ImageInventory inventory = { 0 };
	const StoredImage *image = NULL;
	const char *reference = NULL;
	if (!layout_prepare(context->host, error) ||
	    !image_lock_shared(context->host, &lock, error) ||
	    !images_load(context, &inventory, error) ||
	    !images_find(context, &inventory, context->arguments.items[0], &image, &reference,
			 error) ||
	    !image_tag(context->host, image, context->arguments.items[1],
		       context->config->default_kube_registry, context->arena, &reference, error))
		return false;
	fprintf(context->output, "%s\n", reference);
	return true;
}

const Command command_image_tag = {
	.name = "tag",
	.summary = "Give an image another name",
	.description =
		"The image then has both names and stays until both are removed. A name that another image "
		"has is taken from it.",
	.examples = "sdme image tag nginx:1 localhost/web:stable\n"
		    "# what an older version was called, from its id\n"
		    "sdme image tag 3f2a9c01 nginx:old\n",
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
