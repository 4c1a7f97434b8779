#include "cmd/pull_options.h"
#include "store/config.h"
#include "tests/unit/test.h"

#include <stdlib.h>

TEST(pull_options_come_from_the_settings)
{
	const Config config = { .default_kube_registry = "quay.io",
				.http_timeout_ms = 7000,
				.max_download_size_bytes = 1024 };
	const CommandContext context = { .config = &config, .arena = test->arena };
	const PullOptions options = pull_options_of(&context);
	CHECK(options.policy == IMAGE_PULL_ALWAYS);
	CHECK_TEXT(options.default_registry, "quay.io");
	CHECK(options.answer_timeout_ms == 7000 && options.download_bytes_max == 1024);
}

TEST(pull_options_look_where_login_leaves_credentials)
{
	const Config config = { .default_kube_registry = "" };
	const CommandContext context = { .config = &config, .arena = test->arena };
	CHECK(setenv("REGISTRY_AUTH_FILE", "/a/first.json", 1) == 0);
	CHECK(setenv("XDG_RUNTIME_DIR", "", 1) == 0);
	CHECK(setenv("HOME", "/home/u", 1) == 0);
	const PullOptions options = pull_options_of(&context);
	CHECK(unsetenv("REGISTRY_AUTH_FILE") == 0);
	CHECK_TEXT(options.auth_files.items[0], "/a/first.json");
	CHECK_TEXT(options.auth_files.items[1], "/run/containers/0/auth.json");
	CHECK(texts_contain(&options.auth_files, "/home/u/.docker/config.json"));
}
