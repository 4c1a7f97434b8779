// sdme image pull: images from registries, layouts and archives into the store.
#include "cmd/commands.h"
#include "cmd/image/pull_options.h"
#include "pkg/cli/message.h"
#include "pkg/sys/interrupt.h"
#include "store/state/layout.h"

typedef struct ImagePullOptions {
	unsigned policy;
	const char *platform;
} ImagePullOptions;

// podman's words.
static const char *const policies[] = {
	[IMAGE_PULL_ALWAYS] = "always",
	[IMAGE_PULL_IF_NOT_PRESENT] = "missing",
	[IMAGE_PULL_NEVER] = "never",
};

static const Option options[] = {
	OPT_CHOICE(ImagePullOptions, policy, "policy", 0, "POLICY", policies,
		   "Ask the registry always, only for what is missing, or never",
		   .default_text = "always"),
	OPT_STRING(ImagePullOptions, platform, "platform", 0, "OS/ARCH", COMPLETE_NONE,
		   "Take the image for this platform (linux/arm64) instead of the host's"),
};

static const Positional positionals[] = {
	{ "NAME", 1, POSITIONAL_MANY, COMPLETE_IMAGE, "References of images", NULL },
};

static bool fill_options(const CommandContext *context, PullOptions *ret, Error *error)
{
	const ImagePullOptions *given = context->options;
	PullOptions pull = pull_options_of(context);
	pull.policy = (ImagePull)given->policy;
	if (!pull_options_set_platform(given->platform, context->arena, &pull, error))
		return false;
	*ret = pull;
	return true;
}

// A failure is told and does not stop the others.
static bool pull_one(const CommandContext *context, const char *name, const PullOptions *pull,
		     size_t *failed, Error *error)
{
	Image image = { 0 };
	if (image_pull(context->host, name, pull, context->arena, &image, error)) {
		fprintf(context->output, "%s\n", image.reference);
		fflush(context->output);
		return true;
	}
	if (error->code == ERROR_INTERRUPTED)
		return false;
	message_print_error(context->messages, "error: ", error);
	error_clear(error);
	(*failed)++;
	return true;
}

static bool run(const CommandContext *context, int *exit_status, Error *error)
{
	(void)exit_status;
	PullOptions pull = { 0 };
	size_t failed = 0;
	if (!layout_prepare(context->host, error) || !fill_options(context, &pull, error))
		return false;
	for (size_t i = 0; i < context->arguments.count; i++) {
		if (!interrupt_check(error) ||
		    !pull_one(context, context->arguments.items[i], &pull, &failed, error))
			return false;
	}
	return failed == 0 || error_set(error, ERROR_FAILED, "some images could not be pulled");
}

const Command command_image_pull = {
	.name = "pull",
	.summary = "Fetch images",
	.description =
		"Fetches images and unpacks them, and prints their full references. Layers that are here "
		"already are not fetched again. Credentials are those of podman login and docker login; "
		"mirrors, short names and registries without TLS come from containers-registries.conf(5).\n"
		"\n"
		"A reference names one image at a time: pulling it for another platform replaces the host's "
		"image of that name, which the next `sdme kube apply` pulls again.",
	.examples = "sdme image pull nginx:1 quay.io/prometheus/prometheus\n"
		    "# without asking the registry when it is here\n"
		    "sdme image pull --policy missing redis:7\n"
		    "# from a layout on disk\n"
		    "sdme image pull oci:/srv/images/web:1\n",
	OPTIONS(ImagePullOptions, options),
	POSITIONALS(positionals),
	.needs_root = true,
	.run = run,
};
