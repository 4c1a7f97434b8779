#include "tests/unit/registry.h"

// Wants "user:pw". Manifests are elsewhere: by the first letter of the tag, after a way that must not see credentials.
static void answer(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	const char *authorization = registry_header(request, "Authorization", arena);
	const char *port = strchr(registry_header(request, "Host", arena), ':');
	const char *to = NULL;
	(void)context; // nothing to know
	if (!port || (text_starts_with(request, "GET /v2/") && !authorization[0])) {
		http_server_reply(response, "401 No", "WWW-Authenticate: Basic\r\n", "", 0);
		return;
	}
	if (text_starts_with(request, "GET /v2/app/manifests/1 "))
		to = arena_printf(arena, "http://localhost%s/away", port);
	else if (text_starts_with(request, "GET /away "))
		to = arena_printf(arena, "HTTP://127.0.0.1%s/back", port);
	else if (text_starts_with(request, "GET /v2/app/manifests/same "))
		to = "/moved?x=1";
	else if (text_starts_with(request, "GET /v2/app/manifests/loop "))
		to = "/v2/app/manifests/loop";
	else if (text_starts_with(request, "GET /v2/app/manifests/user "))
		to = arena_printf(arena, "http://127.0.0.1%s@localhost%s/away", port, port);
	else if (text_starts_with(request, "GET /v2/app/manifests/file "))
		to = "file:///etc/passwd";
	else if (text_starts_with(request, "GET /v2/app/manifests/none "))
		to = "";
	if (!to)
		registry_reply_manifest(response);
	else
		http_server_reply(response, "307 There",
				  to[0] ? arena_printf(arena, "Location: %s\r\n", to) : "", "", 0);
}

// The head of the request for a path, up to its end.
static const char *request_for(const RegistryFixture *fixture, const char *path)
{
	const char *all = http_server_requests(&fixture->server);
	const char *start = strstr(all, path);
	const char *end = start ? strstr(start, "\r\n\r\n") : NULL;
	return end ? arena_strndup(fixture->server.test->arena, start, (size_t)(end - start)) : "";
}

TEST(registry_host_leaves_credentials_at_home)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer, NULL, "dXNlcjpwdw=="));
	CHECK(registry_fixture_manifest(&fixture, &document));
	const char *away = request_for(&fixture, "GET /away ");
	const char *back = request_for(&fixture, "GET /back ");
	CHECK(away[0] && !strstr(away, "Authorization") && !strstr(away, "Cookie"));
	CHECK(back[0] && !strstr(back, "Authorization")); // whoever sent us back chose the path

	fixture.reference.tag = "same";
	CHECK(registry_fixture_manifest(&fixture, &document));
	const char *same = request_for(&fixture, "GET /moved?x=1 ");
	CHECK(strstr(same, "Authorization: Basic dXNlcjpwdw=="));
}

TEST(registry_host_does_not_run_in_circles)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer, NULL, "dXNlcjpwdw=="));
	fixture.reference.tag = "loop";
	CHECK_ERROR(registry_fixture_manifest(&fixture, &document),
		    arena_printf(test->arena, "'127.0.0.1:%u' redirects more than 10 times",
				 fixture.server.port));
}

TEST(registry_host_goes_to_plain_addresses_only)
{
	static const char *const tags[] = { "user", "file", "none" };
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer, NULL, "dXNlcjpwdw=="));
	for (size_t i = 0; i < COUNT(tags); i++) {
		fixture.reference.tag = tags[i];
		CHECK_ERROR(registry_fixture_manifest(&fixture, &document),
			    arena_printf(test->arena,
					 "'127.0.0.1:%u' redirects to something that is no plain "
					 "address of HTTP",
					 fixture.server.port));
	}
	CHECK(registry_fixture_count(&fixture, "GET /away ") == 0);
}

// As a server of TLS answers those who speak without.
static void answer_as_tls(const char *request, const void *context, Buffer *response)
{
	(void)context; // nothing to know
	http_server_reply(response, "400 Bad Request", "", request, 0);
}

TEST(registry_host_does_not_take_a_server_of_tls_for_a_plain_one)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(http_server_start(&fixture.server, test, answer_as_tls, NULL));
	CHECK(registry_fixture_open(&fixture, NULL, "dXNlcjpwdw=="));
	CHECK_ERROR(registry_fixture_manifest(&fixture, &document),
		    arena_printf(test->arena, "'127.0.0.1:%u' does not speak plain HTTP",
				 fixture.server.port));
	CHECK(registry_fixture_count(&fixture, "Authorization") == 0);
}
