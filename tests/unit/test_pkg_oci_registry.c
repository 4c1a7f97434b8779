#include "pkg/oci/registry.h"
#include "pkg/sys/digest.h"
#include "tests/unit/http_server.h"

#define MANIFEST "{\"schemaVersion\":2}"
#define BLOB     "0123456789abcdefghij"
#define REFUSAL  "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"not \x1b here\"}]}"
#define INSECURE "[[registry]]\nlocation = '127.0.0.1:%u'\ninsecure = true\n"

// The value of a header in a request's head, or "".
static const char *header(const char *request, const char *name, Arena *arena)
{
	const char *line = strstr(request, arena_printf(arena, "\r\n%s: ", name));
	if (!line)
		return "";
	line += strlen(name) + 4;
	return arena_strndup(arena, line, strcspn(line, "\r"));
}

static void reply_manifest(Buffer *response)
{
	http_server_reply(response, "200 OK",
			  "Content-Type: application/vnd.oci.image.manifest.v1+json\r\n", MANIFEST,
			  strlen(MANIFEST));
}

// Without authentication; blobs break after five bytes and go on with a range.
static void answer_open(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	const char *range = header(request, "Range", arena);
	(void)context; // nothing to know
	if (text_starts_with(request, "HEAD /v2/app/manifests/1 "))
		buffer_printf(response, "HTTP/1.1 200 OK\r\nDocker-Content-Digest: %s\r\n\r\n",
			      digest_of_bytes(MANIFEST, strlen(MANIFEST), arena));
	else if (text_starts_with(request, "GET /v2/app/manifests/1 "))
		reply_manifest(response);
	else if (text_starts_with(request, "GET /v2/app/manifests/lie "))
		http_server_reply(response, "200 OK",
				  "Docker-Content-Digest: sha256:e3b0c44298fc1c149afbf4c8996fb92427"
				  "ae41e4649b934ca495991b7852b855\r\n",
				  MANIFEST, strlen(MANIFEST));
	else if (text_starts_with(request, "GET /v2/app/blobs/") && !range[0])
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234");
	else if (text_equal(range, "bytes=5-"))
		buffer_add(response, "HTTP/1.1 206 Partial\r\nContent-Range: bytes 5-19/20\r\n"
				     "Content-Length: 15\r\n\r\n56789ab");
	else if (text_equal(range, "bytes=12-"))
		http_server_reply(response, "206 Partial", "Content-Range: bytes 12-19/20\r\n",
				  &BLOB[12], 8);
	else
		http_server_reply(response, "404 Not Found", "", REFUSAL, strlen(REFUSAL));
}

typedef struct Fixture {
	HttpServer server;
	Registries registries;
	Credentials credentials;
	Reference reference;
	Transport *transport;
} Fixture;

static void fixture_clear(Fixture *fixture)
{
	transport_close(&fixture->transport);
	http_server_stop(&fixture->server);
}
#define FIXTURE CLEANUP(fixture_clear) Fixture

// registries: a format with the port. auth: auths for auth.json, or NULL.
static bool open_registry(Test *test, Fixture *fixture, const char *registries, const char *auth)
{
	Arena *arena = test->arena;
	const char *host = arena_printf(arena, "127.0.0.1:%u", fixture->server.port);
	const char *name = arena_printf(arena, "%s/app:1", host);
	const RegistryOptions options = { .registries = &fixture->registries,
					  .credentials = &fixture->credentials };
	if (auth) {
		auth = arena_printf(arena, "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}", host, auth);
		if (!auth_parse("auth", auth, strlen(auth), arena, &fixture->credentials,
				&test->error))
			return false;
	}
	return registries_parse("r", registries, strlen(registries), arena, &fixture->registries,
				&test->error) &&
	       reference_parse(name, NULL, arena, &fixture->reference, &test->error) &&
	       registry_open(&fixture->reference, &options, arena, &fixture->transport,
			     &test->error);
}

static const char *insecure(Test *test, const Fixture *fixture)
{
	return arena_printf(test->arena, INSECURE, fixture->server.port);
}

static bool read_manifest(Test *test, const Fixture *fixture, ManifestDocument *ret)
{
	return fixture->transport->read_manifest(fixture->transport, NULL, test->arena, ret,
						 &test->error);
}

