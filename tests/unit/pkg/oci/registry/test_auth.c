#include "pkg/base/path.h"
#include "pkg/oci/registry/auth.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>

static bool parse(Test *test, const char *text, Credentials *ret)
{
	return auth_parse("auth.json", text, strlen(text), test->arena, ret, &test->error);
}

// Who we are for an image: "user:password", or "anonymous".
static const char *find(Test *test, const Credentials *credentials, const char *image)
{
	Reference reference;
	if (!reference_parse(image, NULL, test->arena, &reference, &test->error))
		return NULL;
	Credentials found = { 0 };
	auth_list(credentials, &reference, test->arena, &found);
	if (found.count == 0)
		return "anonymous";
	const Credential *first = &found.items[0];
	return first->helper[0] ? arena_printf(test->arena, "ask %s", first->helper)
				: arena_printf(test->arena, "%s:%s", first->user, first->password);
}

static bool load(Test *test, const char *text, Credentials *ret)
{
	const char *path = path_join(test->arena, test_directory(test), "auth.json");
	return file_replace(AT_FDCWD, path, text, strlen(text), 0600, &test->error) &&
	       auth_load(path, test->arena, ret, &test->error);
}

TEST(auth_finds_the_longest_scope)
{
	Credentials credentials = { 0 };
	CHECK(parse(test,
		    "{\"auths\":{\"quay.io\":{\"auth\":\"YTpi\"},"
		    "\"quay.io/team\":{\"auth\":\"YzpkOmU=\"},"
		    "\"https://index.docker.io/v1/\":{\"username\":\"hub\",\"password\":\"p\"},"
		    "\"http://localhost:5000/v2/\":{\"auth\":\"YTpi\"},"
		    "\"helper.io\":{}}}",
		    &credentials));
	CHECK_TEXT(find(test, &credentials, "quay.io/x"), "a:b");
	CHECK_TEXT(find(test, &credentials, "quay.io/team/x"), "c:d:e");
	CHECK_TEXT(find(test, &credentials, "quay.io/teammate/x"), "a:b");
	CHECK_TEXT(find(test, &credentials, "nginx"), "hub:p");
	CHECK_TEXT(find(test, &credentials, "localhost:5000/x"), "a:b");
	CHECK_TEXT(find(test, &credentials, "localhost:5001/x"), "anonymous");
	CHECK_TEXT(find(test, &credentials, "helper.io/x"), "anonymous");
}

TEST(auth_prefers_what_came_first)
{
	Credentials credentials = { 0 };
	CHECK(parse(test, "{\"auths\":{\"a.io\":{\"auth\":\"YTpi\"}}}", &credentials));
	CHECK(parse(test, "{\"auths\":{\"a.io\":{\"auth\":\"Yzpk\"}}}", &credentials));
	CHECK_TEXT(find(test, &credentials, "a.io/x"), "a:b");
}

TEST(auth_reads_old_files_and_identity_tokens)
{
	Credentials credentials = { 0 };
	CHECK(parse(test, "{\"a.io\":{\"auth\":\"YTpi\",\"email\":\"x\"}}", &credentials));
	CHECK(parse(test, "{\"auths\":{\"b.io\":{\"identitytoken\":\"t\"}}}", &credentials));
	CHECK(parse(test, "{\"credsStore\":\"secretservice\"}", &credentials));
	CHECK_TEXT(find(test, &credentials, "a.io/x"), "a:b");
	CHECK(credentials.count == 2);
	CHECK_TEXT(credentials.items[1].identity_token, "t");
}

TEST(auth_says_what_is_wrong_and_nothing_secret)
{
	Credentials credentials = { 0 };
	CHECK(parse(test, "{\"auths\":{\"a.io\":{\"auth\":\"bm9jb2xvbg==\"}}}", &credentials));
	CHECK_TEXT(credentials.items[0].fault,
		   "auth.json: auths['a.io'].auth: no 'user:password' in base64");
	credentials.count = 0;
	CHECK(!parse(test, "{\"auths\":", &credentials));
	CHECK_TEXT(test->error.message, "auth.json: the JSON text is cut off");
	error_clear(&test->error);
	const char *missing = path_join(test->arena, test_directory(test), "none.json");
	CHECK(auth_load(missing, test->arena, &credentials, &test->error));
	CHECK(credentials.count == 0);
}

TEST(auth_is_an_object)
{
	Credentials credentials = { 0 };
	CHECK_ERROR(parse(test, "[{\"auths\":{}}]", &credentials),
		    "auth.json: credentials are an object, not array");
	CHECK_ERROR(parse(test, "{\"auths\":[{\"auth\":\"YTpi\"}]}", &credentials),
		    "auth.json: credentials are an object, not array");
}

TEST(auth_of_a_file_may_be_left_to_helpers)
{
	Credentials credentials = { 0 };
	const char *text =
		"{\"credsStore\":\"all\",\"auths\":{\"a.io\":{\"auth\":\"YTpi\"},"
		"\"b.io\":{\"auth\":\"YTpi\"},\"b.io/team\":{\"auth\":\"Yzpk\"},\"d.io\":{}},"
		"\"credHelpers\":{\"b.io\":\"one\",\"https://index.docker.io/v1/\":\"hub\"}}";
	CHECK(load(test, text, &credentials));
	CHECK_TEXT(find(test, &credentials, "a.io/x"), "a:b");
	CHECK_TEXT(find(test, &credentials, "b.io/x"), "ask one");
	CHECK_TEXT(find(test, &credentials, "b.io/team/x"), "c:d");
	CHECK_TEXT(find(test, &credentials, "nginx"), "ask hub");
	CHECK_TEXT(find(test, &credentials, "d.io/x"), "ask all");

	Credentials more = { 0 };
	CHECK(parse(test, text, &more)); // from a Secret
	CHECK_TEXT(find(test, &more, "d.io/x"), "anonymous");
	auth_add_helper("last", test->arena, &more);
	CHECK_TEXT(find(test, &more, "d.io/x"), "ask last");
	CHECK_TEXT(find(test, &more, "a.io/x"), "a:b");
}

TEST(auth_names_helpers_by_texts)
{
	Credentials credentials = { 0 };
	const char *path = path_join(test->arena, test_directory(test), "auth.json");
	CHECK_ERROR(load(test, "{\"credHelpers\":{\"b.io\":{}}}", &credentials),
		    arena_printf(test->arena, "%s: credHelpers: names of helpers are texts", path));
	CHECK_ERROR(load(test, "{\"credHelpers\":[\"b.io\"]}", &credentials),
		    arena_printf(test->arena, "%s: credHelpers: names of helpers are texts", path));
}
