#include "cmd/image/pull_options.h"
#include "pkg/base/text.h"
#include "store/state/config.h"
#include "tests/unit/test.h"

#include <stdlib.h>

TEST(pull_options_come_from_the_settings)
{
	const Config config = { .default_kube_registry = "quay.io",
				.http_timeout_ms = 7000,
				.http_body_timeout_ms = 8000,
				.max_download_size_bytes = 1024 };
	const CommandContext context = { .config = &config, .arena = test->arena };
	const PullOptions options = pull_options_of(&context);
	CHECK(options.policy == IMAGE_PULL_ALWAYS);
	CHECK_TEXT(options.default_registry, "quay.io");
	CHECK(options.answer_timeout_ms == 7000 && options.body_timeout_ms == 8000);
	CHECK(options.download_bytes_max == 1024);
}

TEST(pull_options_look_where_login_leaves_credentials)
{
	const Config config = { .default_kube_registry = "" };
	const CommandContext context = { .config = &config, .arena = test->arena };
	CHECK(setenv("REGISTRY_AUTH_FILE", "/a/first.json", 1) == 0);
	CHECK(setenv("XDG_RUNTIME_DIR", "", 1) == 0);
	CHECK(setenv("HOME", "/home/u", 1) == 0);
	CHECK(setenv("DOCKER_CONFIG", "/d", 1) == 0);
	const Texts only = pull_options_of(&context).auth_files;
	CHECK(unsetenv("REGISTRY_AUTH_FILE") == 0);
	CHECK(only.count == 1);
	CHECK_TEXT(only.items[0], "/a/first.json");
	const Texts files = pull_options_of(&context).auth_files;
	CHECK(unsetenv("DOCKER_CONFIG") == 0);
	CHECK(text_starts_with(files.items[0], "/run/containers/") &&
	      text_ends_with(files.items[0], "/auth.json"));
	CHECK(texts_contain(&files, "/home/u/.config/containers/auth.json"));
	CHECK_TEXT(files.items[files.count - 2], "/d/config.json");
	CHECK_TEXT(files.items[files.count - 1], "/home/u/.docker/config.json");
}
