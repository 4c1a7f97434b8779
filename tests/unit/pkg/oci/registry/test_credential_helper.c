#include "pkg/base/path.h"
#include "pkg/oci/registry/credential_helper.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdlib.h>

// A helper of this test, with the rest of PATH behind it.
static bool install(Test *test, const char *name, const char *script)
{
	static const char usual[] = "/usr/sbin:/usr/bin:/sbin:/bin";
	Arena *arena = test->arena;
	const char *directory = test_directory(test);
	const char *path =
		path_join(arena, directory, arena_printf(arena, "docker-credential-%s", name));
	const char *text = arena_printf(arena, "#!/bin/sh\n%s\n", script);
	setenv("PATH", arena_printf(arena, "relative::%s:%s", directory, usual), 1);
	return file_replace(AT_FDCWD, path, text, strlen(text), 0700, &test->error);
}

static const char *get(Test *test, const char *name, const char *registry)
{
	Credential found = { 0 };
	bool is_found = false;
	if (!credential_helper_get(name, registry, test->arena, &found, &is_found, &test->error))
		return NULL;
	return is_found ? arena_printf(test->arena, "%s|%s|%s", found.user, found.password,
				       found.identity_token)
			: "nothing";
}

TEST(credential_helper_gives_user_and_password)
{
	CHECK(install(
		test, "a",
		"read -r server\n[ \"$1\" = get ] && "
		"printf '{\"ServerURL\":\"x\",\"Username\":\"%s\",\"Secret\":\"pw\"}' \"$server\""));
	CHECK_TEXT(get(test, "a", "quay.io:5000"), "quay.io:5000|pw|");
	CHECK_TEXT(get(test, "a", "docker.io"), "https://index.docker.io/v1/|pw|");
}

TEST(credential_helper_gives_identity_tokens)
{
	CHECK(install(test, "t", "echo '{\"Username\":\"<token>\",\"Secret\":\"T\"}'"));
	CHECK_TEXT(get(test, "t", "quay.io"), "||T");
}

TEST(credential_helper_may_have_nothing)
{
	CHECK(install(test, "n", "echo 'credentials not found in native keychain'; exit 1"));
	CHECK_TEXT(get(test, "n", "quay.io"), "nothing");
	// The second name of the first registry.
	CHECK(install(test, "h",
		      "read -r server\n[ \"$server\" = docker.io ] || "
		      "{ echo credentials not found; exit 1; }\n"
		      "echo '{\"Username\":\"u\",\"Secret\":\"p\"}'"));
	CHECK_TEXT(get(test, "h", "docker.io"), "u|p|");
}

TEST(credential_helper_that_fails_is_named_without_secrets)
{
	CHECK(install(test, "f", "echo 'the vault is sealed'; exit 2"));
	CHECK(!get(test, "f", "quay.io"));
	CHECK_TEXT(test->error.message,
		   "the credential helper 'docker-credential-f' failed: the vault is sealed");
	error_clear(&test->error);
	CHECK(install(test, "s", "echo '{\"Username\":\"u\",\"Secret\":\"hush\"}'; exit 2"));
	CHECK(!get(test, "s", "quay.io"));
	CHECK_TEXT(test->error.message, "the credential helper 'docker-credential-s' failed");
	error_clear(&test->error);
	CHECK(install(test, "j", "echo 'user=u secret=hush'"));
	CHECK(!get(test, "j", "quay.io"));
	CHECK_TEXT(test->error.message,
		   "the credential helper 'docker-credential-j' answers without a user");
	error_clear(&test->error);
	CHECK(install(test, "b", "yes hush"));
	CHECK(!get(test, "b", "quay.io"));
	CHECK(test->error.code == ERROR_LIMIT && !strstr(test->error.message, "hush"));
	error_clear(&test->error);
}

TEST(credential_helper_is_a_program_in_path)
{
	CHECK(!get(test, "none-of-that-name", "quay.io"));
	CHECK_TEXT(test->error.message, "the credential helper "
					"'docker-credential-none-of-that-name' is not in PATH");
	error_clear(&test->error);
	static const char *const names[] = { "", "../x", "a/b", "a b", "a\n" };
	for (size_t i = 0; i < COUNT(names); i++) {
		CHECK(!get(test, names[i], "quay.io"));
		CHECK(test->error.code == ERROR_INVALID);
		error_clear(&test->error);
	}
}
