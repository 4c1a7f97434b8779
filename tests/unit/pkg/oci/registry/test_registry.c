#include "pkg/sys/stream/digest.h"
#include "tests/unit/registry.h"

#define REFUSAL "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"not \x1b here\"}]}"

// Without authentication; blobs break after five bytes and go on with a range.
static void answer_open(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	const char *range = registry_header(request, "Range", arena);
	(void)context; // nothing to know
	if (text_starts_with(request, "HEAD /v2/app/manifests/1 "))
		buffer_printf(response, "HTTP/1.1 200 OK\r\nDocker-Content-Digest: %s\r\n\r\n",
			      digest_of_bytes(REGISTRY_MANIFEST, strlen(REGISTRY_MANIFEST), arena));
	else if (text_starts_with(request, "GET /v2/app/manifests/1 "))
		registry_reply_manifest(response);
	else if (text_starts_with(request, "GET /v2/app/manifests/lie "))
		http_server_reply(response, "200 OK",
				  "Docker-Content-Digest: sha256:e3b0c44298fc1c149afbf4c8996fb92427"
				  "ae41e4649b934ca495991b7852b855\r\n",
				  REGISTRY_MANIFEST, strlen(REGISTRY_MANIFEST));
	else if (text_starts_with(request, "GET /v2/app/blobs/") && !range[0])
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234");
	else if (text_equal(range, "bytes=5-"))
		buffer_add(response, "HTTP/1.1 206 Partial\r\nContent-Range: bytes 5-19/20\r\n"
				     "Content-Length: 15\r\n\r\n56789ab");
	else if (text_equal(range, "bytes=12-"))
		http_server_reply(response, "206 Partial", "Content-Range: bytes 12-19/20\r\n",
				  &REGISTRY_BLOB[12], 8);
	else
		http_server_reply(response, "404 Not Found", "", REFUSAL, strlen(REFUSAL));
}

TEST(registry_gives_manifests_with_their_digest)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	const char *digest = NULL;
	CHECK(registry_fixture_start(&fixture, test, answer_open, NULL, NULL));
	CHECK(fixture.transport->find_digest(fixture.transport, test->arena, &digest,
					     &test->error));
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK_TEXT(document.bytes, REGISTRY_MANIFEST);
	CHECK_TEXT(document.digest, digest);
	CHECK_TEXT(document.media_type, "application/vnd.oci.image.manifest.v1+json");
}

TEST(registry_speaks_plain_http_only_where_it_may)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_open, "", NULL));
	CHECK(!registry_fixture_manifest(&fixture, &document));
	CHECK(test->error.code == ERROR_NETWORK);
	CHECK(strstr(test->error.message,
		     "; if it is to be trusted all the same, call it insecure in registries.conf"));
	error_clear(&test->error);
	CHECK_TEXT(http_server_requests(&fixture.server), "");
}

TEST(registry_resumes_a_blob_that_breaks)
{
	REGISTRY_FIXTURE fixture = { 0 };
	Source *source = NULL;
	const char *text = NULL;
	const Descriptor blob = { .digest = digest_of_bytes(REGISTRY_BLOB, strlen(REGISTRY_BLOB),
							    test->arena),
				  .size_bytes = strlen(REGISTRY_BLOB) };
	CHECK(registry_fixture_start(&fixture, test, answer_open, NULL, NULL));
	CHECK(fixture.transport->open_blob(fixture.transport, &blob, &source, &test->error));
	CHECK(source_read_all(source, 100, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, REGISTRY_BLOB);
}

TEST(registry_takes_no_more_bytes_than_the_blob_has)
{
	REGISTRY_FIXTURE fixture = { 0 };
	Source *source = NULL;
	const char *text = NULL;
	const Descriptor blob = { .digest = digest_of_bytes(REGISTRY_BLOB, strlen(REGISTRY_BLOB),
							    test->arena),
				  .size_bytes = 3 };
	CHECK(registry_fixture_start(&fixture, test, answer_open, NULL, NULL));
	CHECK(fixture.transport->open_blob(fixture.transport, &blob, &source, &test->error));
	CHECK_ERROR(source_read_all(source, 100, test->arena, &text, NULL, &test->error),
		    "the blob is longer than its 3 bytes");
}

TEST(registry_says_what_the_server_says)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_open, NULL, NULL));
	fixture.reference.tag = "2";
	CHECK_ERROR(registry_fixture_manifest(&fixture, &document),
		    arena_printf(test->arena, "'127.0.0.1:%u' has no such image: not \\x1b here",
				 fixture.server.port));
	fixture.reference.tag = "lie";
	CHECK_ERROR(
		registry_fixture_manifest(&fixture, &document),
		"manifest sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"
		"5: its bytes have another digest");
}

