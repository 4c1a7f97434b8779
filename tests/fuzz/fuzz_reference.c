// Any text as the name of an image: what is normalised stays as it is.
#include "pkg/oci/reference.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	Reference first, again;
	if (!reference_parse(text, NULL, arena, &first, &error)) {
		if (error.code == ERROR_NONE)
			abort();
		return 0;
	}
	if (!reference_parse(first.text, NULL, arena, &again, &error) ||
	    strcmp(first.text, again.text) != 0)
		abort();
	return 0;
}
