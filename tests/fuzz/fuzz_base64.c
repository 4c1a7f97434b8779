// base64 of Secrets and registries. What is decoded must come back the same after it was encoded.
#include "pkg/base/base64.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_ERROR error = { 0 };
	CLEANUP_BUFFER plain = { 0 };
	CLEANUP_BUFFER text = { 0 };
	CLEANUP_BUFFER again = { 0 };
	if (!base64_decode(&plain, (const char *)bytes, length, &error))
		return 0;
	base64_encode(&text, buffer_text(&plain), plain.length);
	if (!base64_decode(&again, buffer_text(&text), text.length, &error) ||
	    again.length != plain.length ||
	    memcmp(buffer_text(&again), buffer_text(&plain), plain.length) != 0)
		abort();
	return 0;
}
