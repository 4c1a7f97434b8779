#include "pkg/oci/auth.h"

#include "pkg/base/base64.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/json_read.h"

#include <fcntl.h>
#include <string.h>

// Keys are written as "https://index.docker.io/v1/", "quay.io", "quay.io/team".
static const char *scope_of(const char *key, Arena *arena)
{
	const char *host = key;
	if (text_starts_with(host, "https://"))
		host += strlen("https://");
	else if (text_starts_with(host, "http://"))
		host += strlen("http://");
	const size_t length = strcspn(host, "/");
	const char *name = arena_strndup(arena, host, length);
	const char *rest = host + length;
	if (text_equal(name, "index.docker.io") || text_equal(name, "registry-1.docker.io"))
		name = REFERENCE_DEFAULT_REGISTRY;
	// An address of the API, not a part of a repository.
	if (text_starts_with(rest, "/v1") || text_starts_with(rest, "/v2"))
		rest = "";
	return path_clean(arena, arena_printf(arena, "%s%s", name, rest));
}

// "auth" is base64 of "user:password".
static bool decode(const char *auth, Arena *arena, Credential *ret, Error *error)
{
	CLEANUP_BUFFER plain = { 0 };
	if (!base64_decode(&plain, auth, strlen(auth), error))
		return false;
	const char *text = buffer_text(&plain);
	const char *colon = strchr(text, ':');
	if (!colon || strlen(text) != plain.length)
		return error_set(error, ERROR_INVALID, "no 'user:password' in base64");
	ret->user = arena_strndup(arena, text, (size_t)(colon - text));
	ret->password = arena_strdup(arena, colon + 1);
	return true;
}

static bool read_entry(const JsonNode *entry, Arena *arena, Credentials *ret, Error *error)
{
	const char *auth = json_read_text(entry, "auth", "");
	Credential credential = {
		.scope = scope_of(entry->key, arena),
		.user = json_read_text(entry, "username", ""),
		.password = json_read_text(entry, "password", ""),
		.identity_token = json_read_text(entry, "identitytoken", ""),
	};
	if (auth[0] && !decode(auth, arena, &credential, error))
		return error_wrap(error, "auths['%s'].auth", entry->key);
	// Entries without anything stand for what a credential helper has.
	if (credential.user[0] || credential.identity_token[0])
		*credentials_push(arena, ret) = credential;
	return true;
}

bool auth_parse(const char *name, const char *text, size_t length, Arena *arena, Credentials *ret,
		Error *error)
{
	const JsonNode *root = NULL;
	if (!json_read_parse(text, length, arena, &root, error))
		return error_wrap(error, "%s", name);
	const JsonNode *auths = json_read_get(root, "auths");
	if (!auths && !json_read_get(root, "credHelpers") && !json_read_get(root, "credsStore"))
		auths = root; // .dockercfg
	if (auths && auths->kind != JSON_NODE_OBJECT)
		return error_set(error, ERROR_INVALID, "%s: credentials are an object, not %s",
				 name, json_node_kind_to_text(auths->kind));
	for (size_t i = 0; i < json_read_count(auths); i++) {
		if (auths->items[i]->kind == JSON_NODE_OBJECT &&
		    !read_entry(auths->items[i], arena, ret, error))
			return error_wrap(error, "%s", name);
	}
	return true;
}

bool auth_load(const char *path, Arena *arena, Credentials *ret, Error *error)
{
	const char *text = NULL;
	size_t length = 0;
	CLEANUP_ERROR reading = { 0 };
	if (!file_read(AT_FDCWD, path, AUTH_BYTES_MAX, arena, &text, &length, &reading)) {
		if (reading.code == ERROR_NOT_FOUND)
			return true;
		return error_set(error, reading.code, "%s", reading.message);
	}
	return auth_parse(path, text, length, arena, ret, error);
}

const Credential *auth_find(const Credentials *credentials, const Reference *reference,
			    Arena *arena)
{
	const char *repository = reference->repository;
	const char *full = arena_printf(arena, "%s/%s", reference->registry, repository);
	const Credential *best = NULL;
	for (size_t i = 0; i < credentials->count; i++) {
		const Credential *credential = &credentials->items[i];
		if (path_is_below(full, credential->scope) &&
		    (!best || strlen(credential->scope) > strlen(best->scope)))
			best = credential;
	}
	return best;
}
