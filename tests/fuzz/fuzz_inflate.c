// Any bytes as a compressed stream, seven at a time.
#include "pkg/sys/stream/inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	CLEANUP_INFLATE inflate = inflate_open(source_of_bytes(text, size, 7, arena));
	const char *bytes = NULL;
	if (!source_read_all(inflate_source(inflate), 1 << 20, arena, &bytes, NULL, &error) &&
	    error.code == ERROR_NONE)
		abort();
	return 0;
}
