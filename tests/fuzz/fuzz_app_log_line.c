// A line of a container's log, read by root on the host.
#include "isolate/log/line.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_BUFFER text = { 0 };
	AppLogLine line;
	if (!app_log_line_parse((Span){ (const char *)bytes, length }, &line))
		return 0;
	if (line.text.ptr + line.text.len != (const char *)bytes + length ||
	    app_log_line_lost(&line) > UINT64_C(100000000000))
		abort();
	app_log_line_print(&line, /* is_for_terminal= */ true, &text);
	return 0;
}
