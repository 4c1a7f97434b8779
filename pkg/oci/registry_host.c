#include "pkg/oci/registry_host.h"

#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/registry_token.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"
#include "pkg/sys/json_read.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>

#define REDIRECTS_MAX   10
#define TRIES_MAX       3
#define WAIT_S          2
#define WAIT_MAX_S      20
#define CERTIFICATE_MAX ((size_t)1024 * 1024)
#define REFUSAL_MAX     ((size_t)64 * 1024)

static bool add_authority(const char *path, Arena *arena, Buffer *all, Error *error)
{
	const char *text = NULL;
	if (!file_read(AT_FDCWD, path, CERTIFICATE_MAX, arena, &text, NULL, error))
		return false;
	buffer_printf(all, "%s\n", text);
	return true;
}

bool registry_host_load_certificates(RegistryHost *host, const char *directory, Error *error)
{
	const char *path = path_join(host->arena, directory, host->endpoint.registry);
	CLEANUP_BUFFER authorities = { 0 };
	Texts names = { 0 };
	if (!file_exists(AT_FDCWD, path))
		return true;
	if (!file_list(AT_FDCWD, path, host->arena, &names, error))
		return error_wrap(error, "certificates of '%s'", host->endpoint.registry);
	for (size_t i = 0; i < names.count; i++) {
		const char *file = path_join(host->arena, path, names.items[i]);
		if (text_ends_with(file, ".cert"))
			host->tls.certificate = file;
		else if (text_ends_with(file, ".key"))
			host->tls.key = file;
		else if (text_ends_with(file, ".crt") &&
			 !add_authority(file, host->arena, &authorities, error))
			return error_wrap(error, "certificates of '%s'", host->endpoint.registry);
	}
	if (authorities.length > 0)
		host->tls.authorities = buffer_take(&authorities, host->arena);
	return true;
}

static const char *origin_of(const RegistryHost *host)
{
	return arena_printf(host->arena, "%s://%s/", host->is_plain ? "http" : "https",
			    host->endpoint.host);
}

