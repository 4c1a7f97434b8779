#include "pkg/oci/registry_token.h"

#include "pkg/base/base64.h"
#include "pkg/base/text.h"
#include "pkg/sys/json_read.h"

#include <ctype.h>
#include <string.h>

#define TOKEN_ANSWER_MAX ((size_t)256 * 1024)

static const char *basic(const Credential *credential, Arena *arena)
{
	CLEANUP_BUFFER plain = { 0 };
	CLEANUP_BUFFER value = { 0 };
	buffer_printf(&plain, "%s:%s", credential->user, credential->password);
	buffer_add(&value, "Basic ");
	base64_encode(&value, plain.data, plain.length);
	return buffer_take(&value, arena);
}

static void add_escaped(Buffer *query, const char *name, const char *value)
{
	buffer_printf(query, "%s%s=", query->length > 0 ? "&" : "", name);
	for (const char *c = value; *c; c++) {
		if (isalnum((unsigned char)*c) || strchr("-._~", *c))
			buffer_add_char(query, *c);
		else
			buffer_printf(query, "%%%02X", (unsigned char)*c);
	}
}

// What is asked for: the scope of the challenge is the server's view of it, so we say our own.
static void add_scope(const RegistryHost *host, const Challenge *challenge, Buffer *query)
{
	CLEANUP_BUFFER scope = { 0 };
	const char *service = pairs_get(&challenge->parameters, "service");
	buffer_printf(&scope, "repository:%s:pull", host->endpoint.repository);
	if (service)
		add_escaped(query, "service", service);
	add_escaped(query, "scope", buffer_text(&scope));
}

static HttpRequest ask_with_password(const RegistryHost *host, const Challenge *challenge,
				     const char *realm)
{
	CLEANUP_BUFFER query = { 0 };
	add_scope(host, challenge, &query);
	HttpRequest request = { .method = "GET" };
	request.url = arena_printf(host->arena, "%s%c%s", realm, strchr(realm, '?') ? '&' : '?',
				   buffer_text(&query));
	if (host->credential)
		texts_add(host->arena, &request.headers,
			  arena_printf(host->arena, "Authorization: %s",
				       basic(host->credential, host->arena)));
	return request;
}

static HttpRequest ask_with_identity(const RegistryHost *host, const Challenge *challenge,
				     const char *realm)
{
	CLEANUP_BUFFER body = { 0 };
	add_escaped(&body, "grant_type", "refresh_token");
	add_escaped(&body, "client_id", "sdme");
	add_escaped(&body, "refresh_token", host->credential->identity_token);
	add_scope(host, challenge, &body);
	return (HttpRequest){ .method = "POST",
			      .url = realm,
			      .body = buffer_take(&body, host->arena) };
}

static bool is_header_safe(const char *token)
{
	for (const char *c = token; *c; c++) {
		if (!isgraph((unsigned char)*c))
			return false;
	}
	return token[0];
}

static bool read_token(HttpResponse *response, Arena *arena, const char **ret, Error *error)
{
	const char *text = NULL;
	size_t length = 0;
	const JsonNode *answer = NULL;
	if (!source_read_all(http_source(response), TOKEN_ANSWER_MAX, arena, &text, &length,
			     error) ||
	    !json_read_parse(text, length, arena, &answer, error))
		return false;
	const char *token =
		json_read_text(answer, "token", json_read_text(answer, "access_token", ""));
	if (!is_header_safe(token))
		return error_set(error, ERROR_INVALID, "no token in the answer");
	*ret = arena_printf(arena, "Bearer %s", token);
	return true;
}

static bool fetch_token(RegistryHost *host, const Challenge *challenge, const char *realm,
			const char **ret, Error *error)
{
	const bool has_identity = host->credential && host->credential->identity_token[0];
	HttpRequest request =
		(has_identity ? ask_with_identity : ask_with_password)(host, challenge, realm);
	request.answer_timeout_ms = host->answer_timeout_ms;
	request.body_timeout_ms = host->body_timeout_ms;
	request.tls = (HttpTls){ .is_unverified = host->tls.is_unverified,
				 .authorities = host->tls.authorities };
	CLEANUP_HTTP_RESPONSE response = NULL;
	if (!http_open(host->client, &request, &response, error))
		return false;
	const int status = http_status(response);
	if (status == 401 || status == 403)
		return error_set(error, ERROR_DENIED, "%s",
				 host->credential ? "it refuses our credentials"
						  : "it wants credentials");
	if (status != 200)
		return error_set(error, ERROR_NETWORK, "it answers with status %d", status);
	return read_token(response, host->arena, ret, error);
}

static bool answer_bearer(RegistryHost *host, const Challenge *challenge, const char **ret,
			  Error *error)
{
	const char *realm = pairs_get_or(&challenge->parameters, "realm", "");
	const bool is_plain = text_starts_with(realm, "http://");
	if (!text_starts_with(realm, "https://") && !is_plain)
		return error_set(error, ERROR_INVALID, "'%s' names no token server",
				 host->endpoint.host);
	if (is_plain && !host->endpoint.is_insecure)
		return error_set(error, ERROR_DENIED,
				 "'%s' wants our credentials over plain HTTP; registries.conf does "
				 "not call it insecure",
				 host->endpoint.host);
	return fetch_token(host, challenge, realm, ret, error) ||
	       error_wrap(error, "the token server of '%s'", host->endpoint.host);
}

bool registry_token_answer(RegistryHost *host, const Challenges *challenges, const char **ret,
			   Error *error)
{
	const Challenge *bearer = challenge_find(challenges, "bearer");
	if (bearer)
		return answer_bearer(host, bearer, ret, error);
	const bool can_basic = host->credential && host->credential->user[0] &&
			       challenge_find(challenges, "basic");
	*ret = can_basic ? basic(host->credential, host->arena) : NULL;
	return true;
}
