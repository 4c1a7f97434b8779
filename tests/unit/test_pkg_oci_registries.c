#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/registries.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static bool parse(Test *test, const char *text, Registries *ret)
{
	return registries_parse("r.conf", text, strlen(text), test->arena, ret, &test->error);
}

// The endpoints for an image as "host repository[ insecure]", one per line.
static const char *resolve(Test *test, const char *conf, const char *image)
{
	Registries registries = { 0 };
	Reference reference;
	Endpoints endpoints = { 0 };
	CLEANUP_BUFFER text = { 0 };
	if (!parse(test, conf, &registries) ||
	    !reference_parse(image, NULL, test->arena, &reference, &test->error) ||
	    !registries_resolve(&registries, &reference, test->arena, &endpoints, &test->error))
		return NULL;
	for (size_t i = 0; i < endpoints.count; i++)
		buffer_printf(&text, "%s%s %s%s", i > 0 ? "\n" : "", endpoints.items[i].host,
			      endpoints.items[i].repository,
			      endpoints.items[i].is_insecure ? " insecure" : "");
	return buffer_take(&text, test->arena);
}

TEST(registries_without_rules_ask_the_registry)
{
	CHECK_TEXT(resolve(test, "", "nginx"), "registry-1.docker.io library/nginx");
	CHECK_TEXT(resolve(test, "unqualified-search-registries = ['quay.io']\n", "quay.io/a"),
		   "quay.io a");
}

TEST(registries_may_be_insecure)
{
	const char *conf = "[[registry]]\nlocation = 'localhost:5000'\ninsecure = true\n";
	CHECK_TEXT(resolve(test, conf, "localhost:5000/a/b"), "localhost:5000 a/b insecure");
	CHECK_TEXT(resolve(test, conf, "localhost:5001/a"), "localhost:5001 a");
}

TEST(registries_ask_mirrors_first)
{
	const char *conf = "[[registry]]\nprefix = 'docker.io'\nlocation = 'docker.io'\n"
			   "[[registry.mirror]]\nlocation = 'mirror.local:5000/hub'\n"
			   "insecure = true\n"
			   "[[registry.mirror]]\nlocation = 'digests.local'\n"
			   "pull-from-mirror = 'digest-only'\n";
	CHECK_TEXT(resolve(test, conf, "nginx:1"), "mirror.local:5000 hub/library/nginx insecure\n"
						   "registry-1.docker.io library/nginx");
	CHECK_TEXT(resolve(test, conf, "nginx@sha256:" HEX),
		   "mirror.local:5000 hub/library/nginx insecure\n"
		   "digests.local library/nginx\n"
		   "registry-1.docker.io library/nginx");
}

TEST(registries_use_the_longest_prefix)
{
	const char *conf = "[[registry]]\nprefix = 'q.io'\nlocation = 'a.io'\n"
			   "[[registry]]\nprefix = 'q.io/team'\nlocation = 'b.io/x'\n"
			   "[[registry]]\nprefix = '*.q.io'\ninsecure = true\n"
			   "[[registry]]\nprefix = 'q.io/secret'\nblocked = true\n";
	CHECK_TEXT(resolve(test, conf, "q.io/app"), "a.io app");
	CHECK_TEXT(resolve(test, conf, "q.io/team/app"), "b.io x/app");
	CHECK_TEXT(resolve(test, conf, "q.io/teammate/app"), "a.io teammate/app");
	CHECK_TEXT(resolve(test, conf, "eu.q.io:80/app"), "eu.q.io:80 app insecure");
	CHECK_TEXT(resolve(test, conf, "noq.io/app"), "noq.io app");
	CHECK_ERROR(resolve(test, conf, "q.io/secret/x"), "registries.conf blocks 'q.io/secret'");
}

TEST(registries_say_what_is_wrong)
{
	Registries registries = { 0 };
	CHECK(!parse(test, "[[registry]]\ninsecure = true\n", &registries));
	CHECK_TEXT(test->error.message, "a registry needs a prefix or a location");
	CHECK(test->error.where.line == 1);
	error_clear(&test->error);
	CHECK(!parse(test, "[[registry]]\nlocation = 5\n", &registries));
	error_clear(&test->error);
	CHECK(!parse(test,
		     "[[registry]]\nlocation='a.b'\n[[registry.mirror]]\nlocation='c.d'\n"
		     "pull-from-mirror='never'\n",
		     &registries));
	CHECK_TEXT(test->error.message,
		   "pull-from-mirror: 'never' is not all, digest-only or tag-only");
	error_clear(&test->error);
}

TEST(registries_load_drop_ins_in_order)
{
	const char *directory = test_directory(test);
	Registries registries = { 0 };
	CHECK(registries_load(directory, test->arena, &registries, &test->error));
	CHECK(registries.count == 0);

	const char *drop_ins = path_join(test->arena, directory, "registries.conf.d");
	CHECK(file_make_directories(AT_FDCWD, drop_ins, 0755, &test->error));
	static const struct {
		const char *path;
		const char *text;
	} files[] = {
		{ "registries.conf", "[[registry]]\nlocation = 'a.io'\nblocked = true\n" },
		{ "registries.conf.d/2.conf", "[[registry]]\nlocation='b.io'\ninsecure=true\n" },
		{ "registries.conf.d/1.conf", "[[registry]]\nlocation='b.io'\nblocked=true\n" },
		{ "registries.conf.d/3.off", "[[registry]]\nlocation='c.io'\nblocked=true\n" },
	};
	for (size_t i = 0; i < COUNT(files); i++)
		CHECK(file_replace_volatile(
			AT_FDCWD, path_join(test->arena, directory, files[i].path), files[i].text,
			strlen(files[i].text), 0644, &test->error));
	CHECK(registries_load(directory, test->arena, &registries, &test->error));
	CHECK(registries.count == 2);
	CHECK(registries.items[0].is_blocked);
	CHECK(registries.items[1].is_insecure && !registries.items[1].is_blocked);
}
