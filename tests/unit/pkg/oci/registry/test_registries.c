#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/registry/registries.h"
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

// So that the credentials of `podman login docker.io` and the certificates count by whichever name it is asked.
TEST(registries_know_the_names_of_docker_hub)
{
	static const char *const names[] = { "docker.io", "index.docker.io",
					     "registry-1.docker.io" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *conf = arena_printf(
			test->arena, "[[registry]]\nprefix='a.test'\nlocation='%s/team'\n",
			names[i]);
		Registries registries = { 0 };
		Reference reference;
		Endpoints endpoints = { 0 };
		CHECK(parse(test, conf, &registries));
		CHECK(reference_parse("a.test/app", NULL, test->arena, &reference, &test->error));
		CHECK(registries_resolve(&registries, &reference, test->arena, &endpoints,
					 &test->error));
		CHECK_TEXT(endpoints.items[0].host, "registry-1.docker.io");
		CHECK_TEXT(endpoints.items[0].registry, "docker.io");
	}
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

// What is wrong, with its place: "line:column: words".
static const char *fault(Test *test, const char *conf)
{
	Registries registries = { 0 };
	if (parse(test, conf, &registries))
		return "none";
	const char *text = arena_printf(test->arena, "%u:%u: %s", test->error.where.line,
					test->error.where.column, test->error.message);
	error_clear(&test->error);
	return text;
}

TEST(registries_say_where_it_is_wrong)
{
	CHECK_TEXT(fault(test, "[[registry]]\nprefix = 'a.io'\nlocation = 'https://b.io'\n"),
		   "3:12: location: a host and a path, without http:// or the like");
	CHECK_TEXT(fault(test, "[[registry]]\nprefix = 'a.*.io'\n"),
		   "2:10: prefix: '*' stands for the first part of a host only");
	CHECK_TEXT(fault(test, "[[registry]]\nprefix = '*.a.io/b'\n"),
		   "2:10: prefix: *.HOST stands for hosts and takes no path");
	CHECK_TEXT(fault(test, "[[registry]]\nprefix='a.io/b:1'\nlocation='a.io/b:2'\n"),
		   "3:10: location: ':2' cannot take the place of another tag or digest");
	CHECK_TEXT(fault(test, "[[registry]]\nlocation='a.io'\nmirror-by-digest-only=true\n"
			       "[[registry.mirror]]\nlocation='b.io'\npull-from-mirror='all'\n"),
		   "6:18: pull-from-mirror: the registry has mirror-by-digest-only");
	CHECK_TEXT(fault(test, "[[registry]]\nlocation='a.io'\n[[registry]]\nprefix='b.io'\n"
			       "location='a.io'\ninsecure=true\n"),
		   "3:1: 'a.io' is defined more than once, with conflicting 'insecure'");
	CHECK_TEXT(fault(test, "unqualified-search-registries = ['a.io', 'nginx:']\n"),
		   "1:42: unqualified-search-registries: 'nginx:' is no registry");
	CHECK_TEXT(fault(test, "short-name-mode = 'strict'\n"),
		   "1:19: short-name-mode: 'strict' is not enforcing, permissive or disabled");
	CHECK_TEXT(fault(test, "credential-helpers = ['secretservice', '../evil']\n"),
		   "1:40: credential-helpers: '../evil' is no name of a helper");
	CHECK_TEXT(fault(test, "[aliases]\n'a.io/b' = 'c.io/d'\n"),
		   "2:12: aliases: 'a.io/b' is no short name (without registry, tag and digest)");
	CHECK_TEXT(fault(test, "[aliases]\n'b:1' = 'c.io/d'\n"),
		   "2:9: aliases: 'b:1' is no short name (without registry, tag and digest)");
	CHECK_TEXT(fault(test, "[aliases]\nb = 'c.io/d:1'\n"),
		   "2:5: aliases: 'c.io/d:1' is no full name (a registry and a repository, without "
		   "tag and digest)");
	CHECK_TEXT(fault(test, "[aliases]\nb = 'oci:/tmp/d'\n"),
		   "2:5: aliases: 'oci:/tmp/d' is no full name (a registry and a repository, "
		   "without tag and digest)");
	CHECK_TEXT(fault(test, "[registries.search]\nregistries = ['a.io']\n"),
		   "1:1: version 1 of the format ([registries.search] and its like) is not "
		   "supported; write unqualified-search-registries and [[registry]]");
}

TEST(registries_may_be_meant_for_one_tag)
{
	const char *conf = "[[registry]]\nprefix = 'q.io/app:old'\nlocation = 'attic.io/app'\n"
			   "[[registry]]\nprefix = 'q.io/app@sha256:" HEX "'\nblocked = true\n"
			   "[[registry]]\nprefix = 'h:1/app:2'\nlocation = 'i:2/b:2'\n";
	CHECK_TEXT(resolve(test, conf, "q.io/app:old"), "attic.io app");
	CHECK_TEXT(resolve(test, conf, "q.io/app:new"), "q.io app");
	CHECK_TEXT(resolve(test, conf, "h:1/app:2"), "i:2 b");
	CHECK_TEXT(resolve(test, conf, "h:1/app:3"), "h:1 app");
	CHECK_ERROR(resolve(test, conf, "q.io/app@sha256:" HEX),
		    "registries.conf blocks 'q.io/app'");
}

TEST(registries_with_wildcards_may_move_and_name_a_port)
{
	const char *conf = "[[registry]]\nprefix = '*.a.io'\nlocation = 'all.b.io/x'\n"
			   "[[registry]]\nprefix = '*.c.io:5000'\ninsecure = true\n";
	CHECK_TEXT(resolve(test, conf, "eu.a.io/t/app"), "all.b.io x/t/app");
	CHECK_TEXT(resolve(test, conf, "a.io/app"), "a.io app");
	CHECK_TEXT(resolve(test, conf, "e.c.io:5000/app"), "e.c.io:5000 app insecure");
	CHECK_TEXT(resolve(test, conf, "e.c.io:5001/app"), "e.c.io:5001 app");
}

static void write_file(Test *test, const char *name, const char *text)
{
	const char *path = path_join(test->arena, test_directory(test), name);
	if (!file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0755, &test->error) ||
	    !file_replace_volatile(AT_FDCWD, path, text, strlen(text), 0644, &test->error))
		test_fail(test, __FILE__, __LINE__, "cannot write '%s'", path);
}

