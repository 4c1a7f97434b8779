#include "pkg/base/text.h"
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

// What a terminal would obey, and what would look like a line of ours.
#define EVIL "\\u001b]0;x\\u0007\\nError: gone"

TEST(image_config_tells_of_hostile_texts_in_one_harmless_line)
{
	static const char *const texts[] = {
		"{\"rootfs\":{\"type\":\"" EVIL "\"}}",
		"{\"rootfs\":{\"diff_ids\":[\"" EVIL "\"]}}",
		"{\"config\":{\"Env\":{\"" EVIL "\":1}}}",
		"{\"config\":{\"Labels\":[\"" EVIL "\"]}}",
		"{\"" EVIL "\":1,\"" EVIL "\":2}",
		"{\"a\":" EVIL "}",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		ImageConfig config;
		CHECK(!parse(test, texts[i], &config));
		CHECK(!strpbrk(test->error.message, "\x1b\x07\n"));
		error_clear(&test->error);
	}
}

TEST(image_config_takes_one_empty_word_for_no_entry_point)
{
	static const struct {
		const char *text;
		size_t words, command_words;
	} rows[] = {
		{ "\"Entrypoint\":[\"\"],\"Cmd\":[\"a\"]", 0, 1 },
		{ "\"Entrypoint\":[\"\",\"\"]", 2, 0 },
		{ "\"Entrypoint\":[\"\",\"/a\"]", 2, 0 },
		{ "\"Entrypoint\":[\" \"]", 1, 0 },
		{ "\"Entrypoint\":[],\"Cmd\":[\"\"]", 0, 1 },
		{ "\"Entrypoint\":[\"/a\"],\"Cmd\":[\"\"]", 1, 1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		ImageConfig config;
		CHECK(parse(test, arena_printf(test->arena, "{\"config\":{%s}}", rows[i].text),
			    &config));
		CHECK(config.entrypoint.count == rows[i].words);
		CHECK(config.command.count == rows[i].command_words);
	}
}

TEST(image_config_keeps_hostile_texts_as_they_are)
{
	ImageConfig config;
	CHECK(parse(test,
		    "{\"config\":{\"User\":\"" EVIL "\",\"Entrypoint\":[\"" EVIL
		    "\"],\"Env\":[\"A=" EVIL "\"],\"Labels\":{\"" EVIL "\":\"" EVIL "\"}}}",
		    &config));
	CHECK_TEXT(config.user, "\x1b]0;x\a\nError: gone");
	CHECK_TEXT(config.entrypoint.items[0], "\x1b]0;x\a\nError: gone");
	CHECK_TEXT(config.labels.items[0].key, "\x1b]0;x\a\nError: gone");
}

TEST(image_config_is_bounded)
{
	static const char *const lists[] = { "Env", "Entrypoint", "Cmd", "Shell" };
	for (size_t i = 0; i < COUNT(lists); i++) {
		CLEANUP_BUFFER text = { 0 };
		ImageConfig config;
		buffer_printf(&text, "{\"config\":{\"%s\":[\"a\"", lists[i]);
		for (unsigned k = 0; k < 4096; k++)
			buffer_add(&text, ",\"a\"");
		buffer_add(&text, "]}}");
		CHECK_ERROR(parse(test, buffer_text(&text), &config),
			    arena_printf(test->arena, "image config: %s: more than 4096 items",
					 lists[i]));
	}
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
