// Any bytes as JSON: understood or refused, never more.
#include "pkg/sys/text/json_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	const JsonNode *root = NULL;
	if (!json_read_parse(text, size, arena, &root, &error) && error.code == ERROR_NONE)
		abort();
	return 0;
}
