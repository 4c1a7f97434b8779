#include "pkg/oci/config.h"
#include "tests/unit/test.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static bool parse(Test *test, const char *text, ImageConfig *ret)
{
	return image_config_parse(text, strlen(text), test->arena, ret, &test->error);
}

TEST(image_config_gives_what_the_image_says)
{
	ImageConfig config;
	CHECK(parse(test,
		    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"created\":\"x\",\"config\":{"
		    "\"User\":\"app:www\",\"Env\":[\"PATH=/bin\",\"A=1\",\"A=2\",\"odd\"],"
		    "\"Entrypoint\":[\"/run\"],\"Cmd\":[\"a b\",\"$X\"],\"WorkingDir\":\"/srv\","
		    "\"StopSignal\":\"SIGQUIT\",\"ExposedPorts\":{\"80/tcp\":{},\"53/udp\":{}},"
		    "\"Volumes\":{\"/data\":{}},\"Labels\":{\"k\":\"v\"},"
		    "\"Shell\":[\"/bin/bash\",\"-c\"]},"
		    "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" HEX "\"]}}",
		    &config));
	CHECK_TEXT(config.architecture, "amd64");
	CHECK_TEXT(config.user, "app:www");
	CHECK(config.environment.count == 4);
	CHECK_TEXT(config.environment.items[2], "A=2");
	CHECK_TEXT(config.entrypoint.items[0], "/run");
	CHECK(config.command.count == 2);
	CHECK_TEXT(config.working_directory, "/srv");
	CHECK_TEXT(config.stop_signal, "SIGQUIT");
	CHECK_TEXT(config.exposed_ports.items[1], "53/udp");
	CHECK_TEXT(config.volumes.items[0], "/data");
	CHECK_TEXT(pairs_get(&config.labels, "k"), "v");
	CHECK(config.shell.count == 2);
	CHECK_TEXT(config.diff_ids.items[0], "sha256:" HEX);
}

TEST(image_config_may_say_nothing)
{
	ImageConfig config;
	CHECK(parse(test,
		    "{\"config\":{\"Cmd\":null,\"Env\":null,\"Labels\":null,\"Volumes\":null,"
		    "\"ExposedPorts\":null,\"User\":null},\"rootfs\":{\"type\":\"layers\"}}",
		    &config));
	CHECK_TEXT(config.user, "");
	CHECK_TEXT(config.os, "");
	CHECK(config.command.count == 0 && config.diff_ids.count == 0);
	CHECK(parse(test, "{}", &config));
}

TEST(image_config_says_what_is_wrong)
{
	ImageConfig config;
	CHECK_ERROR(parse(test, "[]", &config), "image config: array, not an object");
	CHECK_ERROR(parse(test, "{\"config\":{\"Cmd\":\"sh -c\"}}", &config),
		    "image config: Cmd: text, not an array");
	CHECK_ERROR(parse(test, "{\"config\":{\"Env\":[1]}}", &config),
		    "image config: Env[0]: number, not a text");
	CHECK_ERROR(parse(test, "{\"config\":{\"Volumes\":[]}}", &config),
		    "image config: Volumes: array, not an object");
	CHECK_ERROR(parse(test, "{\"rootfs\":{\"diff_ids\":[\"sha256:../../x\"]}}", &config),
		    "image config: rootfs.diff_ids: 'sha256:../../x' is not 'sha256:' and 64 "
		    "lower-case hexadecimal digits");
	CHECK_ERROR(parse(test, "{\"rootfs\":{\"type\":\"vhd\"}}", &config),
		    "image config: rootfs.type: 'vhd' is not 'layers'");
}
