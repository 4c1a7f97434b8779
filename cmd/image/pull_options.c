#include "cmd/image/pull_options.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "store/state/config.h"

#include <stdlib.h>
#include <unistd.h>

static const char *from_environment(const CommandContext *context, const char *variable,
				    const char *rest)
{
	const char *directory = getenv(variable);
	return text_is_empty(directory) ? NULL : path_join(context->arena, directory, rest);
}

// Where podman, skopeo and docker keep what `login` got, in the order in which they look: containers-auth.json(5).
static Texts list_auth_files(const CommandContext *context)
{
	const char *const candidates[] = {
		from_environment(context, "XDG_RUNTIME_DIR", "containers/auth.json"),
		arena_printf(context->arena, "/run/containers/%u/auth.json", (unsigned)geteuid()),
		from_environment(context, "XDG_CONFIG_HOME", "containers/auth.json"),
		from_environment(context, "HOME", ".config/containers/auth.json"),
		from_environment(context, "DOCKER_CONFIG", "config.json"),
		from_environment(context, "HOME", ".docker/config.json"),
	};
	Texts files = { 0 };
	const char *only = getenv("REGISTRY_AUTH_FILE");
	if (!text_is_empty(only)) { // whoever names a file means no other
		texts_add(context->arena, &files, only);
		return files;
	}
	for (size_t i = 0; i < COUNT(candidates); i++) {
		if (!text_is_empty(candidates[i]))
			texts_add(context->arena, &files, candidates[i]);
	}
	return files;
}

PullOptions pull_options_of(const CommandContext *context)
{
	return (PullOptions){
		.policy = IMAGE_PULL_ALWAYS,
		.default_registry = context->config->default_kube_registry,
		.auth_files = list_auth_files(context),
		.answer_timeout_ms = context->config->http_timeout_ms,
		.body_timeout_ms = context->config->http_body_timeout_ms,
		.download_bytes_max = context->config->max_download_size_bytes,
		.image_bytes_max = context->config->max_image_size_bytes,
		.has_verity = context->config->image_verity,
	};
}

bool pull_options_set_platform(const char *platform, Arena *arena, PullOptions *pull, Error *error)
{
	return !platform || platform_parse(platform, arena, &pull->platform, error) ||
	       error_wrap(error, "--platform");
}