TEST(registry_asks_the_next_place_when_a_mirror_fails)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_serve(&fixture, test, answer_open));
	const char *conf = arena_printf(test->arena,
					"%s[[registry.mirror]]\nlocation='127.0.0.1:%u/no'\n"
					"insecure=true\n[[registry.mirror]]\n"
					"location='127.0.0.1:1'\ninsecure=true\n",
					registry_fixture_insecure(&fixture), fixture.server.port);
	CHECK(registry_fixture_open(&fixture, conf, NULL));
	CHECK(registry_fixture_manifest(&fixture, &document));
	const char *requests = http_server_requests(&fixture.server);
	CHECK(strstr(requests, "GET /v2/no/app/manifests/1 "));
	CHECK(strstr(requests, "GET /v2/app/manifests/1 "));

	fixture.reference.tag = "2";
	CHECK(!registry_fixture_manifest(&fixture, &document));
	error_clear(&test->error);
}

// Wants a token for manifests ("user:pw" gets one), basic authentication for blobs, and sends blobs to another host
// name, which must not see any of it.
static void answer_closed(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	const char *authorization = registry_header(request, "Authorization", arena);
	const char *host = registry_header(request, "Host", arena);
	const char *port = strchr(host, ':');
	(void)context; // nothing to know
	if (text_starts_with(request, "GET /token?service=reg&scope=repository%3Aapp%3Apull ")) {
		if (text_equal(authorization, "Basic dXNlcjpwdw=="))
			http_server_reply(response, "200 OK", "", "{\"token\":\"T0\"}", 14);
		else
			http_server_reply(response, "401 No", "", "", 0);
	} else if (text_starts_with(request, "GET /storage ")) {
		http_server_reply(response, authorization[0] ? "400 Leak" : "200 OK", "",
				  REGISTRY_BLOB, 20);
	} else if (text_equal(authorization, "Bearer T0")) {
		if (strstr(request, "/blobs/"))
			http_server_reply(response, "307 There",
					  arena_printf(arena,
						       "Location: http://localhost%s/storage\r\n",
						       port),
					  "", 0);
		else
			registry_reply_manifest(response);
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
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	Source *source = NULL;
	const char *text = NULL;
	const Descriptor blob = { .digest = digest_of_bytes(REGISTRY_BLOB, 20, test->arena),
				  .size_bytes = 20 };
	CHECK(registry_fixture_start(&fixture, test, answer_closed, NULL, "dXNlcjpwdw=="));
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK(fixture.transport->open_blob(fixture.transport, &blob, &source, &test->error));
	CHECK(source_read_all(source, 100, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, REGISTRY_BLOB);
	const char *requests = http_server_requests(&fixture.server);
	const char *token = strstr(requests, "GET /token");
	CHECK(token && !strstr(token + 1, "GET /token"));
}

TEST(registry_that_refuses_us_says_so)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_closed, NULL, NULL));
	CHECK_ERROR(registry_fixture_manifest(&fixture, &document),
		    arena_printf(test->arena,
				 "the token server of '127.0.0.1:%u': it wants credentials; log in "
				 "with 'podman login 127.0.0.1:%u'",
				 fixture.server.port, fixture.server.port));
	CHECK(registry_fixture_open(&fixture, NULL, "YTpi"));
	CHECK_ERROR(registry_fixture_manifest(&fixture, &document),
		    arena_printf(test->arena,
				 "the token server of '127.0.0.1:%u': it refuses our credentials",
				 fixture.server.port));
}

