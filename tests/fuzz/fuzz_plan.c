// The plan of a machine: what is understood prints, and reads back the same.
#include "isolate/plan/plan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	CLEANUP_BUFFER json = { 0 };
	CLEANUP_BUFFER again = { 0 };
	MachinePlan plan = { 0 }, back = { 0 };
	const char *text = arena_strndup(arena, (const char *)bytes, length);
	if (!plan_parse(text, length, arena, &plan, &error))
		return 0;
	plan_print(&plan, &json);
	if (!plan_parse(buffer_text(&json), json.length, arena, &back, &error))
		abort();
	plan_print(&back, &again);
	if (!text_equal(buffer_text(&json), buffer_text(&again)))
		abort();
	return 0;
}