// One request at one address. Only the registry itself gets our credentials and our certificate.
static bool send(RegistryHost *host, const RegistryRequest *request, const char *url,
		 HttpResponse **ret, Error *error)
{
	const bool is_ours = text_starts_with(url, origin_of(host));
	HttpRequest http = { .method = request->method,
			     .url = url,
			     .tls = host->tls,
			     .answer_timeout_ms = host->answer_timeout_ms,
			     .body_timeout_ms = host->body_timeout_ms };
	if (!is_ours)
		http.tls.certificate = http.tls.key = NULL;
	if (is_ours && host->authorization)
		texts_add(host->arena, &http.headers,
			  arena_printf(host->arena, "Authorization: %s", host->authorization));
	if (request->accept)
		texts_add(host->arena, &http.headers,
			  arena_printf(host->arena, "Accept: %s", request->accept));
	if (request->offset > 0)
		texts_add(
			host->arena, &http.headers,
			arena_printf(host->arena, "Range: bytes=%ju-", (uintmax_t)request->offset));
	return http_open(host->client, &http, ret, error);
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

// The registry's own answer. The first request to an insecure one finds out whether it speaks TLS.
static bool send_to_registry(RegistryHost *host, const RegistryRequest *request, const char **url,
			     HttpResponse **ret, Error *error)
{
	for (;;) {
		CLEANUP_ERROR failure = { 0 };
		*url = arena_printf(host->arena, "%sv2/%s/%s", origin_of(host),
				    host->endpoint.repository, request->path);
		if (send(host, request, *url, ret, &failure)) {
			host->is_reached = true;
			return true;
		}
		if (failure.code != ERROR_NETWORK || host->is_reached || host->is_plain ||
		    !host->endpoint.is_insecure)
			return unreachable(host, &failure, error);
		host->is_plain = true;
	}
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool follow(RegistryHost *host, const RegistryRequest *request, HttpResponse **response,
		   Error *error)
{
	for (unsigned i = 0; is_redirect(http_status(*response)); i++) {
		const char *target = http_redirect(*response);
		if (!target || i == REDIRECTS_MAX)
			return error_set(error, ERROR_NETWORK, "'%s' redirects to nowhere",
					 host->endpoint.host);
		if (!text_starts_with(target, "https://") && !host->endpoint.is_insecure)
			return error_set(error, ERROR_DENIED, "'%s' redirects to plain HTTP",
					 host->endpoint.host);
		const char *url = arena_strdup(host->arena, target);
		http_close(response);
		if (!send(host, request, url, response, error))
			return false;
	}
	return true;
}

static bool authenticate(RegistryHost *host, const HttpResponse *response, bool *ret_changed,
			 Error *error)
{
	Challenges challenges = { 0 };
	const char *value = NULL;
	for (size_t i = 0; (value = http_header(response, "WWW-Authenticate", i)); i++)
		challenge_parse(value, host->arena, &challenges);
	const char *answer = NULL;
	if (!registry_token_answer(host, &challenges, &answer, error))
		return false;
	*ret_changed = !text_equal_or_null(answer, host->authorization);
	host->authorization = answer;
	return true;
}

static bool request_once(RegistryHost *host, const RegistryRequest *request, HttpResponse **ret,
			 Error *error)
{
	const char *url = NULL;
	CLEANUP_HTTP_RESPONSE response = NULL;
	if (!send_to_registry(host, request, &url, &response, error))
		return false;
	if (http_status(response) == 401) {
		bool is_changed = false;
		if (!authenticate(host, response, &is_changed, error))
			return false;
		if (is_changed) {
			http_close(&response);
			if (!send(host, request, url, &response, error))
				return false;
		}
	}
	if (!follow(host, request, &response, error))
		return false;
	*ret = response;
	response = NULL;
	return true;
}

static bool is_busy(int status)
{
	return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

// Seconds until the next try: what the server asks for, or ours.
static uint32_t wait_of(const HttpResponse *response, unsigned tries)
{
	CLEANUP_ERROR no_number = { 0 };
	uint32_t seconds = WAIT_S * tries;
	const char *asked = http_header(response, "Retry-After", 0);
	if (asked && !number_parse_u32(asked, "Retry-After", 86400, &seconds, &no_number))
		return WAIT_S * tries; // a date
	return seconds;
}

static bool pause_for(uint32_t seconds, Error *error)
{
	poll(NULL, 0, (int)seconds * 1000); // ends early by a signal only
	return interrupt_check(error);
}

bool registry_host_request(RegistryHost *host, const RegistryRequest *request, HttpResponse **ret,
			   Error *error)
{
	for (unsigned tries = 1;; tries++) {
		CLEANUP_HTTP_RESPONSE response = NULL;
		if (!request_once(host, request, &response, error))
			return false;
		const uint32_t wait = wait_of(response, tries);
		if (!is_busy(http_status(response)) || tries == TRIES_MAX || wait > WAIT_MAX_S) {
			*ret = response;
			response = NULL;
			return true;
		}
		if (!pause_for(wait, error))
			return false;
	}
}

// The first message of {"errors":[{"code":…,"message":…}]}; "" when the body is something else.
static const char *words_of(HttpResponse *response, Arena *arena)
{
	CLEANUP_ERROR unread = { 0 };
	CLEANUP_BUFFER words = { 0 };
	const char *text = NULL;
	size_t length = 0;
	const JsonNode *root = NULL;
	if (!source_read_all(http_source(response), REFUSAL_MAX, arena, &text, &length, &unread) ||
	    !json_read_parse(text, length, arena, &root, &unread))
		return "";
	const JsonNode *errors = json_read_get(root, "errors");
	if (json_read_count(errors) == 0)
		return "";
	const char *message = json_read_text(errors->items[0], "message",
					     json_read_text(errors->items[0], "code", ""));
	buffer_add(&words, message[0] ? ": " : "");
	buffer_add_printable(&words, message, strnlen(message, 300));
	return buffer_take(&words, arena);
}

bool registry_host_refuse(const RegistryHost *host, HttpResponse *response, Error *error)
{
	const int status = http_status(response);
	const char *name = host->endpoint.host;
	const char *words = words_of(response, host->arena);
	if (status == 404)
		return error_set(error, ERROR_NOT_FOUND, "'%s' has no such image%s", name, words);
	if (status == 401 || status == 403)
		return error_set(error, ERROR_DENIED, "'%s' %s%s", name,
				 host->credential ? "refuses our credentials"
						  : "wants credentials (or has no such image)",
				 words);
	if (status == 429)
		return error_set(error, ERROR_NETWORK, "'%s' takes no more requests for now%s",
				 name, words);
	return error_set(error, ERROR_NETWORK, "'%s' answers with status %d%s", name, status,
			 words);
}