static void answer_basic(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	(void)context; // nothing to know
	if (text_equal(registry_header(request, "Authorization", arena), "Basic dXNlcjpwdw=="))
		registry_reply_manifest(response);
	else
		http_server_reply(response, "401 Unauthorized",
				  "WWW-Authenticate: Basic realm=\"x\"\r\n", "", 0);
}

TEST(registry_answers_basic_challenges)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_basic, NULL, "dXNlcjpwdw=="));
	CHECK(registry_fixture_manifest(&fixture, &document));
}

TEST(registry_is_told_the_next_credentials_when_it_refuses_some)
{
	static const HttpAnswer answers[] = { answer_basic, answer_closed };
	for (size_t i = 0; i < COUNT(answers); i++) {
		REGISTRY_FIXTURE fixture = { 0 };
		ManifestDocument document;
		CHECK(registry_fixture_start(&fixture, test, answers[i], NULL,
					     "YTpi YTpi dXNlcjpwdw=="));
		CHECK(registry_fixture_manifest(&fixture, &document));
		const unsigned refused = registry_fixture_count(&fixture, "Basic YTpi");
		CHECK(refused > 0);
		// The ones that were taken are kept.
		CHECK(registry_fixture_manifest(&fixture, &document));
		CHECK(registry_fixture_count(&fixture, "Basic YTpi") == refused);
	}
}

TEST(registry_without_credentials_says_that_it_wants_some)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_basic, NULL, NULL));
	CHECK_ERROR(
		registry_fixture_manifest(&fixture, &document),
		arena_printf(test->arena,
			     "'127.0.0.1:%u' wants credentials, or has no such image; log in with "
			     "'podman login 127.0.0.1:%u'",
			     fixture.server.port, fixture.server.port));
	CHECK(test->error.code == ERROR_NONE);
}

// A blob whose first answers are broken in some way: the way is what the test waits for.
typedef enum Fault {
	FAULT_NOTHING,     // two connections without an answer
	FAULT_EMPTY,       // a head, and nothing behind it
	FAULT_NO_RANGES,   // breaks after five bytes, and then sends the whole blob
	FAULT_416,         // … and then refuses ranges
	FAULT_OTHER_RANGE, // … and then sends another part
	FAULT_OTHER_TOTAL, // … and then has a blob of another size
} Fault;

static void answer_faulty(const char *request, Fault fault, Buffer *response)
{
	static unsigned asked;
	CLEANUP_ARENA arena = arena_new();
	const bool is_range = registry_header(request, "Range", arena)[0];
	const unsigned number = asked++;
	if (fault == FAULT_NOTHING && number < 2)
		return;
	if (fault == FAULT_EMPTY && number == 0)
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
	else if (number == 0 && fault != FAULT_NOTHING)
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234");
	else if (is_range && fault == FAULT_416)
		http_server_reply(response, "416 No", "Content-Range: bytes */20\r\n", "", 0);
	else if (is_range && fault == FAULT_OTHER_RANGE)
		http_server_reply(response, "206 Part", "Content-Range: bytes 6-19/20\r\n",
				  &REGISTRY_BLOB[6], 14);
	else if (is_range && fault == FAULT_OTHER_TOTAL)
		http_server_reply(response, "206 Part", "Content-Range: bytes 5-19/21\r\n",
				  &REGISTRY_BLOB[5], 15);
	else
		http_server_reply(response, "200 OK", "", REGISTRY_BLOB, strlen(REGISTRY_BLOB));
}

static void answer_nothing(const char *request, const void *context, Buffer *response)
{
	(void)context; // see answer_faulty
	answer_faulty(request, FAULT_NOTHING, response);
}

static void answer_empty(const char *request, const void *context, Buffer *response)
{
	(void)context; // see answer_faulty
	answer_faulty(request, FAULT_EMPTY, response);
}

static void answer_no_ranges(const char *request, const void *context, Buffer *response)
{
	(void)context; // see answer_faulty
	answer_faulty(request, FAULT_NO_RANGES, response);
}

