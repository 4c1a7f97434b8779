#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/registry/short_name.h"
#include "tests/unit/test.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// What the name means with this registries.conf and this setting.
static const char *expand(Test *test, const char *conf, const char *setting, const char *name)
{
	Registries registries = { 0 };
	Reference reference;
	if (!registries_parse("r.conf", conf, strlen(conf), test->arena, &registries,
			      &test->error) ||
	    !short_name_parse(&registries, name, setting, test->arena, &reference, &test->error))
		return NULL;
	return reference.text;
}

TEST(short_name_means_docker_io_when_nothing_is_said)
{
	CHECK_TEXT(expand(test, "", NULL, "nginx"), "docker.io/library/nginx:latest");
	CHECK_TEXT(expand(test, "", "docker.io", "team/app:1"), "docker.io/team/app:1");
}

TEST(short_name_means_its_alias_first)
{
	const char *conf = "unqualified-search-registries = ['a.io', 'b.io']\n"
			   "[aliases]\napp = 'quay.io/team/app'\n'x/y' = 'localhost:5000/z'\n";
	CHECK_TEXT(expand(test, conf, NULL, "app"), "quay.io/team/app:latest");
	CHECK_TEXT(expand(test, conf, NULL, "app:v1"), "quay.io/team/app:v1");
	CHECK_TEXT(expand(test, conf, "corp.io", "app@sha256:" HEX),
		   "quay.io/team/app@sha256:" HEX);
	CHECK_TEXT(expand(test, conf, NULL, "app:v1@sha256:" HEX), "quay.io/team/app@sha256:" HEX);
	CHECK_TEXT(expand(test, conf, NULL, "x/y:2"), "localhost:5000/z:2");
	// An alias stands for the whole name, and for nothing that has a registry.
	CHECK_TEXT(expand(test, conf, "corp.io", "y"), "corp.io/y:latest");
	CHECK_TEXT(expand(test, conf, NULL, "docker.io/app"), "docker.io/library/app:latest");
	CHECK_TEXT(expand(test, conf, NULL, "docker://app"), "docker.io/library/app:latest");
}

TEST(short_name_means_the_registry_of_the_setting_then_the_one_to_search)
{
	const char *conf = "unqualified-search-registries = ['quay.io']\n";
	CHECK_TEXT(expand(test, conf, "corp.io:5000", "app"), "corp.io:5000/app:latest");
	CHECK_TEXT(expand(test, conf, "docker.io", "app"), "quay.io/app:latest");
	CHECK_TEXT(expand(test, conf, NULL, "team/app:1"), "quay.io/team/app:1");
	CHECK_TEXT(expand(test, "unqualified-search-registries = ['docker.io']\n", NULL, "app"),
		   "docker.io/library/app:latest");
}

TEST(short_name_that_could_mean_two_images_means_none)
{
	static const char *const modes[] = { "", "enforcing", "permissive", "disabled" };
	for (size_t i = 0; i < COUNT(modes); i++) {
		const char *conf = arena_printf(test->arena,
						"unqualified-search-registries = ['a.io', 'b.io']\n"
						"short-name-mode = '%s'\n",
						modes[i]);
		CHECK_ERROR(expand(test, conf, NULL, "app:1"),
			    "'app:1' names no registry, and registries.conf has more than one to "
			    "search: a.io, b.io; write 'a.io/app:1', or add an alias there");
		CHECK_TEXT(expand(test, conf, NULL, "b.io/app:1"), "b.io/app:1");
		CHECK_TEXT(expand(test, conf, NULL, "oci:/srv/app"), "oci:/srv/app");
	}
}

TEST(short_name_keeps_to_the_grammar)
{
	CHECK_ERROR(expand(test, "", NULL, "Nginx"),
		    "image reference 'Nginx': the repository name must be lower case");
	CHECK_ERROR(expand(test, "[aliases]\nnginx = 'a.io/b'\n", NULL, "nginx:a:b"),
		    "image reference 'nginx:a:b': the tag is not valid");
}
