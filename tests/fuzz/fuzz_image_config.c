// Any bytes as the config of an image: understood or refused, never more.
#include "pkg/oci/config.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	ImageConfig config;
	if (!image_config_parse(text, size, arena, &config, &error) && error.code == ERROR_NONE)
		abort();
	return 0;
}
