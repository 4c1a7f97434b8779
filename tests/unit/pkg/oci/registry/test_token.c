#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/registry.h"

#include <fcntl.h>
#include <stdlib.h>

static bool is_token_request(const char *request)
{
	return text_starts_with(request, "GET /token?") ||
	       text_starts_with(request, "POST /token ");
}

static void reply_token(unsigned number, const char *rest, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	const char *body = arena_printf(arena, "{\"access_token\":\"T%u\"%s}", number, rest);
	http_server_reply(response, "200 OK", "Date: Sat, 31 Jan 2026 12:00:00 GMT\r\n", body,
			  strlen(body));
}

// A token is T1, T2 …; each ends an hour before it is given, or is good for one request only.
static void answer_short(const char *request, const void *context, Buffer *response)
{
	static unsigned given;
	static bool is_used;
	CLEANUP_ARENA arena = arena_new();
	const char *authorization = registry_header(request, "Authorization", arena);
	const char *wanted = arena_printf(arena, "Bearer T%u", given);
	(void)context; // nothing to know
	if (is_token_request(request)) {
		const bool is_old = strstr(request, "service=reg&") != NULL;
		reply_token(++given,
			    is_old ? ",\"expires_in\":300,\"issued_at\":\"2026-01-31T11:00:00Z\""
				   : "",
			    response);
		is_used = false;
	} else if (given > 0 && text_equal(authorization, wanted) && !is_used) {
		is_used = true;
		registry_reply_manifest(response);
	} else {
		registry_reply_challenge(
			request, strstr(request, "manifests/other ") ? ",service=\"b\"" : "",
			response);
	}
}

TEST(registry_token_is_renewed_before_it_expires)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_short, NULL, NULL));
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(registry_fixture_count(&fixture, "GET /token?") == 3);
	CHECK(registry_fixture_count(&fixture, "/manifests/1 ") == 4); // the first was challenged
}

TEST(registry_token_is_renewed_when_it_is_refused)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_short, NULL, NULL));
	fixture.reference.tag = "other";
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(registry_fixture_count(&fixture, "GET /token?") == 2);
	CHECK(registry_fixture_count(&fixture, "/manifests/other ") == 4);
}

// Says what else is needed, in a header with other schemes; takes no token, or every one.
static void answer_scope(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	const bool is_authorized = registry_header(request, "Authorization", arena)[0];
	const char *host = registry_header(request, "Host", arena);
	(void)context; // nothing to know
	if (is_token_request(request))
		reply_token(1, "", response);
	else if (is_authorized && !strstr(request, "/manifests/never "))
		registry_reply_manifest(response);
	else
		http_server_reply(
			response, "401 No",
			arena_printf(arena,
				     "wWW-AuThenticate: Negotiate, Basic realm=\"x\", BEARER "
				     "realm=\"http://%s/token?a=b\",error=\"invalid_token\",scope="
				     "\"repository:other/app:pull,push aws repository:x:push\"\r\n",
				     host),
			"", 0);
}

TEST(registry_token_is_for_the_place_that_is_asked)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_serve(&fixture, test, answer_scope));
	const char *conf = arena_printf(test->arena,
					"%s[[registry.mirror]]\nlocation='127.0.0.1:%u/proxy'\n"
					"insecure=true\n",
					registry_fixture_insecure(&fixture), fixture.server.port);
	CHECK(registry_fixture_open(&fixture, conf, NULL));
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(strstr(http_server_requests(&fixture.server),
		     "GET /token?a=b&scope=repository%3Aproxy%2Fapp%3Apull&scope="
		     "repository%3Aother%2Fapp%3Apull&scope=aws HTTP"));
}

TEST(registry_token_that_its_own_registry_refuses)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_scope, NULL, "dXNlcjpwdw=="));
	fixture.reference.tag = "never";
	CHECK_ERROR(registry_fixture_manifest(&fixture, &document),
		    arena_printf(test->arena,
				 "'127.0.0.1:%u' does not accept the token of its own token server",
				 fixture.server.port));
}

TEST(registry_token_wants_credentials_that_are_damaged)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_scope, NULL, "bm9jb2xvbg=="));
	CHECK_ERROR(
		registry_fixture_manifest(&fixture, &document),
		arena_printf(
			test->arena,
			"our credentials: auth: auths['127.0.0.1:%u'].auth: no 'user:password' in "
			"base64",
			fixture.server.port));
}

// A token server that is busy at first, and takes identity tokens.
static void answer_busy(const char *request, const void *context, Buffer *response)
{
	static unsigned asked;
	CLEANUP_ARENA arena = arena_new();
	(void)context; // nothing to know
	if (is_token_request(request) && asked++ == 0)
		http_server_reply(response, "502 Bad Gateway", "", "", 0);
	else if (is_token_request(request))
		reply_token(7, "", response);
	else if (text_equal(registry_header(request, "Authorization", arena), "Bearer T7"))
		registry_reply_manifest(response);
	else
		registry_reply_challenge(request, "", response);
}

TEST(registry_token_server_is_asked_again_when_it_is_busy)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_busy, NULL, NULL));
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(registry_fixture_count(&fixture, "GET /token?") == 2);
}

