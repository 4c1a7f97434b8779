#include "pkg/oci/registry/token.h"

#include "pkg/base/base64.h"
#include "pkg/base/clock.h"
#include "pkg/base/moment.h"
#include "pkg/base/text.h"
#include "pkg/oci/registry/credential_helper.h"
#include "pkg/oci/registry/origin.h"
#include "pkg/oci/registry/redirect.h"
#include "pkg/sys/text/json_read.h"

#include <ctype.h>
#include <string.h>

#define TOKEN_ANSWER_MAX ((size_t)256 * 1024)
#define SCOPES_MAX       8
// The specification's least; what servers say below it is a mistake.
#define LIFETIME_MIN_S 60
#define LIFETIME_MAX_S (365 * 24 * 3600)
#define MARGIN_S       5

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

static bool is_pull(const char *actions)
{
	for (const char *rest = actions; *rest;) {
		const size_t length = strcspn(rest, ",");
		const bool is_match = span_equal((Span){ rest, length }, "pull") ||
				      span_equal((Span){ rest, length }, "*");
		if (is_match)
			return true;
		rest += length + (rest[length] == ',');
	}
	return false;
}

// A scope of the challenge as we ask for it: of repositories nothing but to pull; NULL: not needed for that.
static const char *reduce_scope(const char *scope, Arena *arena)
{
	const char *actions = strrchr(scope, ':');
	if (!text_starts_with(scope, "repository:") || actions == strchr(scope, ':'))
		return scope;
	if (!is_pull(actions + 1))
		return NULL;
	return arena_printf(arena, "%s:pull",
			    arena_strndup(arena, scope, (size_t)(actions - scope)));
}

// Our own view of what is needed, then the server's: a proxy has the repository under another name.
static Texts list_scopes(const RegistryHost *host, const Challenge *challenge)
{
	Arena *arena = host->arena;
	Texts scopes = { 0 };
	texts_add(arena, &scopes,
		  arena_printf(arena, "repository:%s:pull", host->endpoint.repository));
	for (const char *rest = pairs_get_or(&challenge->parameters, "scope", "");
	     *rest && scopes.count < SCOPES_MAX;) {
		const size_t length = strcspn(rest, " ");
		const char *scope =
			length > 0 ? reduce_scope(arena_strndup(arena, rest, length), arena) : NULL;
		if (scope && !texts_contain(&scopes, scope))
			texts_add(arena, &scopes, scope);
		rest += length + (rest[length] == ' ');
	}
	return scopes;
}

static void add_service(const Challenge *challenge, Buffer *query)
{
	const char *service = pairs_get(&challenge->parameters, "service");
	if (service)
		add_escaped(query, "service", service);
}

