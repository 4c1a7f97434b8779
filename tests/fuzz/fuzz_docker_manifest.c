// Any bytes as manifest.json of a Docker archive: understood or refused, and every name in it leads to an image.
#include "pkg/oci/docker_manifest.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	const char *text = arena_strndup(arena, (const char *)data, size);
	DockerImages images = { 0 };
	if (!docker_manifest_parse(text, size, arena, &images, &error)) {
		if (error.code == ERROR_NONE)
			abort();
		return 0;
	}
	for (size_t i = 0; i < images.count; i++) {
		for (size_t j = 0; j < images.items[i].tags.count; j++) {
			CLEANUP_ERROR is_no_name = { 0 };
			const DockerImage *image = NULL;
			if (!docker_manifest_choose(&images, images.items[i].tags.items[j], &image,
						    &is_no_name) &&
			    is_no_name.code != ERROR_INVALID &&
			    is_no_name.code != ERROR_UNSUPPORTED &&
			    is_no_name.code != ERROR_NOT_FOUND)
				abort();
		}
	}
	return 0;
}