static void answer_416(const char *request, const void *context, Buffer *response)
{
	(void)context; // see answer_faulty
	answer_faulty(request, FAULT_416, response);
}

static void answer_other_range(const char *request, const void *context, Buffer *response)
{
	(void)context; // see answer_faulty
	answer_faulty(request, FAULT_OTHER_RANGE, response);
}

static void answer_other_total(const char *request, const void *context, Buffer *response)
{
	(void)context; // see answer_faulty
	answer_faulty(request, FAULT_OTHER_TOTAL, response);
}

TEST(registry_gets_a_blob_from_a_server_that_breaks)
{
	static const struct {
		HttpAnswer answer;
		unsigned requests;
	} cases[] = {
		{ answer_nothing, 3 }, { answer_empty, 2 },       { answer_no_ranges, 2 },
		{ answer_416, 3 },     { answer_other_range, 3 }, { answer_other_total, 3 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		REGISTRY_FIXTURE fixture = { 0 };
		CHECK(registry_fixture_start(&fixture, test, cases[i].answer, NULL, NULL));
		const unsigned before = registry_fixture_count(&fixture, "GET /v2/app/");
		CHECK_TEXT(registry_fixture_blob(&fixture), REGISTRY_BLOB);
		const unsigned after = registry_fixture_count(&fixture, "GET /v2/app/");
		CHECK(after - before == cases[i].requests);
	}
}

// A mirror, below /mirror, whose manifests lie and whose blobs break for good; the registry itself is right.
static void answer_with_bad_mirror(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	(void)context; // nothing to know
	const bool is_mirror = text_starts_with(request, "GET /v2/mirror/");
	if (strstr(request, "/manifests/"))
		http_server_reply(response, "200 OK", "", is_mirror ? "{}" : REGISTRY_MANIFEST,
				  is_mirror ? 2 : strlen(REGISTRY_MANIFEST));
	else if (is_mirror && registry_header(request, "Range", arena)[0])
		http_server_reply(response, "404 Gone", "", "", 0);
	else if (is_mirror)
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234");
	else if (text_equal(registry_header(request, "Range", arena), "bytes=5-"))
		http_server_reply(response, "206 Part", "Content-Range: bytes 5-19/20\r\n",
				  &REGISTRY_BLOB[5], 15);
}

TEST(registry_goes_on_where_a_mirror_failed)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_serve(&fixture, test, answer_with_bad_mirror));
	const char *conf = arena_printf(test->arena,
					"%s[[registry.mirror]]\nlocation='127.0.0.1:%u/mirror'\n"
					"insecure=true\n",
					registry_fixture_insecure(&fixture), fixture.server.port);
	CHECK(registry_fixture_open(&fixture, conf, NULL));
	CHECK_TEXT(registry_fixture_blob(&fixture), REGISTRY_BLOB);
	const char *digest =
		digest_of_bytes(REGISTRY_MANIFEST, strlen(REGISTRY_MANIFEST), test->arena);
	CHECK(fixture.transport->read_manifest(fixture.transport, digest, test->arena, &document,
					       &test->error));
	CHECK_TEXT(document.bytes, REGISTRY_MANIFEST);
}

