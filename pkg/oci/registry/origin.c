#include "pkg/oci/registry/origin.h"

#include "pkg/base/text.h"

#include <ctype.h>
#include <string.h>

// Host names, addresses, ports. A backslash, which some take for a slash, is not among them; nor is "@".
#define AUTHORITY_BYTES "abcdefghijklmnopqrstuvwxyz0123456789-._~%!$&'()*+,;=:[]"

static const char *lower(const char *text, size_t length, Arena *arena)
{
	char *copy = arena_strndup(arena, text, length);
	for (char *c = copy; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

const char *origin_of_url(const char *url, Arena *arena)
{
	const char *mark = strstr(url, "://");
	if (!mark)
		return NULL;
	const char *scheme = lower(url, (size_t)(mark - url), arena);
	const bool is_tls = text_equal(scheme, "https");
	const char *rest = mark + strlen("://");
	const char *authority = lower(rest, strcspn(rest, "/?#"), arena);
	if ((!is_tls && !text_equal(scheme, "http")) || !authority[0] ||
	    !text_has_only(authority, AUTHORITY_BYTES))
		return NULL;
	const char *bracket = strrchr(authority, ']'); // [::1]:5000
	const char *colon = strchr(bracket ? bracket : authority, ':');
	const char *host =
		colon ? arena_strndup(arena, authority, (size_t)(colon - authority)) : authority;
	const char *port = colon && colon[1] ? colon + 1 : is_tls ? "443" : "80";
	return arena_printf(arena, "%s://%s:%s", scheme, host, port);
}