TEST(registry_token_comes_by_what_a_helper_knows)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	Arena *arena = test->arena;
	const char *directory = test_directory(test);
	const char *note = path_join(arena, directory, "runs");
	const char *script = arena_printf(
		arena,
		"#!/bin/sh\necho x >> %s\necho '{\"Username\":\"<token>\",\"Secret\":\"I\"}'\n",
		note);
	const char *runs = "";
	setenv("PATH", arena_printf(arena, "%s:/usr/bin:/bin", directory), 1);
	CHECK(file_replace(AT_FDCWD, path_join(arena, directory, "docker-credential-here"), script,
			   strlen(script), 0700, &test->error));
	CHECK(registry_fixture_start(&fixture, test, answer_busy, NULL, "helper:here"));
	CHECK(!file_exists(AT_FDCWD, note)); // nobody asked who we are
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(registry_fixture_count(&fixture, "POST /token ") == 2);
	CHECK(file_read(AT_FDCWD, note, 100, arena, &runs, NULL, &test->error));
	CHECK_TEXT(runs, "x\n");
}

TEST(registry_token_of_a_helper_that_fails)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_busy, NULL, "helper:not-there"));
	CHECK_ERROR(registry_fixture_manifest(&fixture, &document),
		    "the credential helper 'docker-credential-not-there' is not in PATH");
}

// A token server for each tag, which sends us elsewhere.
static const char *place_of(const char *request, const char *host, Arena *arena)
{
	const char *port = strchr(host, ':');
	if (strstr(request, " /token-same"))
		return "/moved";
	if (strstr(request, " /token-away"))
		return arena_printf(arena, "http://localhost%s/moved", port);
	if (strstr(request, " /token-back"))
		return arena_printf(arena, "http://localhost%s/back", port);
	if (strstr(request, " /back"))
		return arena_printf(arena, "http://127.0.0.1%s/moved", port);
	if (strstr(request, " /token-locked"))
		return arena_printf(arena, "http://localhost%s/locked", port);
	if (strstr(request, " /token-loop"))
		return "/token-loop";
	return strstr(request, " /token-file") ? "file:///etc/passwd" : NULL;
}

static void answer_moved(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	const char *host = registry_header(request, "Host", arena);
	const char *tag = strstr(request, "/manifests/");
	const char *place = tag ? NULL : place_of(request, host, arena);
	(void)context; // nothing to know
	if (place)
		http_server_reply(response, "307 There",
				  arena_printf(arena, "Location: %s\r\n", place), "", 0);
	else if (strstr(request, " /moved "))
		reply_token(7, "", response);
	else if (!tag)
		http_server_reply(response, "401 No", "", "", 0);
	else if (text_equal(registry_header(request, "Authorization", arena), "Bearer T7"))
		registry_reply_manifest(response);
	else
		registry_reply_challenge(request,
					 arena_printf(arena, ",realm=\"http://%s/token-%.*s\"",
						      host, (int)strcspn(tag + 11, " "), tag + 11),
					 response);
}

// How often the place was asked, and how often with a password.
static const char *asked(const RegistryFixture *fixture, const char *place)
{
	unsigned count = 0, known = 0;
	const char *rest = http_server_requests(&fixture->server);
	while ((rest = strstr(rest, place))) {
		const char *end = strstr(rest, "\r\n\r\n");
		const char *password = strstr(rest, "Authorization: Basic");
		known += password && password < end;
		count++;
		rest = end;
	}
	return arena_printf(fixture->server.test->arena, "%u, %u", count, known);
}

TEST(registry_token_server_may_be_elsewhere)
{
	static const struct {
		const char *tag;
		const char *asked; // from the first case on
	} cases[] = { { "same", "1, 1" }, { "away", "2, 1" }, { "back", "3, 1" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		REGISTRY_FIXTURE fixture = { 0 };
		ManifestDocument document;
		CHECK(registry_fixture_start(&fixture, test, answer_moved, NULL, "dXNlcjpwdw=="));
		fixture.reference.tag = cases[i].tag;
		CHECK(registry_fixture_manifest(&fixture, &document));
		CHECK_TEXT(asked(&fixture, " /moved "), cases[i].asked);
	}
}

TEST(registry_token_server_leads_nowhere)
{
	static const struct {
		const char *tag;
		const char *message;
	} cases[] = {
		{ "locked",
		  "it redirects to another server, which does not get our credentials and "
		  "gives no token without" },
		{ "loop", "it redirects more than 10 times" },
		{ "file", "it redirects to something that is no plain address of HTTP" },
	};
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_moved, NULL, "dXNlcjpwdw=="));
	for (size_t i = 0; i < COUNT(cases); i++) {
		fixture.reference.tag = cases[i].tag;
		CHECK_ERROR(registry_fixture_manifest(&fixture, &document),
			    arena_printf(test->arena, "the token server of '127.0.0.1:%u': %s",
					 fixture.server.port, cases[i].message));
	}
	CHECK_TEXT(asked(&fixture, " /locked "), "1, 0");
	CHECK_TEXT(asked(&fixture, " /token-loop"), "11, 11");
}

TEST(registry_token_server_elsewhere_gets_no_identity_token)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_moved, NULL, "identity:I"));
	fixture.reference.tag = "away";
	CHECK_ERROR(registry_fixture_manifest(&fixture, &document),
		    arena_printf(test->arena,
				 "the token server of '127.0.0.1:%u': it redirects to where our "
				 "identity token must not go",
				 fixture.server.port));
	CHECK_TEXT(asked(&fixture, " /moved "), "0, 0");
	fixture.reference.tag = "same";
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(registry_fixture_count(&fixture, "POST /moved ") == 1);
}
