#include "pkg/base/path.h"
#include "pkg/oci/auth.h"
#include "tests/unit/test.h"

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
	const Credential *found = auth_find(credentials, &reference, test->arena);
	return found ? arena_printf(test->arena, "%s:%s", found->user, found->password)
		     : "anonymous";
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
	CHECK_ERROR(parse(test, "{\"auths\":{\"a.io\":{\"auth\":\"bm9jb2xvbg==\"}}}", &credentials),
		    "auth.json: auths['a.io'].auth: no 'user:password' in base64");
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
