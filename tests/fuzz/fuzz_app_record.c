// What sdme-isolate wrote down about an application, read by root on the host.
#include "isolate/app/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	AppRecord record = { 0 };
	const char *text = arena_strndup(arena, (const char *)bytes, length);
	if (app_record_parse(text, arena, &record, &error) &&
	    (!record.reason || !record.end.reason || !record.last.message))
		abort();
	return 0;
}
