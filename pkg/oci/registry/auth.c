#include "pkg/oci/registry/auth.h"

#include "pkg/base/base64.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/text/json_read.h"

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

static void read_entry(const JsonNode *entry, const char *file, Arena *arena, Credentials *ret)
{
	CLEANUP_ERROR damage = { 0 };
	const char *auth = json_read_text(entry, "auth", "");
	Credential credential = {
		.scope = scope_of(entry->key, arena),
		.user = json_read_text(entry, "username", ""),
		.password = json_read_text(entry, "password", ""),
		.identity_token = json_read_text(entry, "identitytoken", ""),
		.helper = "",
		.fault = "",
	};
	if (auth[0] && !decode(auth, arena, &credential, &damage))
		credential.fault = arena_printf(arena, "%s: auths['%s'].auth: %s", file, entry->key,
						damage.message);
	// Entries without anything stand for what a credential helper has.
	if (credential.user[0] || credential.identity_token[0] || credential.fault[0])
		*credentials_push(arena, ret) = credential;
}

static void add_helper(const char *scope, const char *helper, Arena *arena, Credentials *ret)
{
	*credentials_push(arena, ret) = (Credential){
		.scope = scope,
		.user = "",
		.password = "",
		.identity_token = "",
		.helper = helper,
		.fault = "",
	};
}

void auth_add_helper(const char *helper, Arena *arena, Credentials *ret)
{
	add_helper("", helper, arena, ret);
}

// {"credHelpers": {"quay.io": "pass"}}
static bool read_helpers(const JsonNode *root, Arena *arena, Credentials *ret, Error *error)
{
	const JsonNode *helpers = json_read_get(root, "credHelpers");
	for (size_t i = 0; i < json_read_count(helpers); i++) {
		const JsonNode *helper = helpers->items[i];
		if (helpers->kind != JSON_NODE_OBJECT || helper->kind != JSON_NODE_TEXT)
			return error_set(error, ERROR_INVALID,
					 "credHelpers: names of helpers are texts");
		add_helper(scope_of(helper->key, arena), helper->text, arena, ret);
	}
	return true;
}

static bool read_auths(const JsonNode *root, const char *file, Arena *arena, Credentials *ret,
		       Error *error)
{
	const JsonNode *auths = json_read_get(root, "auths");
	if (!auths && !json_read_get(root, "credHelpers") && !json_read_get(root, "credsStore"))
		auths = root; // .dockercfg
	if (auths && auths->kind != JSON_NODE_OBJECT)
		return error_set(error, ERROR_INVALID, "credentials are an object, not %s",
				 json_node_kind_to_text(auths->kind));
	for (size_t i = 0; i < json_read_count(auths); i++) {
		if (auths->items[i]->kind == JSON_NODE_OBJECT)
			read_entry(auths->items[i], file, arena, ret);
	}
	return true;
}

bool auth_parse(const char *name, const char *text, size_t length, Arena *arena, Credentials *ret,
		Error *error)
{
	const JsonNode *root = NULL;
	return (json_read_parse(text, length, arena, &root, error) &&
		read_auths(root, name, arena, ret, error)) ||
	       error_wrap(error, "%s", name);
}

// As auth_parse, with helpers: that of a registry counts before what is written, that of all comes last.
static bool parse_file(const char *path, const char *text, size_t length, Arena *arena,
		       Credentials *ret, Error *error)
{
	const JsonNode *root = NULL;
	if (!json_read_parse(text, length, arena, &root, error) ||
	    !read_helpers(root, arena, ret, error) || !read_auths(root, path, arena, ret, error))
		return false;
	const char *store = json_read_text(root, "credsStore", "");
	if (store[0])
		auth_add_helper(store, arena, ret);
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
		return error_move(error, &reading);
	}
	return parse_file(path, text, length, arena, ret, error) || error_wrap(error, "%s", path);
}

// Keeps the list sorted by length of scope, longest first; equal ones stay in their order.
static void insert(const Credential *credential, Arena *arena, Credentials *ret)
{
	size_t i = ret->count;
	credentials_push(arena, ret);
	for (; i > 0 && strlen(ret->items[i - 1].scope) < strlen(credential->scope); i--)
		ret->items[i] = ret->items[i - 1];
	ret->items[i] = *credential;
}

void auth_list(const Credentials *credentials, const Reference *reference, Arena *arena,
	       Credentials *ret)
{
	const char *full = arena_printf(arena, "%s/%s", reference->registry, reference->repository);
	for (size_t i = 0; i < credentials->count; i++) {
		const Credential *credential = &credentials->items[i];
		if (!credential->scope[0] || path_is_below(full, credential->scope))
			insert(credential, arena, ret);
	}
}
