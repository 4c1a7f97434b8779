#include "pkg/base/text.h"
#include "pkg/oci/reference.h"
#include "tests/unit/test.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static bool parse(Test *test, const char *text, Reference *ret)
{
	return reference_parse(text, NULL, test->arena, ret, &test->error);
}

TEST(reference_is_normalised)
{
	static const struct {
		const char *given;
		const char *want;
	} rows[] = {
		{ "nginx", "docker.io/library/nginx:latest" },
		{ "nginx:1.25", "docker.io/library/nginx:1.25" },
		{ "library/nginx", "docker.io/library/nginx:latest" },
		{ "user/app", "docker.io/user/app:latest" },
		{ "index.docker.io/nginx", "docker.io/library/nginx:latest" },
		{ "docker.io/nginx", "docker.io/library/nginx:latest" },
		{ "docker://quay.io/a/b:1", "quay.io/a/b:1" },
		{ "localhost/app", "localhost/app:latest" },
		{ "localhost:5000/app:v1", "localhost:5000/app:v1" },
		{ "[::1]:5000/app", "[::1]:5000/app:latest" },
		{ "host:80/a/b/c__d.e---f", "host:80/a/b/c__d.e---f:latest" },
		{ "Registry/app", "Registry/app:latest" },
		{ "nginx@sha256:" HEX, "docker.io/library/nginx@sha256:" HEX },
		{ "nginx:1@sha256:" HEX, "docker.io/library/nginx@sha256:" HEX },
		{ "oci:/srv/layout", "oci:/srv/layout" },
		{ "oci-archive:./a.tar:v1", "oci-archive:./a.tar:v1" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Reference reference;
		CHECK(parse(test, rows[i].given, &reference));
		CHECK_TEXT(reference.text, rows[i].want);
		Reference again;
		CHECK(parse(test, reference.text, &again));
		CHECK_TEXT(again.text, rows[i].want);
	}
}

TEST(reference_gives_its_parts)
{
	Reference reference;
	CHECK(parse(test, "localhost:5000/a/b:v1", &reference));
	CHECK_TEXT(reference.registry, "localhost:5000");
	CHECK_TEXT(reference.repository, "a/b");
	CHECK_TEXT(reference.tag, "v1");
	CHECK_TEXT(reference.digest, "");
	CHECK_TEXT(reference_at_digest(&reference, "sha256:" HEX, test->arena),
		   "localhost:5000/a/b@sha256:" HEX);

	CHECK(parse(test, "oci-archive:/tmp/a.tar:name/with:colon", &reference));
	CHECK(reference.kind == REFERENCE_OCI_ARCHIVE);
	CHECK_TEXT(reference.path, "/tmp/a.tar");
	CHECK_TEXT(reference.tag, "name/with:colon");
	CHECK_TEXT(reference_at_digest(&reference, "sha256:" HEX, test->arena), "");
}

TEST(reference_takes_another_default_registry)
{
	Reference reference;
	CHECK(reference_parse("app", "registry.local:5000", test->arena, &reference, &test->error));
	CHECK_TEXT(reference.text, "registry.local:5000/app:latest");
	CHECK(reference_parse("quay.io/app", "registry.local:5000", test->arena, &reference,
			      &test->error));
	CHECK_TEXT(reference.text, "quay.io/app:latest");
}

TEST(reference_knows_when_it_means_latest)
{
	Reference reference;
	CHECK(parse(test, "nginx", &reference) && reference_is_latest(&reference));
	CHECK(parse(test, "nginx:latest", &reference) && reference_is_latest(&reference));
	CHECK(parse(test, "nginx:1", &reference) && !reference_is_latest(&reference));
	CHECK(parse(test, "nginx@sha256:" HEX, &reference) && !reference_is_latest(&reference));
}

TEST(reference_says_what_is_wrong)
{
	Reference reference;
	CHECK_ERROR(parse(test, "quay.io/App", &reference),
		    "image reference 'quay.io/App': the repository name must be lower case");
	CHECK_ERROR(parse(test, "Nginx", &reference),
		    "image reference 'Nginx': the repository name must be lower case");
	CHECK_ERROR(parse(test, "", &reference), "image reference '': it is empty");
	CHECK_ERROR(parse(test, "a:b:c", &reference),
		    "image reference 'a:b:c': the tag is not valid");
	CHECK_ERROR(parse(test, "a@sha256:12", &reference),
		    "image reference: 'sha256:12' is not 'sha256:' and 64 lower-case hexadecimal "
		    "digits");
	CHECK_ERROR(parse(test, HEX, &reference),
		    "image reference '" HEX "': 64 hexadecimal digits are an id, not a name");
	CHECK_ERROR(parse(test, "oci::tag", &reference),
		    "image reference 'oci::tag': the path is missing");
}

TEST(reference_refuses_what_the_grammar_does_not_know)
{
	static const char *const texts[] = { "a b",     "a/../b",     "../a",    "a//b",
					     "/a",      "a/",         "-a",      "a-",
					     "a___b",   "a..b",       "a:.t",    "a:-t",
					     "a:",      "a@",         "a.b:x/c", "a.b:123456/c",
					     "x_y.z/c", "http://a/b", "a\n",     "a:t\n",
					     "-a.b/c",  "[::1/c",     "a.b./c" };
	for (size_t i = 0; i < COUNT(texts); i++) {
		Reference reference;
		if (parse(test, texts[i], &reference)) {
			test_fail(test, __FILE__, __LINE__, "'%s' is accepted", texts[i]);
			return;
		}
		error_clear(&test->error);
	}
}
