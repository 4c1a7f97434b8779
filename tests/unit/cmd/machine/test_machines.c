#include "cmd/machine/machines.h"

#include "isolate/machine/machine.h"
#include "pkg/base/path.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

static bool make_machines(Test *test, Host *ret)
{
	static const char *const names[] = { "web", "web-2", "db" };
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data"),
		       .drop_in_dir = path_join(test->arena, test_directory(test), "units") };
	if (!layout_prepare(ret, &test->error))
		return false;
	for (size_t i = 0; i < COUNT(names); i++) {
		Pairs record = { 0 };
		pairs_set(test->arena, &record, MACHINE_KEY_NAME, names[i]);
		if (!machine_save(ret, names[i], &record, &test->error))
			return false;
	}
	return true;
}

TEST(machines_are_named_in_full_or_by_what_only_one_starts_with)
{
	Host host;
	const char *name = NULL;
	CHECK(make_machines(test, &host));
	const CommandContext context = { .host = &host, .arena = test->arena };
	CHECK(machines_resolve(&context, "d", &name, &test->error));
	CHECK_TEXT(name, "db");
	CHECK(machines_resolve(&context, "web", &name, &test->error)); // whole names win
	CHECK_TEXT(name, "web");
	CHECK_ERROR(machines_resolve(&context, "we", &name, &test->error),
		    "ambiguous name 'we', could match: web, web-2");
	CHECK_ERROR(machines_resolve(&context, "", &name, &test->error),
		    "no container found matching ''");
	CHECK_ERROR(machines_resolve(&context, "../db", &name, &test->error),
		    "no container found matching '../db'");
}

TEST(machines_of_arguments_are_each_named_once)
{
	Host host;
	Texts names = { 0 };
	CHECK(make_machines(test, &host));
	CommandContext context = { .host = &host, .arena = test->arena };
	static const char *const words[] = { "web-2", "d", "db", "web" };
	for (size_t i = 0; i < COUNT(words); i++)
		texts_add(test->arena, &context.arguments, words[i]);
	CHECK(machines_resolve_arguments(&context, &names, &test->error));
	CHECK_TEXT(texts_join(&names, " ", test->arena), "web-2 db web");
}

static bool resolve_to_end(Test *test, const Host *host, const char *word, bool may_be_left,
			   Texts *ret)
{
	CommandContext context = { .host = host, .arena = test->arena };
	texts_add(test->arena, &context.arguments, "web");
	texts_add(test->arena, &context.arguments, word);
	return machines_resolve_to_end(&context, "remove", may_be_left, ret, &test->error);
}

TEST(machines_that_end_are_named_in_full)
{
	Host host;
	Texts names = { 0 };
	CHECK(make_machines(test, &host));
	CHECK(resolve_to_end(test, &host, "db", true, &names));
	CHECK_TEXT(texts_join(&names, " ", test->arena), "web db");
	CHECK(resolve_to_end(test, &host, "web", false, &names));
	CHECK_TEXT(texts_join(&names, " ", test->arena), "web");
	CHECK_ERROR(resolve_to_end(test, &host, "d", true, &names),
		    "'d' is short for 'db'; remove it? nobody can be asked; use the whole name");
	CHECK_ERROR(resolve_to_end(test, &host, "we", false, &names),
		    "ambiguous name 'we', could match: web, web-2");
	CHECK_ERROR(resolve_to_end(test, &host, "x", true, &names),
		    "no container found matching 'x'");
}
