#include "isolate/app/spec.h"

#include "isolate/guest/spec.h"
#include "tests/unit/test.h"

static AppSpec sample(Arena *arena)
{
	AppSpec spec = { .identifier = "web/app/1",
			 .uid = 1000,
			 .gid = 2000,
			 .own_ipc = true,
			 .working_directory = "/srv",
			 .filter = { "12345678abcdefgh", 16 } };
	texts_add(arena, &spec.arguments, "serve");
	texts_add(arena, &spec.arguments, "--at=$(PLACE)");
	*app_variables_push(arena, &spec.environment) =
		(AppVariable){ "PATH", "/bin", .is_hidden = true };
	*app_variables_push(arena, &spec.environment) =
		(AppVariable){ .name = "PLACE", .value = "a\nb" };
	*app_variables_push(arena, &spec.environment) =
		(AppVariable){ "ALL", "$(PLACE) $(PATH) $(LATER)", .is_expandable = true };
	*app_variables_push(arena, &spec.environment) =
		(AppVariable){ .name = "LATER", .value = "x=y" };
	*app_groups_push(arena, &spec.groups) = 7;
	spec_default_masked_paths(arena, &spec.masked_paths);
	return spec;
}

TEST(spec_survives_printing)
{
	const AppSpec spec = sample(test->arena);
	CLEANUP_BUFFER image = { 0 };
	CHECK(spec_print(&spec, &image, &test->error));
	AppSpec read = { 0 };
	CHECK(spec_parse(image.data, image.length, test->arena, &read, &test->error));

	CHECK_TEXT(read.identifier, "web/app/1");
	CHECK_TEXT(read.working_directory, "/srv");
	CHECK_TEXT(read.arguments.items[1], "--at=a\nb");
	CHECK(read.environment.count == 4 && read.arguments.count == 2);
	CHECK_TEXT(read.environment.items[2].value, "a\nb $(PATH) $(LATER)");
	CHECK_TEXT(read.environment.items[3].name, "LATER");
	CHECK_TEXT(read.environment.items[3].value, "x=y");
	CHECK(read.uid == 1000 && read.gid == 2000 && read.groups.count == 1 && read.own_ipc);
	CHECK(read.masked_paths.count == spec.masked_paths.count);
	CHECK(read.filter.len == 16 && memcmp(read.filter.ptr, "12345678abcdefgh", 16) == 0);
	CHECK(read.backoff_base_ms == 10000 && read.backoff_max_ms == 300000);
}

TEST(spec_later_variables_win_in_place)
{
	AppSpec spec = sample(test->arena);
	*app_variables_push(test->arena, &spec.environment) =
		(AppVariable){ .name = "PATH", .value = "/sbin" };
	Texts environment = { 0 };
	spec_environment(&spec, test->arena, &environment);
	CHECK(environment.count == 4);
	CHECK_TEXT(environment.items[0], "PATH=/sbin");
}

TEST(spec_verbatim_arguments_are_not_touched)
{
	AppSpec spec = sample(test->arena);
	spec.is_verbatim = true;
	Texts arguments = { 0 };
	spec_arguments(&spec, test->arena, &arguments);
	CHECK_TEXT(arguments.items[1], "--at=$(PLACE)");
}

TEST(spec_faults)
{
	AppSpec spec = sample(test->arena);
	CLEANUP_BUFFER image = { 0 };
	spec.working_directory = "srv";
	CHECK_ERROR(spec_print(&spec, &image, &test->error),
		    "working directory 'srv' is not absolute");
	spec = sample(test->arena);
	spec.arguments = (Texts){ 0 };
	CHECK_ERROR(spec_print(&spec, &image, &test->error), "no command specified");
	spec = sample(test->arena);
	spec.environment.items[1].name = "A=B";
	CHECK_ERROR(spec_print(&spec, &image, &test->error),
		    "'A=B' is no name of an environment variable");
	spec = sample(test->arena);
	spec.identifier = "two\nlines";
	CHECK_ERROR(spec_print(&spec, &image, &test->error),
		    "the identifier is no line of at most 255 bytes");
	spec = sample(test->arena);
	char *text = arena_alloc(test->arena, SPEC_BYTES_MAX);
	memset(text, 'x', SPEC_BYTES_MAX - 1);
	spec.arguments.items[0] = text;
	CHECK_ERROR(spec_print(&spec, &image, &test->error),
		    "arguments and environment take more than 8388608 bytes");
	CHECK(image.length == 0);
}

TEST(spec_of_wrong_bytes)
{
	const AppSpec spec = sample(test->arena);
	CLEANUP_BUFFER image = { 0 };
	CHECK(spec_print(&spec, &image, &test->error));
	AppSpec read = { 0 };
	CHECK_ERROR(spec_parse(image.data, image.length - 1, test->arena, &read, &test->error),
		    "no specification of an application");
	CHECK_ERROR(spec_parse("", 0, test->arena, &read, &test->error),
		    "no specification of an application");

	SpecHeader header;
	memcpy(&header, image.data, sizeof(header));
	header.arguments.count = 5000000;
	memcpy(image.data, &header, sizeof(header));
	CHECK_ERROR(spec_parse(image.data, image.length, test->arena, &read, &test->error),
		    "a list lies outside of the specification");
	header.arguments.count = 1;
	header.identifier = header.total_bytes;
	memcpy(image.data, &header, sizeof(header));
	CHECK_ERROR(spec_parse(image.data, image.length, test->arena, &read, &test->error),
		    "a text lies outside of the specification");
}

TEST(spec_with_too_many_variables)
{
	AppSpec spec = { .identifier = "web/app/1", .kind = APP_KIND_APPLICATION };
	texts_add(test->arena, &spec.arguments, "/app");
	for (int i = 0; i < 10001; i++)
		*app_variables_push(test->arena, &spec.environment) =
			(AppVariable){ .name = arena_printf(test->arena, "V%d", i), .value = "" };
	CLEANUP_BUFFER bytes = { 0 };
	CHECK_ERROR(spec_print(&spec, &bytes, &test->error), "more than 10000 variables");
}
