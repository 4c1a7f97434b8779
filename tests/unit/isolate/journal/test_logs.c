#include "isolate/journal/logs.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "tests/unit/test.h"

#include <string.h>

static bool collect(const char *bytes, size_t length, void *context)
{
	buffer_add_bytes(context, bytes, length);
	return true;
}

TEST(logs_of_a_machine_that_never_ran_are_empty)
{
	CLEANUP_BUFFER text = { 0 };
	const LogSource source = {
		.directory = path_join(test->arena, test_directory(test), "journal"),
		.unit = "sdme-oci-web.service",
	};
	const LogOptions options = { .tail = LOG_TAIL_ALL };
	CHECK(logs_print(&source, 1, &options, collect, &text, &test->error));
	CHECK_TEXT(buffer_text(&text), "");
}
