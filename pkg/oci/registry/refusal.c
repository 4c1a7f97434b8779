#include "pkg/oci/registry/refusal.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/json_read.h"

#define REFUSAL_MAX ((size_t)64 * 1024)
#define WORDS_MAX   300

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
	buffer_add_printable(&words, message, strnlen(message, WORDS_MAX));
	return buffer_take(&words, arena);
}

static const char *print_duration(uint64_t seconds, Arena *arena)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 3600, "hours" }, { 60, "minutes" }, { 1, "seconds" } };
	size_t i = 0;
	while (i + 1 < COUNT(units) && seconds < 2 * units[i].seconds)
		i++;
	return arena_printf(arena, "%ju %s",
			    (uintmax_t)((seconds + units[i].seconds - 1) / units[i].seconds),
			    units[i].name);
}

static const char *when(const HttpResponse *response, Arena *arena)
{
	const uint64_t ms = http_retry_after_ms(response);
	return ms == 0 ? "later"
		       : arena_printf(arena, "in %s", print_duration((ms + 999) / 1000, arena));
}

// "100;w=21600": a hundred requests in six hours.
static const char *limit_of(const HttpResponse *response, Arena *arena)
{
	CLEANUP_ERROR unread = { 0 };
	uint32_t count = 0, seconds = 0;
	const char *text = http_header(response, "RateLimit-Limit", 0);
	const char *window = text ? strstr(text, ";w=") : NULL;
	if (!window ||
	    !number_parse_u32(arena_strndup(arena, text, (size_t)(window - text)), "count",
			      UINT32_MAX, &count, &unread) ||
	    !number_parse_u32(window + strlen(";w="), "window", UINT32_MAX, &seconds, &unread))
		return "";
	return arena_printf(arena, " (it allows %u in %s)", count, print_duration(seconds, arena));
}

static bool refuse_rate(const RegistryHost *host, const HttpResponse *response, const char *words,
			Error *error)
{
	const char *login = host->credential
				    ? ""
				    : arena_printf(host->arena, ", log in with 'podman login %s'",
						   host->endpoint.registry);
	return error_set(
		error, ERROR_NETWORK,
		"'%s' takes no more requests for now%s%s; try again %s%s, or name a mirror "
		"in registries.conf",
		host->endpoint.host, limit_of(response, host->arena), words,
		when(response, host->arena), login);
}

// The parameter error of the Bearer challenge (RFC 6750, section 3.1), or "".
static const char *challenge_error(const HttpResponse *response, Arena *arena)
{
	Challenges challenges = { 0 };
	challenge_list(response, arena, &challenges);
	const Challenge *bearer = challenge_find(&challenges, "bearer");
	return bearer ? pairs_get_or(&bearer->parameters, "error", "") : "";
}

static bool refuse_access(const RegistryHost *host, const HttpResponse *response, const char *words,
			  Error *error)
{
	const char *name = host->endpoint.host;
	const char *why = challenge_error(response, host->arena);
	if (!host->credential)
		return error_set(error, ERROR_DENIED,
				 "'%s' wants credentials, or has no such image%s; log in with "
				 "'podman login %s'",
				 name, words, host->endpoint.registry);
	if (text_equal(why, "insufficient_scope"))
		return error_set(
			error, ERROR_DENIED,
			"'%s' does not let our credentials pull '%s', or has no such image%s", name,
			host->endpoint.repository, words);
	if (text_equal(why, "invalid_token"))
		return error_set(error, ERROR_DENIED,
				 "'%s' does not accept the token of its own token server%s", name,
				 words);
	return error_set(error, ERROR_DENIED, "'%s' refuses our credentials%s", name, words);
}

bool registry_refusal(const RegistryHost *host, HttpResponse *response, Error *error)
{
	const int status = http_status(response);
	const char *name = host->endpoint.host;
	const char *words = words_of(response, host->arena);
	switch (status) {
	case 401:
	case 403:
		return refuse_access(host, response, words, error);
	case 404:
		return error_set(error, ERROR_NOT_FOUND, "'%s' has no such image%s", name, words);
	case 429:
		return refuse_rate(host, response, words, error);
	case 503:
		return error_set(error, ERROR_NETWORK, "'%s' is not available%s; try again %s",
				 name, words, when(response, host->arena));
	default:
		return error_set(error, ERROR_NETWORK, "'%s' answers with status %d%s", name,
				 status, words);
	}
}
