// Records, as bytes. What is read must come back the same after it was written.
#include "store/state/record.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	CLEANUP_BUFFER text = { 0 };
	Pairs record = { 0 }, again = { 0 };
	if (!record_parse((const char *)bytes, length, arena, &record, &error))
		return 0;
	record_print(&record, &text);
	if (!record_parse(buffer_text(&text), text.length, arena, &again, &error) ||
	    !pairs_equal(&record, &again))
		abort();
	return 0;
}
