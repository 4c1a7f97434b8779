#include "pkg/base/text.h"
#include "pkg/oci/reference.h"
#include "tests/unit/test.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define FF  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

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
		{ "docker-archive:a.tar", "docker-archive:a.tar" },
		{ "docker-archive:a.tar:busybox:1", "docker-archive:a.tar:busybox:1" },
		{ "docker-archive:a.tar:@0", "docker-archive:a.tar:@0" },
		{ "dir:/srv/a:b", "dir:/srv/a:b" },
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

	CHECK(parse(test, "docker-archive:/tmp/a.tar:quay.io/a/b:1", &reference));
	CHECK(reference.kind == REFERENCE_DOCKER_ARCHIVE);
	CHECK_TEXT(reference.path, "/tmp/a.tar");
	CHECK_TEXT(reference.tag, "quay.io/a/b:1");

	CHECK(parse(test, "dir:/tmp/a:b", &reference));
	CHECK(reference.kind == REFERENCE_DIRECTORY);
	CHECK_TEXT(reference.path, "/tmp/a:b");
	CHECK_TEXT(reference.tag, "");
}

// The cases of reference_test.go and normalize_test.go of distribution/reference v0.6.
TEST(reference_keeps_the_cases_of_the_specification)
{
	static const struct {
		const char *text;
		const char *registry; // NULL: refused
		const char *repository;
		const char *tag;
		const char *digest;
	} rows[] = {
		// clang-format off
		{ "test_com", "docker.io", "library/test_com", "latest", "" },
		{ "test.com:tag", "docker.io", "library/test.com", "tag", "" },
		{ "test.com:5000", "docker.io", "library/test.com", "5000", "" },
		{ "test.com/repo:tag", "test.com", "repo", "tag", "" },
		{ "test:5000/repo", "test:5000", "repo", "latest", "" },
		{ "test:5000/repo:tag", "test:5000", "repo", "tag", "" },
		{ "test:5000/repo@sha256:" FF, "test:5000", "repo", "", "sha256:" FF },
		{ "test:5000/repo:tag@sha256:" FF, "test:5000", "repo", "", "sha256:" FF },
		{ "", NULL, "", "", "" },
		{ ":justtag", NULL, "", "", "" },
		{ "@sha256:" FF, NULL, "", "", "" },
		{ "repo@sha256:ffffffffffffffffffffffffffffffffff", NULL, "", "", "" },
		{ "validname@invaliddigest:" FF, NULL, "", "", "" },
		{ "repo@sha512:" FF FF, NULL, "", "", "" }, // theirs takes it
		{ "Uppercase:tag", NULL, "", "", "" },
		{ "test:5000/Uppercase/lowercase:tag", NULL, "", "", "" },
		{ "lowercase:Uppercase", "docker.io", "library/lowercase", "Uppercase", "" },
		{ "aa/asdf$$^/aa", NULL, "", "", "" },
		{ "sub-dom1.foo.com/bar/baz/quux", "sub-dom1.foo.com", "bar/baz/quux", "latest", "" },
		{ "sub-dom1.foo.com/bar/baz/quux:some-long-tag", "sub-dom1.foo.com", "bar/baz/quux", "some-long-tag", "" },
		{ "b.gcr.io/test.example.com/my-app:test.example.com", "b.gcr.io", "test.example.com/my-app", "test.example.com", "" },
		{ "xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "myimage", "xn--n3h.com", "" },
		{ "foo_bar.com:8080", "docker.io", "library/foo_bar.com", "8080", "" },
		{ "foo/foo_bar.com:8080", "docker.io", "foo/foo_bar.com", "8080", "" },
		{ "192.168.1.1", "docker.io", "library/192.168.1.1", "latest", "" },
		{ "192.168.1.1:5000", "docker.io", "library/192.168.1.1", "5000", "" },
		{ "192.168.1.1/repo", "192.168.1.1", "repo", "latest", "" },
		{ "192.168.1.1:5000/repo:5050", "192.168.1.1:5000", "repo", "5050", "" },
		{ "[2001:db8::1]", NULL, "", "", "" },
		{ "[2001:db8::1]:5000", NULL, "", "", "" },
		{ "[2001:db8::1]:tag", NULL, "", "", "" },
		{ "[2001:db8::1]/repo", "[2001:db8::1]", "repo", "latest", "" },
		{ "[2001:db8:1:2:3:4:5:6]/repo:tag", "[2001:db8:1:2:3:4:5:6]", "repo", "tag", "" },
		{ "[2001:db8::1]:5000/repo", "[2001:db8::1]:5000", "repo", "latest", "" },
		{ "[2001:db8::1]:5000/repo:tag@sha256:" FF, "[2001:db8::1]:5000", "repo", "", "sha256:" FF },
		{ "[2001:db8::]:5000/repo", "[2001:db8::]:5000", "repo", "latest", "" },
		{ "[::1]:5000/repo", "[::1]:5000", "repo", "latest", "" },
		{ "[fe80::1%eth0]:5000/repo", NULL, "", "", "" },
		{ "[fe80::1%@invalidzone]:5000/repo", NULL, "", "", "" },
		{ "[2001:db8:3:4::192.0.2.33]:5000/debian", NULL, "", "", "" },
		{ "fc00::1:5000/debian", NULL, "", "", "" },
		{ "index.docker.io/docker/docker", "docker.io", "docker/docker", "latest", "" },
		{ "index.docker.io/debian", "docker.io", "library/debian", "latest", "" },
		{ "127.0.0.1:5000/library/debian", "127.0.0.1:5000", "library/debian", "latest", "" },
		{ "192.168.0.1:8/debian", "192.168.0.1:8", "debian", "latest", "" },
		{ "thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev", "docker.io",
		  "library/thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev", "latest", "" },
		{ "docker.io/" HEX, "docker.io", "library/" HEX, "latest", "" },
		{ HEX ":tag", "docker.io", "library/" HEX, "tag", "" },
		{ HEX, NULL, "", "", "" },
		{ "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85", "docker.io",
		  "library/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85", "latest", "" },
		{ "Docker/docker", "Docker", "docker", "latest", "" },
		{ "FOO/bar", "FOO", "bar", "latest", "" },
		{ "library/foo/bar", "docker.io", "library/foo/bar", "latest", "" },
		{ "docker.io/library/foo/bar", "docker.io", "library/foo/bar", "latest", "" },
		{ "docker---rules/docker", "docker.io", "docker---rules/docker", "latest", "" },
		{ "dock__er/docker", "docker.io", "dock__er/docker", "latest", "" },
		{ "jess/t", "docker.io", "jess/t", "latest", "" },
		{ "https://github.com/docker/docker", NULL, "", "", "" },
		{ "docker/Docker", NULL, "", "", "" },
		{ "-docker", NULL, "", "", "" },
		{ "-docker/docker", NULL, "", "", "" },
		{ "-docker.io/docker/docker", NULL, "", "", "" },
		{ "docker-/docker", NULL, "", "", "" },
		{ "docker///docker", NULL, "", "", "" },
		{ "docker.io/docker///docker", NULL, "", "", "" },
		{ "____/____", NULL, "", "", "" },
		{ "_docker/_docker", NULL, "", "", "" },
		{ "dock..er/docker", NULL, "", "", "" },
		{ "dock_.er/docker", NULL, "", "", "" },
		{ "dock-.er/docker", NULL, "", "", "" },
		{ "docker/", NULL, "", "", "" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Reference reference = { 0 };
		const bool is_taken = parse(test, rows[i].text, &reference);
		if (is_taken != (rows[i].registry != NULL)) {
			test_fail(test, __FILE__, __LINE__, "'%s' is %s", rows[i].text,
				  is_taken ? "taken" : "refused");
			return;
		}
		error_clear(&test->error);
		if (!is_taken)
			continue;
		CHECK_TEXT(reference.registry, rows[i].registry);
		CHECK_TEXT(reference.repository, rows[i].repository);
		CHECK_TEXT(reference.tag, rows[i].tag);
		CHECK_TEXT(reference.digest, rows[i].digest);
	}
}

// `count` times `part`, then `end`.
static const char *repeat(Test *test, const char *part, size_t count, const char *end)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < count; i++)
		buffer_add(&text, part);
	buffer_add(&text, end);
	return buffer_take(&text, test->arena);
}

