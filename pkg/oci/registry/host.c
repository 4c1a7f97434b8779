#include "pkg/oci/registry/host.h"

#include "pkg/base/text.h"
#include "pkg/oci/registry/origin.h"
#include "pkg/oci/registry/redirect.h"
#include "pkg/oci/registry/token.h"

#define PROBES_MAX 4

static const char *base_of(const RegistryHost *host)
{
	return arena_printf(host->arena, "%s://%s/", host->is_plain ? "http" : "https",
			    host->endpoint.host);
}

static bool send(RegistryHost *host, const RegistryRequest *request, const Hop *hop,
		 HttpResponse **ret, Error *error)
{
	Arena *arena = host->arena;
	HttpRequest http = { .method = request->method,
			     .url = hop->url,
			     .tls = host->tls,
			     .answer_timeout_ms = host->answer_timeout_ms,
			     .body_timeout_ms = host->body_timeout_ms };
	if (!hop->is_ours)
		http.tls.certificate = http.tls.key = NULL;
	if (hop->is_ours && host->authorization)
		texts_add(arena, &http.headers,
			  arena_printf(arena, "Authorization: %s", host->authorization));
	if (request->accept)
		texts_add(arena, &http.headers, arena_printf(arena, "Accept: %s", request->accept));
	if (request->offset > 0)
		texts_add(arena, &http.headers,
			  arena_printf(arena, "Range: bytes=%ju-", (uintmax_t)request->offset));
	return http_retry_open(host->client, &http, &host->patience, ret, error);
}

static bool unreachable(const RegistryHost *host, const Error *failure, Error *error)
{
	const bool is_hinted = failure->code == ERROR_NETWORK && !host->endpoint.is_insecure &&
			       http_failure(host->client) == HTTP_FAILURE_TLS;
	return error_set(error, failure->code, "%s%s", failure->message,
			 is_hinted ? "; if it is to be trusted all the same, call it insecure in "
				     "registries.conf"
				   : "");
}

// Whether a server is there that is spoken to so. Nothing of us is sent.
static bool probe(RegistryHost *host, Error *error)
{
	CLEANUP_HTTP_RESPONSE response = NULL;
	const HttpRequest request = { .method = "GET",
				      .url = arena_printf(host->arena, "%sv2/", base_of(host)),
				      .tls = host->tls,
				      .answer_timeout_ms = host->answer_timeout_ms,
				      .body_timeout_ms = host->body_timeout_ms };
	if (!http_open(host->client, &request, &response, error))
		return false;
	// So servers of TLS answer those who speak without.
	host->is_reached = !host->is_plain || http_status(response) != 400;
	return host->is_reached || error_set(error, ERROR_NETWORK, "'%s' does not speak plain HTTP",
					     host->endpoint.host);
}

static bool find_scheme(RegistryHost *host, Error *error)
{
	CLEANUP_ERROR failure = { 0 };
	if (probe(host, &failure))
		return true;
	if (failure.code != ERROR_NETWORK)
		return error_move(error, &failure);
	host->is_plain = true;
	if (probe(host, error))
		return true;
	host->is_plain = false;
	return false;
}

// Finds out whether an insecure registry speaks TLS: the first who answers decides for all that follows.
static bool reach(RegistryHost *host, Error *error)
{
	for (unsigned tries = 1; host->endpoint.is_insecure && !host->is_reached; tries++) {
		CLEANUP_ERROR failure = { 0 };
		if (find_scheme(host, &failure))
			return true;
		if (failure.code != ERROR_NETWORK || host->patience.wait_max_ms == 0 ||
		    tries == PROBES_MAX)
			return error_move(error, &failure);
		if (!http_retry_wait(&host->patience, tries, error))
			return false;
	}
	return true;
}

// The registry's own answer.
static bool send_to_registry(RegistryHost *host, const RegistryRequest *request, HttpResponse **ret,
			     Error *error)
{
	CLEANUP_ERROR failure = { 0 };
	if (!reach(host, error))
		return false;
	const Hop hop = { arena_printf(host->arena, "%sv2/%s/%s", base_of(host),
				       host->endpoint.repository, request->path),
			  .is_ours = true };
	if (!send(host, request, &hop, ret, &failure))
		return unreachable(host, &failure, error);
	host->is_reached = true;
	return true;
}

static bool follow(RegistryHost *host, const RegistryRequest *request, HttpResponse **response,
		   Error *error)
{
	Hop hop = { .is_ours = true };
	const char *origin = origin_of_url(base_of(host), host->arena);
	const char *who = arena_printf(host->arena, "'%s'", host->endpoint.host);
	while (registry_is_redirect(*response)) {
		if (!registry_redirect(host, *response, origin, who, &hop, error))
			return false;
		http_close(response);
		if (!send(host, request, &hop, response, error))
			return error_wrap(error, "%s redirects", who);
	}
	return true;
}

// An answer to the challenges, with the next of our credentials when a token server refuses one.
static bool answer(RegistryHost *host, Error *error)
{
	for (;;) {
		CLEANUP_ERROR refused = { 0 };
		if (registry_token_answer(host, &refused))
			return true;
		if (refused.code != ERROR_DENIED || !registry_token_give_up(host))
			return error_move(error, &refused);
	}
}

static bool authenticate(RegistryHost *host, const HttpResponse *response, bool *ret_changed,
			 Error *error)
{
	const char *before = host->authorization;
	challenge_list(response, host->arena, &host->challenges);
	if (!answer(host, error))
		return false;
	*ret_changed = !text_equal_or_null(host->authorization, before);
	return true;
}

static bool send_with_authorization(RegistryHost *host, const RegistryRequest *request,
				    HttpResponse **ret, Error *error)
{
	CLEANUP_HTTP_RESPONSE response = NULL;
	if (!registry_token_renew(host, error) ||
	    !send_to_registry(host, request, &response, error))
		return false;
	bool is_refused = http_status(response) == 401;
	while (is_refused) {
		bool is_changed = false;
		if (!authenticate(host, response, &is_changed, error))
			return false;
		if (is_changed) {
			http_close(&response);
			if (!send_to_registry(host, request, &response, error))
				return false;
		}
		is_refused = http_status(response) == 401 && registry_token_give_up(host);
	}
	*ret = response;
	response = NULL;
	return true;
}

bool registry_host_request(RegistryHost *host, const RegistryRequest *request, HttpResponse **ret,
			   Error *error)
{
	CLEANUP_HTTP_RESPONSE response = NULL;
	if (!send_with_authorization(host, request, &response, error) ||
	    !follow(host, request, &response, error))
		return false;
	*ret = response;
	response = NULL;
	return true;
}
