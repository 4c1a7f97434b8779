// sdme image: the group of the commands about images.
#include "cmd/commands.h"

static const Command *const commands[] = {
	&command_image_pull,    &command_image_list,
	&command_image_inspect, &command_image_import,
	&command_image_export,  &command_image_verify,
	&command_image_tag,     &command_image_rm,
	&command_image_prune,   NULL,
};

const Command command_image = {
	.name = "image",
	.summary = "Fetch, list and remove container images",
	.description =
		"Images are kept layer by layer, each unpacked once, whatever number of images and Pods share "
		"it. `sdme kube apply` pulls what its Pods need; these commands do it beforehand, show what "
		"there is, and remove what nothing needs.\n"
		"\n"
		"NAME is a reference (nginx:1, quay.io/org/app@sha256:...), an image's id or at least four "
		"digits of it, or a digest.",
	.examples = "sdme image pull nginx:1\n"
		    "sdme image ls\n"
		    "sdme image prune\n",
	.subcommands = commands,
};
