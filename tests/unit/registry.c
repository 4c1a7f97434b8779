#include "tests/unit/registry.h"

#include "pkg/sys/stream/digest.h"

void registry_fixture_clear(RegistryFixture *fixture)
{
	transport_close(&fixture->transport);
	http_server_stop(&fixture->server);
}

static void answer_probe(const char *request, const void *context, Buffer *response)
{
	const RegistryFixture *fixture = context;
	if (text_starts_with(request, "GET /v2/ "))
		http_server_reply(response, "200 OK", "", "{}", 2);
	else
		fixture->answer(request, NULL, response);
}

bool registry_fixture_serve(RegistryFixture *fixture, Test *test, HttpAnswer answer)
{
	fixture->answer = answer;
	return http_server_start(&fixture->server, test, answer_probe, fixture);
}

bool registry_fixture_start(RegistryFixture *fixture, Test *test, HttpAnswer answer,
			    const char *registries, const char *auth)
{
	return registry_fixture_serve(fixture, test, answer) &&
	       registry_fixture_open(fixture, registries, auth);
}

const char *registry_fixture_insecure(const RegistryFixture *fixture)
{
	return arena_printf(fixture->server.test->arena,
			    "[[registry]]\nlocation = '127.0.0.1:%u'\ninsecure = true\n",
			    fixture->server.port);
}

// "one two": a file each.
static bool add_auths(RegistryFixture *fixture, const char *host, const char *auths)
{
	Test *test = fixture->server.test;
	while (auths[0]) {
		const int length = (int)strcspn(auths, " ");
		const char *text =
			arena_printf(test->arena, "{\"auths\":{\"%s\":{\"auth\":\"%.*s\"}}}", host,
				     length, auths);
		if (!auth_parse("auth", text, strlen(text), test->arena, &fixture->credentials,
				&test->error))
			return false;
		auths += auths[length] ? length + 1 : length;
	}
	return true;
}

bool registry_fixture_open(RegistryFixture *fixture, const char *registries, const char *auth)
{
	Test *test = fixture->server.test;
	Arena *arena = test->arena;
	const char *host = arena_printf(arena, "127.0.0.1:%u", fixture->server.port);
	const char *name = arena_printf(arena, "%s/app:1", host);
	const RegistryOptions options = { .registries = &fixture->registries,
					  .credentials = &fixture->credentials };
	transport_close(&fixture->transport);
	fixture->registries = (Registries){ 0 };
	fixture->credentials = (Credentials){ 0 };
	if (!registries)
		registries = registry_fixture_insecure(fixture);
	if (auth && text_starts_with(auth, "helper:"))
		auth_add_helper(auth + strlen("helper:"), arena, &fixture->credentials);
	else if (auth && text_starts_with(auth, "identity:"))
		*credentials_push(arena, &fixture->credentials) =
			(Credential){ .scope = host,
				      .user = "",
				      .password = "",
				      .identity_token = auth + strlen("identity:"),
				      .helper = "" };
	else if (auth && !add_auths(fixture, host, auth))
		return false;
	return registries_parse("r", registries, strlen(registries), arena, &fixture->registries,
				&test->error) &&
	       reference_parse(name, NULL, arena, &fixture->reference, &test->error) &&
	       registry_open(&fixture->reference, &options, arena, &fixture->transport,
			     &test->error);
}

bool registry_fixture_manifest(RegistryFixture *fixture, ManifestDocument *ret)
{
	Test *test = fixture->server.test;
	return fixture->transport->read_manifest(fixture->transport, NULL, test->arena, ret,
						 &test->error);
}

const char *registry_fixture_blob(RegistryFixture *fixture)
{
	Test *test = fixture->server.test;
	const size_t length = strlen(REGISTRY_BLOB);
	const Descriptor blob = { .digest = digest_of_bytes(REGISTRY_BLOB, length, test->arena),
				  .size_bytes = length };
	Source *source = NULL;
	const char *text = NULL;
	if (!fixture->transport->open_blob(fixture->transport, &blob, &source, &test->error) ||
	    !source_read_all(source, 100, test->arena, &text, NULL, &test->error))
		return NULL;
	return text;
}

unsigned registry_fixture_count(const RegistryFixture *fixture, const char *text)
{
	unsigned count = 0;
	for (const char *at = http_server_requests(&fixture->server); (at = strstr(at, text));
	     at += strlen(text))
		count++;
	return count;
}

const char *registry_header(const char *request, const char *name, Arena *arena)
{
	const char *line = strstr(request, arena_printf(arena, "\r\n%s: ", name));
	if (!line)
		return "";
	line += strlen(name) + 4;
	return arena_strndup(arena, line, strcspn(line, "\r"));
}

void registry_reply_manifest(Buffer *response)
{
	http_server_reply(response, "200 OK",
			  "Content-Type: application/vnd.oci.image.manifest.v1+json\r\n",
			  REGISTRY_MANIFEST, strlen(REGISTRY_MANIFEST));
}

void registry_reply_challenge(const char *request, const char *parameters, Buffer *response)
{
	CLEANUP_ARENA arena = arena_new();
	const char *host = registry_header(request, "Host", arena);
	const char *line = arena_printf(
		arena, "WWW-Authenticate: Bearer realm=\"http://%s/token\",service=\"reg\"%s\r\n",
		host, parameters);
	http_server_reply(response, "401 Unauthorized", line, "", 0);
}
