// Any bytes as registries.conf: understood or refused, and an image is looked for where it says. What a short name means
// is a full name.
#include "pkg/oci/registry/short_name.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	Registries registries = { 0 };
	Endpoints endpoints = { 0 };
	Reference reference;
	if (!reference_parse("q.io/team/app:1", NULL, arena, &reference, &error))
		abort();
	if (!registries_parse("fuzz.conf", text, size, arena, &registries, &error)) {
		if (error.code == ERROR_NONE)
			abort();
		return 0;
	}
	Reference meant;
	CLEANUP_ERROR ambiguous = { 0 };
	if (short_name_parse(&registries, "app:1", NULL, arena, &meant, &ambiguous) &&
	    (reference_is_short(meant.text) || meant.kind != REFERENCE_REGISTRY))
		abort();
	if (!registries_parse("fuzz.conf", text, size, arena, &registries, &error) ||
	    !registries_resolve(&registries, &reference, arena, &endpoints, &error)) {
		if (error.code == ERROR_NONE)
			abort();
	}
	return 0;
}