static void answer_cut(const char *request, const void *context, Buffer *response)
{
	static unsigned asked;
	(void)context; // nothing to know
	if (strstr(request, "/manifests/") && asked++ == 0)
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{");
	else if (strstr(request, "/manifests/"))
		registry_reply_manifest(response);
	else
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234");
}

TEST(registry_asks_again_for_a_manifest_that_breaks)
{
	REGISTRY_FIXTURE fixture = { 0 };
	ManifestDocument document;
	CHECK(registry_fixture_start(&fixture, test, answer_cut, NULL, NULL));
	CHECK(registry_fixture_manifest(&fixture, &document));
	CHECK_TEXT(document.bytes, REGISTRY_MANIFEST);
}

TEST(registry_gives_up_a_blob_that_breaks_at_the_same_byte)
{
	REGISTRY_FIXTURE fixture = { 0 };
	CHECK(registry_fixture_start(&fixture, test, answer_cut, NULL, NULL));
	CHECK(!registry_fixture_blob(&fixture));
	CHECK(test->error.code == ERROR_NETWORK);
	CHECK(registry_fixture_count(&fixture, "GET /v2/app/blobs/") == 5);
	error_clear(&test->error);
}

// Mirrors, below /liar and /halves, and the registry itself: blobs that are wrong, wrong from one byte on that comes from
// the next one, and right for whoever asks for all of it.
static void answer_with_liars(const char *request, const void *context, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	const bool is_rest = text_equal(registry_header(request, "Range", arena), "bytes=5-");
	(void)context; // nothing to know
	if (text_starts_with(request, "GET /v2/liar/"))
		http_server_reply(response, "200 OK", "", "0123456789abcdefghiJ", 20);
	else if (text_starts_with(request, "GET /v2/halves/") && is_rest)
		http_server_reply(response, "404 Gone", "", "", 0);
	else if (text_starts_with(request, "GET /v2/halves/"))
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01X34");
	else if (is_rest)
		http_server_reply(response, "206 Part", "Content-Range: bytes 5-19/20\r\n",
				  &REGISTRY_BLOB[5], 15);
	else if (strstr(request, "/blobs/"))
		http_server_reply(response, "200 OK", "", REGISTRY_BLOB, 20);
}

// registries.conf with these mirrors, below "127.0.0.1:PORT/".
static const char *with_mirrors(const RegistryFixture *fixture, const char *const *names,
				size_t count)
{
	Arena *arena = fixture->server.test->arena;
	const char *conf = registry_fixture_insecure(fixture);
	for (size_t i = 0; i < count; i++)
		conf = arena_printf(arena,
				    "%s[[registry.mirror]]\nlocation='127.0.0.1:%u/%s'\n"
				    "insecure=true\n",
				    conf, fixture->server.port, names[i]);
	return conf;
}

TEST(registry_mirror_that_lies_is_left_for_the_next_place)
{
	static const char *const mirrors[] = { "liar", "halves" };
	REGISTRY_FIXTURE fixture = { 0 };
	const Descriptor blob = { .digest = digest_of_bytes(REGISTRY_BLOB, 20, test->arena),
				  .size_bytes = 20 };
	const char *bytes = NULL;
	size_t length = 0;
	CHECK(registry_fixture_serve(&fixture, test, answer_with_liars));
	CHECK(registry_fixture_open(&fixture, with_mirrors(&fixture, mirrors, 2), NULL));
	CHECK(transport_read_blob(fixture.transport, &blob, 100, test->arena, &bytes, &length,
				  &test->error));
	CHECK_TEXT(bytes, REGISTRY_BLOB);
	// Both mirrors once, the registry for the end and for all of it.
	CHECK(registry_fixture_count(&fixture, "GET /v2/liar/app/blobs/") == 1);
	CHECK(registry_fixture_count(&fixture, "GET /v2/halves/app/blobs/") == 2);
	CHECK(registry_fixture_count(&fixture, "GET /v2/app/blobs/") == 2);
	CHECK(!transport_leave_sender(fixture.transport));
}

TEST(registry_tells_which_mirror_lied)
{
	static const char *const mirrors[] = { "halves" };
	REGISTRY_FIXTURE fixture = { 0 };
	const Descriptor blob = { .digest = digest_of_bytes("other", 5, test->arena),
				  .size_bytes = 20 };
	const char *bytes = NULL;
	size_t length = 0;
	CHECK(registry_fixture_serve(&fixture, test, answer_with_liars));
	CHECK(registry_fixture_open(&fixture, with_mirrors(&fixture, mirrors, 1), NULL));
	const char *why =
		arena_printf(test->arena, "blob %s: its bytes have another digest", blob.digest);
	CHECK_ERROR(transport_read_blob(fixture.transport, &blob, 100, test->arena, &bytes, &length,
					&test->error),
		    arena_printf(test->arena,
				 "%s; before that from '127.0.0.1:%u' and '127.0.0.1:%u': %s", why,
				 fixture.server.port, fixture.server.port, why));
}