TEST(reference_is_bounded)
{
	Reference reference;
	// The registry does not count.
	CHECK(parse(test, arena_printf(test->arena, "host:1/%s", repeat(test, "a/", 127, "a:tag")),
		    &reference));
	CHECK(strlen(reference.repository) == 255);
	const char *text = arena_printf(test->arena, "h:1/%s", repeat(test, "a/", 127, "aa"));
	CHECK_ERROR(parse(test, text, &reference),
		    arena_printf(test->arena,
				 "image reference '%s': the repository name is longer than 255 "
				 "characters",
				 text));
	CHECK(parse(test, repeat(test, "nginx:t", 1, repeat(test, "a", 127, "")), &reference));
	CHECK(strlen(reference.tag) == 128);
	CHECK(!parse(test, repeat(test, "nginx:t", 1, repeat(test, "a", 128, "")), &reference));
	error_clear(&test->error);
	CHECK(parse(test, "h:65535/a", &reference));
	CHECK(!parse(test, "h:65536/a", &reference));
	error_clear(&test->error);
}

TEST(reference_may_be_short)
{
	static const char digest[] = "nginx@sha256:" HEX;
	static const char *const shorts[] = { "nginx", "nginx:1", "user/app", "test.com:5000",
					      digest };
	static const char *const others[] = { "docker.io/nginx", "localhost/app", "h:1/a",
					      "docker://nginx",  "oci:/a",        "dir:a" };
	for (size_t i = 0; i < COUNT(shorts); i++)
		CHECK(reference_is_short(shorts[i]));
	for (size_t i = 0; i < COUNT(others); i++)
		CHECK(!reference_is_short(others[i]));
}

TEST(reference_takes_another_default_registry)
{
	Reference reference;
	CHECK(reference_parse("app", "registry.local:5000", test->arena, &reference, &test->error));
	CHECK_TEXT(reference.text, "registry.local:5000/app:latest");
	CHECK(reference_parse("quay.io/app", "registry.local:5000", test->arena, &reference,
			      &test->error));
	CHECK_TEXT(reference.text, "quay.io/app:latest");
	// "corp/app:latest" would be docker.io/corp/app when it is read again.
	CHECK_ERROR(reference_parse("app", "corp", test->arena, &reference, &test->error),
		    "image reference 'corp': a default registry is a host name with a dot or a "
		    "port, or localhost");
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
	CHECK_ERROR(parse(test, "docker-daemon:nginx:1", &reference),
		    "'docker-daemon:' is not supported; save the image to a file and use "
		    "docker-archive:FILE");
	CHECK_ERROR(parse(test, "docker://oci:5000/app", &reference),
		    "image reference 'oci:5000/app': the registry has the name of a transport");
	CHECK(!reference_parse("app", "dir:80", test->arena, &reference, &test->error));
	error_clear(&test->error);
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
