// Any bytes as a TOML document: it is understood or refused, never more.
#include "pkg/base/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const TomlValue *root = NULL;
	if (!toml_parse("fuzz.toml", (const char *)data, size, arena, &root, &error) &&
	    error.code == ERROR_NONE)
		abort();
	return 0;
}
