// Any bytes as an auth.json: understood or refused, never more.
#include "pkg/oci/auth.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	Credentials credentials = { 0 };
	if (!auth_parse("fuzz", text, size, arena, &credentials, &error) &&
	    error.code == ERROR_NONE)
		abort();
	return 0;
}
