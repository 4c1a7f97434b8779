#include "pkg/oci/registry/redirect.h"

#include "pkg/base/text.h"
#include "pkg/oci/registry/origin.h"

#define REDIRECTS_MAX 10

bool registry_is_redirect(const HttpResponse *response)
{
	const int status = http_status(response);
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool registry_redirect(const RegistryHost *host, const HttpResponse *response, const char *origin,
		       const char *who, Hop *hop, Error *error)
{
	const char *target = http_redirect(response);
	const char *next = target ? origin_of_url(target, host->arena) : NULL;
	if (hop->count == REDIRECTS_MAX)
		return error_set(error, ERROR_NETWORK, "%s redirects more than %d times", who,
				 REDIRECTS_MAX);
	if (!next)
		return error_set(error, ERROR_NETWORK,
				 "%s redirects to something that is no plain address of HTTP", who);
	if (!text_starts_with(next, "https:") && !host->endpoint.is_insecure)
		return error_set(error, ERROR_DENIED, "%s redirects to plain HTTP", who);
	*hop = (Hop){ .url = arena_strdup(host->arena, target),
		      .is_ours = hop->is_ours && text_equal(next, origin),
		      .count = hop->count + 1 };
	return true;
}