static Host make_host(Test *test)
{
	const char *directory = test_directory(test);
	return (Host){
		.config_dir = path_join(test->arena, directory, "etc"),
		.config_vendor_dir = path_join(test->arena, directory, "usr"),
		.config_cache_dir = path_join(test->arena, directory, "cache"),
	};
}

TEST(registries_load_drop_ins_in_order)
{
	const Host host = make_host(test);
	Registries registries = { 0 };
	CHECK(registries_load(&host, test->arena, &registries, &test->error));
	CHECK(registries.rules.count == 0);

	write_file(test, "etc/registries.conf",
		   "[[registry]]\nlocation = 'a.io'\nblocked = true\n"
		   "[aliases]\na = 'a.io/a'\nb = 'a.io/b'\n"
		   "c = 'a.io/c'\n");
	write_file(test, "etc/registries.conf.d/2.conf",
		   "credential-helpers = ['pass']\n[[registry]]\nlocation='b.io'\ninsecure=true\n"
		   "[aliases]\nb = ''\nc = 'b.io/c'\n");
	write_file(test, "etc/registries.conf.d/1.conf",
		   "unqualified-search-registries = ['a.io', 'b.io']\n"
		   "short-name-mode = 'enforcing'\ncredential-helpers = ['x', 'y']\n"
		   "[[registry]]\nlocation='b.io'\nblocked=true\n");
	write_file(test, "etc/registries.conf.d/3.off",
		   "[[registry]]\nlocation='c.io'\nblocked=true\n");
	CHECK(registries_load(&host, test->arena, &registries, &test->error));
	CHECK(registries.rules.count == 2);
	CHECK(registries.rules.items[0].is_blocked);
	CHECK(registries.rules.items[1].is_insecure && !registries.rules.items[1].is_blocked);
	CHECK_TEXT(texts_join(&registries.search, " ", test->arena), "a.io b.io");
	CHECK(registries.mode == SHORT_NAME_ENFORCING);
	CHECK_TEXT(texts_join(&registries.credential_helpers, " ", test->arena), "pass");
	CHECK(registries.aliases.count == 2);
	CHECK_TEXT(pairs_get(&registries.aliases, "c"), "b.io/c");
}

TEST(registries_of_the_vendor_count_when_there_are_no_others)
{
	const Host host = make_host(test);
	Registries registries = { 0 };
	write_file(test, "usr/registries.conf", "unqualified-search-registries = ['vendor.io']\n");
	CHECK(registries_load(&host, test->arena, &registries, &test->error));
	CHECK_TEXT(registries.search.items[0], "vendor.io");

	write_file(test, "etc/registries.conf", "");
	registries = (Registries){ 0 };
	CHECK(registries_load(&host, test->arena, &registries, &test->error));
	CHECK(registries.search.count == 0);
}

TEST(registries_take_names_and_nothing_else_from_the_cache)
{
	const Host host = make_host(test);
	Registries registries = { 0 };
	write_file(test, "etc/registries.conf", "[aliases]\na = 'a.io/a'\n");
	write_file(test, "cache/short-name-aliases.conf",
		   "unqualified-search-registries = ['cache.io']\n[aliases]\na = 'cache.io/a'\n");
	CHECK(registries_load(&host, test->arena, &registries, &test->error));
	CHECK_TEXT(pairs_get(&registries.aliases, "a"), "cache.io/a");
	CHECK(registries.search.count == 0);
}

TEST(registries_name_the_file_that_is_wrong)
{
	const Host host = make_host(test);
	Registries registries = { 0 };
	write_file(test, "etc/registries.conf.d/1.conf", "\n[[registry]]\nlocation = 1\n");
	CHECK(!registries_load(&host, test->arena, &registries, &test->error));
	CHECK(!test->error.where.path);
	CHECK(text_starts_with(
		test->error.message,
		arena_printf(test->arena, "%s/registries.conf.d/1.conf:3:12: ", host.config_dir)));
	error_clear(&test->error);
}
