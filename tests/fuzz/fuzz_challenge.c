// Any text as a WWW-Authenticate header.
#include "pkg/oci/registry/challenge.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)data, size);
	Challenges challenges = { 0 };
	challenge_parse(text, arena, &challenges);
	return 0;
}
