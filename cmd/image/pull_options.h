// cmd/image/pull_options.h - how the commands that pull images do so: settings, and where credentials are.
#ifndef CMD_IMAGE_PULL_OPTIONS_H
#define CMD_IMAGE_PULL_OPTIONS_H

#include "pkg/cli/command.h"
#include "store/image/image.h"

// What the settings say (default_kube_registry, http_timeout, max_download_size, max_image_size), and the files in which
// podman, skopeo and docker keep what `login` got, whether they exist or not; only $REGISTRY_AUTH_FILE if that is set.
// The policy is IMAGE_PULL_ALWAYS.
PullOptions pull_options_of(const CommandContext *context);
// The argument of --platform; NULL leaves it at the host's.
MUST_CHECK bool pull_options_set_platform(const char *platform, Arena *arena, PullOptions *pull,
					  Error *error);

#endif