TEST(registry_gives_manifests_with_their_digest)
{
	FIXTURE fixture = { 0 };
	ManifestDocument document;
	const char *digest = NULL;
	CHECK(http_server_start(&fixture.server, test, answer_open, NULL));
	CHECK(open_registry(test, &fixture, insecure(test, &fixture), NULL));
	CHECK(fixture.transport->find_digest(fixture.transport, test->arena, &digest,
					     &test->error));
	CHECK(read_manifest(test, &fixture, &document));
	CHECK_TEXT(document.bytes, MANIFEST);
	CHECK_TEXT(document.digest, digest);
	CHECK_TEXT(document.media_type, "application/vnd.oci.image.manifest.v1+json");
}

TEST(registry_speaks_plain_http_only_where_it_may)
{
	FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(http_server_start(&fixture.server, test, answer_open, NULL));
	CHECK(open_registry(test, &fixture, "", NULL));
	CHECK(!read_manifest(test, &fixture, &document));
	CHECK(test->error.code == ERROR_NETWORK);
	CHECK(strstr(test->error.message,
		     "; if it is to be trusted all the same, call it insecure in registries.conf"));
	error_clear(&test->error);
	CHECK_TEXT(http_server_requests(&fixture.server), "");
}

TEST(registry_resumes_a_blob_that_breaks)
{
	FIXTURE fixture = { 0 };
	Source *source = NULL;
	const char *text = NULL;
	const Descriptor blob = { .digest = digest_of_bytes(BLOB, strlen(BLOB), test->arena),
				  .size_bytes = strlen(BLOB) };
	CHECK(http_server_start(&fixture.server, test, answer_open, NULL));
	CHECK(open_registry(test, &fixture, insecure(test, &fixture), NULL));
	CHECK(fixture.transport->open_blob(fixture.transport, &blob, &source, &test->error));
	CHECK(source_read_all(source, 100, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, BLOB);
}

TEST(registry_takes_no_more_bytes_than_the_blob_has)
{
	FIXTURE fixture = { 0 };
	Source *source = NULL;
	const char *text = NULL;
	const Descriptor blob = { .digest = digest_of_bytes(BLOB, strlen(BLOB), test->arena),
				  .size_bytes = 3 };
	CHECK(http_server_start(&fixture.server, test, answer_open, NULL));
	CHECK(open_registry(test, &fixture, insecure(test, &fixture), NULL));
	CHECK(fixture.transport->open_blob(fixture.transport, &blob, &source, &test->error));
	CHECK_ERROR(source_read_all(source, 100, test->arena, &text, NULL, &test->error),
		    "the blob is longer than its 3 bytes");
}

TEST(registry_says_what_the_server_says)
{
	FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(http_server_start(&fixture.server, test, answer_open, NULL));
	CHECK(open_registry(test, &fixture, insecure(test, &fixture), NULL));
	fixture.reference.tag = "2";
	CHECK_ERROR(read_manifest(test, &fixture, &document),
		    arena_printf(test->arena, "'127.0.0.1:%u' has no such image: not \\x1b here",
				 fixture.server.port));
	fixture.reference.tag = "lie";
	CHECK_ERROR(
		read_manifest(test, &fixture, &document),
		"manifest sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"
		"5: its bytes have another digest");
}

TEST(registry_asks_the_next_place_when_a_mirror_fails)
{
	FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(http_server_start(&fixture.server, test, answer_open, NULL));
	const char *conf = arena_printf(test->arena,
					INSECURE "[[registry.mirror]]\nlocation='127.0.0.1:%u/no'\n"
						 "insecure=true\n[[registry.mirror]]\n"
						 "location='127.0.0.1:1'\ninsecure=true\n",
					fixture.server.port, fixture.server.port);
	CHECK(open_registry(test, &fixture, conf, NULL));
	CHECK(read_manifest(test, &fixture, &document));
	const char *requests = http_server_requests(&fixture.server);
	CHECK(strstr(requests, "GET /v2/no/app/manifests/1 "));
	CHECK(strstr(requests, "GET /v2/app/manifests/1 "));

	fixture.reference.tag = "2";
	CHECK(!read_manifest(test, &fixture, &document));
	error_clear(&test->error);
}

// Wants a token for manifests ("user:pw" gets one), basic authentication for blobs, and sends blobs to another host
// name, which must not see any of it.
static void answer_closed(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	const char *authorization = header(request, "Authorization", arena);
	const char *host = header(request, "Host", arena);
	const char *port = strchr(host, ':');
	(void)context; // nothing to know
	if (text_starts_with(request, "GET /token?service=reg&scope=repository%3Aapp%3Apull ")) {
		if (text_equal(authorization, "Basic dXNlcjpwdw=="))
			http_server_reply(response, "200 OK", "", "{\"token\":\"T0\"}", 14);
		else
			http_server_reply(response, "401 No", "", "", 0);
	} else if (text_starts_with(request, "GET /storage ")) {
		http_server_reply(response, authorization[0] ? "400 Leak" : "200 OK", "", BLOB, 20);
	} else if (text_equal(authorization, "Bearer T0")) {
		if (strstr(request, "/blobs/"))
			http_server_reply(response, "307 There",
					  arena_printf(arena,
						       "Location: http://localhost%s/storage\r\n",
						       port),
					  "", 0);
		else
			reply_manifest(response);
	} else {
		http_server_reply(response, "401 Unauthorized",
				  arena_printf(arena,
					       "WWW-Authenticate: Bearer realm=\"http://%s/token\","
					       "service=\"reg\",scope=\"repository:app:pull\"\r\n",
					       host),
				  "", 0);
	}
}

TEST(registry_gets_a_token_and_keeps_it_to_itself)
{
	FIXTURE fixture = { 0 };
	ManifestDocument document;
	Source *source = NULL;
	const char *text = NULL;
	const Descriptor blob = { .digest = digest_of_bytes(BLOB, 20, test->arena),
				  .size_bytes = 20 };
	CHECK(http_server_start(&fixture.server, test, answer_closed, NULL));
	CHECK(open_registry(test, &fixture, insecure(test, &fixture), "dXNlcjpwdw=="));
	CHECK(read_manifest(test, &fixture, &document));
	CHECK(fixture.transport->open_blob(fixture.transport, &blob, &source, &test->error));
	CHECK(source_read_all(source, 100, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, BLOB);
	const char *requests = http_server_requests(&fixture.server);
	const char *token = strstr(requests, "GET /token");
	CHECK(token && !strstr(token + 1, "GET /token"));
}

TEST(registry_that_refuses_us_says_so)
{
	FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(http_server_start(&fixture.server, test, answer_closed, NULL));
	CHECK(open_registry(test, &fixture, insecure(test, &fixture), NULL));
	CHECK_ERROR(read_manifest(test, &fixture, &document),
		    arena_printf(test->arena,
				 "the token server of '127.0.0.1:%u': it wants credentials",
				 fixture.server.port));
	transport_close(&fixture.transport);
	CHECK(open_registry(test, &fixture, "", "YTpi"));
	CHECK_ERROR(read_manifest(test, &fixture, &document),
		    arena_printf(test->arena,
				 "the token server of '127.0.0.1:%u': it refuses our credentials",
				 fixture.server.port));
}

static void answer_basic(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	(void)context; // nothing to know
	if (text_equal(header(request, "Authorization", arena), "Basic dXNlcjpwdw=="))
		reply_manifest(response);
	else
		http_server_reply(response, "401 Unauthorized",
				  "WWW-Authenticate: Basic realm=\"x\"\r\n", "", 0);
}

TEST(registry_answers_basic_challenges)
{
	FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(http_server_start(&fixture.server, test, answer_basic, NULL));
	CHECK(open_registry(test, &fixture, insecure(test, &fixture), "dXNlcjpwdw=="));
	CHECK(read_manifest(test, &fixture, &document));
}

TEST(registry_without_credentials_says_that_it_wants_some)
{
	FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(http_server_start(&fixture.server, test, answer_basic, NULL));
	CHECK(open_registry(test, &fixture, insecure(test, &fixture), NULL));
	CHECK_ERROR(read_manifest(test, &fixture, &document),
		    arena_printf(test->arena,
				 "'127.0.0.1:%u' wants credentials (or has no such image)",
				 fixture.server.port));
	CHECK(test->error.code == ERROR_NONE);
}
