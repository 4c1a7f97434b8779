// The binary specification of an application: written by us, but read again by a process of root.
// What can be read prints to something that can be read.
#include "isolate/app/spec.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	CLEANUP_BUFFER image = { 0 };
	AppSpec spec = { 0 };
	if (!spec_parse(bytes, length, arena, &spec, &error) || !spec_print(&spec, &image, &error))
		return 0;
	if (!spec_parse(image.data, image.length, arena, &spec, &error))
		abort();
	return 0;
}
