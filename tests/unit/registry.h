// tests/unit/registry.h - a registry's answers, and a transport that asks for them.
#ifndef TESTS_UNIT_REGISTRY_H
#define TESTS_UNIT_REGISTRY_H

#include "pkg/oci/registry/registry.h"
#include "tests/unit/http_server.h"

#define REGISTRY_MANIFEST "{\"schemaVersion\":2}"
#define REGISTRY_BLOB     "0123456789abcdefghij"

typedef struct RegistryFixture {
	HttpServer server;
	HttpAnswer answer;
	Registries registries;
	Credentials credentials;
	Reference reference; // 127.0.0.1:PORT/app:1
	Transport *transport;
} RegistryFixture;

void registry_fixture_clear(RegistryFixture *fixture);
#define REGISTRY_FIXTURE CLEANUP(registry_fixture_clear) RegistryFixture

// Starts the server, which answers "GET /v2/" by itself. registries: registries.conf; NULL: calls the server insecure.
// auth: base64 for auth.json, several with a blank between them, "helper:NAME", "identity:TOKEN", or NULL.
bool registry_fixture_start(RegistryFixture *fixture, Test *test, HttpAnswer answer,
			    const char *registries, const char *auth);
// The same without a transport.
bool registry_fixture_serve(RegistryFixture *fixture, Test *test, HttpAnswer answer);
// A transport to the server that runs, instead of the one before.
bool registry_fixture_open(RegistryFixture *fixture, const char *registries, const char *auth);
// registries.conf that calls the server insecure.
const char *registry_fixture_insecure(const RegistryFixture *fixture);

bool registry_fixture_manifest(RegistryFixture *fixture, ManifestDocument *ret);
// Reads REGISTRY_BLOB; NULL when that fails.
const char *registry_fixture_blob(RegistryFixture *fixture);
// How often the text is in the requests so far.
unsigned registry_fixture_count(const RegistryFixture *fixture, const char *text);

// For answers: the value of a header in a request's head, or "".
const char *registry_header(const char *request, const char *name, Arena *arena);
void registry_reply_manifest(Buffer *response);
// A challenge of this server's token server.
void registry_reply_challenge(const char *request, const char *parameters, Buffer *response);

#endif