static HttpRequest ask_with_password(const RegistryHost *host, const Challenge *challenge,
				     const char *realm)
{
	CLEANUP_BUFFER query = { 0 };
	const Texts scopes = list_scopes(host, challenge);
	add_service(challenge, &query);
	for (size_t i = 0; i < scopes.count; i++)
		add_escaped(&query, "scope", scopes.items[i]);
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
	add_service(challenge, &body);
	const Texts scopes = list_scopes(host, challenge);
	add_escaped(&body, "scope", texts_join(&scopes, " ", host->arena));
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

// Seconds since the token was issued, by the server's clock: ours may be wrong.
static int64_t age_s(const HttpResponse *response, const JsonNode *answer)
{
	CLEANUP_ERROR unread = { 0 };
	uint64_t issued_us = 0, now_us = 0;
	const char *date = http_header(response, "Date", 0);
	const char *issued = json_read_text(answer, "issued_at", "");
	if (!date || !issued[0] || !moment_parse_http(date, "Date", &now_us, &unread) ||
	    !moment_parse(issued, "issued_at", now_us, &issued_us, &unread))
		return 0;
	return now_us > issued_us ? (int64_t)((now_us - issued_us) / 1000000) : 0;
}

// When to get the next one: a moment before this one ends.
static uint64_t expiry_ms(const HttpResponse *response, const JsonNode *answer)
{
	const int64_t said_s = json_read_number(answer, "expires_in", LIFETIME_MIN_S);
	const int64_t lifetime_s = said_s < LIFETIME_MIN_S   ? LIFETIME_MIN_S
				   : said_s > LIFETIME_MAX_S ? LIFETIME_MAX_S
							     : said_s;
	const int64_t left_s = lifetime_s - age_s(response, answer) - MARGIN_S;
	return clock_ms() + (left_s > 0 ? (uint64_t)left_s * 1000 : 0);
}

static bool read_token(RegistryHost *host, HttpResponse *response, Error *error)
{
	const char *text = NULL;
	size_t length = 0;
	const JsonNode *answer = NULL;
	if (!source_read_all(http_source(response), TOKEN_ANSWER_MAX, host->arena, &text, &length,
			     error) ||
	    !json_read_parse(text, length, host->arena, &answer, error))
		return false;
	const char *token =
		json_read_text(answer, "token", json_read_text(answer, "access_token", ""));
	if (!is_header_safe(token))
		return error_set(error, ERROR_INVALID, "no token in the answer");
	host->authorization = arena_printf(host->arena, "Bearer %s", token);
	host->expires_ms = expiry_ms(response, answer);
	return true;
}

static bool refuse_token(const RegistryHost *host, int status, const Hop *hop, Error *error)
{
	if (status != 400 && status != 401 &&
	    status != 403) // OAuth's word for bad credentials is 400
		return error_set(error, ERROR_NETWORK, "it answers with status %d", status);
	if (host->credential && !hop->is_ours)
		return error_set(error, ERROR_DENIED,
				 "it redirects to another server, which does not get our "
				 "credentials and gives no token without");
	if (host->credential)
		return error_set(error, ERROR_DENIED, "it refuses our credentials");
	return error_set(error, ERROR_DENIED, "it wants credentials; log in with 'podman login %s'",
			 host->endpoint.registry);
}

// The request as it goes on from a redirect. A password is left out elsewhere; an identity token is all that a POST
// consists of.
static bool redirect(const RegistryHost *host, const HttpResponse *response, const char *origin,
		     Hop *hop, HttpRequest *request, Error *error)
{
	if (!registry_redirect(host, response, origin, "it", hop, error))
		return false;
	if (request->body && (!hop->is_ours || http_status(response) == 303))
		return error_set(error, ERROR_DENIED,
				 "it redirects to where our identity token must not go");
	if (!hop->is_ours)
		request->headers = (Texts){ 0 };
	request->url = hop->url;
	return true;
}

// Asks, and goes where the answer leads.
static bool send_for_token(RegistryHost *host, HttpRequest *request, Hop *hop, HttpResponse **ret,
			   Error *error)
{
	const char *origin = origin_of_url(request->url, host->arena);
	for (;;) {
		CLEANUP_HTTP_RESPONSE response = NULL;
		if (!http_retry_open(host->client, request, &host->patience, &response, error))
			return false;
		if (!registry_is_redirect(response)) {
			*ret = response;
			response = NULL;
			return true;
		}
		if (!redirect(host, response, origin, hop, request, error))
			return false;
	}
}

static bool fetch_token(RegistryHost *host, const Challenge *challenge, const char *realm,
			Error *error)
{
	const bool has_identity = host->credential && host->credential->identity_token[0];
	HttpRequest request =
		(has_identity ? ask_with_identity : ask_with_password)(host, challenge, realm);
	request.answer_timeout_ms = host->answer_timeout_ms;
	request.body_timeout_ms = host->body_timeout_ms;
	request.tls = (HttpTls){ .is_unverified = host->tls.is_unverified,
				 .authorities = host->tls.authorities };
	CLEANUP_HTTP_RESPONSE response = NULL;
	Hop hop = { .url = request.url, .is_ours = true };
	if (!send_for_token(host, &request, &hop, &response, error))
		return false;
	return http_status(response) == 200
		       ? read_token(host, response, error)
		       : refuse_token(host, http_status(response), &hop, error);
}

static bool answer_bearer(RegistryHost *host, const Challenge *challenge, Error *error)
{
	const char *realm = pairs_get_or(&challenge->parameters, "realm", "");
	const char *origin = origin_of_url(realm, host->arena);
	if (!origin)
		return error_set(error, ERROR_INVALID, "'%s' names no token server",
				 host->endpoint.host);
	if (!text_starts_with(origin, "https:") && !host->endpoint.is_insecure)
		return error_set(error, ERROR_DENIED,
				 "'%s' wants our credentials over plain HTTP; registries.conf does "
				 "not call it insecure",
				 host->endpoint.host);
	return fetch_token(host, challenge, realm, error) ||
	       error_wrap(error, "the token server of '%s'", host->endpoint.host);
}

// Who we are, once somebody asks: no helper runs in vain, and none twice.
static bool find_credential(RegistryHost *host, Error *error)
{
	while (!host->credential && host->candidates.count > 0) {
		const Credential *candidate = host->candidates.items++;
		host->candidates.count--;
		Credential *found = ARENA_NEW(host->arena, Credential);
		bool is_found = true;
		*found = *candidate;
		if (!text_is_empty(candidate->fault))
			return error_set(error, ERROR_INVALID, "our credentials: %s",
					 candidate->fault);
		if (candidate->helper[0] &&
		    !credential_helper_get(candidate->helper, host->endpoint.registry, host->arena,
					   found, &is_found, error))
			return false;
		host->credential = is_found ? found : NULL;
	}
	return true;
}

bool registry_token_answer(RegistryHost *host, Error *error)
{
	const Challenge *bearer = challenge_find(&host->challenges, "bearer");
	const bool can_basic = challenge_find(&host->challenges, "basic");
	host->authorization = NULL;
	host->expires_ms = 0;
	if ((bearer || can_basic) && !find_credential(host, error))
		return false;
	if (bearer)
		return answer_bearer(host, bearer, error);
	if (can_basic && host->credential && host->credential->user[0])
		host->authorization = basic(host->credential, host->arena);
	return true;
}

bool registry_token_give_up(RegistryHost *host)
{
	if (!host->credential || host->candidates.count == 0)
		return false;
	host->credential = NULL;
	return true;
}

bool registry_token_renew(RegistryHost *host, Error *error)
{
	return !host->authorization || host->expires_ms == 0 || clock_ms() < host->expires_ms ||
	       registry_token_answer(host, error);
}
