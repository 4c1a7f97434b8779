#include "tests/unit/registry.h"

static void answer(const char *request, const void *context, Buffer *response)
{
	static const char words[] =
		"{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow down\"}]}";
	CLEANUP_ARENA arena = arena_new();
	(void)context; // nothing to know
	if (strstr(request, "/manifests/quota "))
		http_server_reply(
			response, "429 Too Many Requests",
			"ratelimit-limit: 100;w=21600\r\nratelimit-remaining: 0;w=21600\r\n"
			"Retry-After: 1300\r\n",
			words, strlen(words));
	else if (strstr(request, "/manifests/down "))
		http_server_reply(response, "503 Down", "Retry-After: 7200\r\n", "", 0);
	else if (strstr(request, "/manifests/odd "))
		http_server_reply(response, "418 Teapot", "", "<html>", 6);
	else if (strstr(request, "/manifests/gone "))
		http_server_reply(response, "404 Not Found", "", "", 0);
	else if (!registry_header(request, "Authorization", arena)[0])
		http_server_reply(response, "401 No", "WWW-Authenticate: Basic\r\n", "", 0);
	else
		http_server_reply(
			response, "403 No",
			"WWW-Authenticate: Bearer realm=\"x\",error=\"insufficient_scope\"\r\n", "",
			0);
}

// The error about a tag, with the server's port taken out.
static const char *refusal(RegistryFixture *fixture, const char *tag)
{
	Test *test = fixture->server.test;
	ManifestDocument document;
	CLEANUP_BUFFER text = { 0 };
	fixture->reference.tag = tag;
	if (registry_fixture_manifest(fixture, &document))
		return NULL;
	const char *port = arena_printf(test->arena, ":%u", fixture->server.port);
	const char *rest = test->error.message;
	for (const char *at; (at = strstr(rest, port)); rest = at + strlen(port))
		buffer_add_bytes(&text, rest, (size_t)(at - rest));
	buffer_add(&text, rest);
	error_clear(&test->error);
	return buffer_take(&text, test->arena);
}

TEST(registry_refusal_says_what_to_do)
{
	REGISTRY_FIXTURE fixture = { 0 };
	CHECK(registry_fixture_start(&fixture, test, answer, NULL, NULL));
	CHECK_TEXT(
		refusal(&fixture, "quota"),
		"'127.0.0.1' takes no more requests for now (it allows 100 in 6 hours): slow down; "
		"try again in 22 minutes, log in with 'podman login 127.0.0.1', or name a mirror in "
		"registries.conf");
	CHECK_TEXT(refusal(&fixture, "down"), "'127.0.0.1' is not available; try again in 2 hours");
	CHECK_TEXT(refusal(&fixture, "odd"), "'127.0.0.1' answers with status 418");
	CHECK_TEXT(refusal(&fixture, "gone"), "'127.0.0.1' has no such image");
	CHECK_TEXT(refusal(&fixture, "1"),
		   "'127.0.0.1' wants credentials, or has no such image; log "
		   "in with 'podman login 127.0.0.1'");
}

TEST(registry_refusal_of_known_credentials)
{
	REGISTRY_FIXTURE fixture = { 0 };
	CHECK(registry_fixture_start(&fixture, test, answer, NULL, "dXNlcjpwdw=="));
	CHECK_TEXT(refusal(&fixture, "1"),
		   "'127.0.0.1' does not let our credentials pull 'app', or "
		   "has no such image");
	CHECK_TEXT(
		refusal(&fixture, "quota"),
		"'127.0.0.1' takes no more requests for now (it allows 100 in 6 hours): slow down; "
		"try again in 22 minutes, or name a mirror in registries.conf");
}
