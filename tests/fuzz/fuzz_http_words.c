// Any text as a URL whose origin decides who gets credentials, and as a date of HTTP.
#include "pkg/base/moment.h"
#include "pkg/base/text.h"
#include "pkg/oci/registry/origin.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	uint64_t us = 0;
	const char *text = arena_strndup(arena, (const char *)data, size);
	const char *origin = origin_of_url(text, arena);
	// One spelling: it is its own origin, and nothing of a user or a path is in it.
	if (origin && (!text_equal(origin_of_url(origin, arena), origin) || strchr(origin, '@') ||
		       strchr(strstr(origin, "://") + 3, '/')))
		abort();
	if (!moment_parse_http(text, "fuzz", &us, &error) && error.code == ERROR_NONE)
		abort();
	return 0;
}
