// Any bytes as an image manifest or index: understood or refused; the digests in it are paths.
#include "pkg/oci/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	const Platform host = { "linux", "arm64", "v8" };
	const Descriptor *chosen = NULL;
	Manifest manifest;
	if (!manifest_parse(text, size, "", arena, &manifest, &error)) {
		if (error.code == ERROR_NONE)
			abort();
		return 0;
	}
	if (manifest.is_index && !manifest_choose(&manifest, &host, &chosen, &error) &&
	    error.code == ERROR_NONE)
		abort();
	return 0;
}
